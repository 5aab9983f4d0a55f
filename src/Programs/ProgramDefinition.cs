using Tuning.Training;

namespace Tuning.Programs;

/// <summary>A program as something that experiments run: <c>run: program</c>.</summary>
internal sealed class ProgramDefinition(ProgramOptions? options) : TrainableDefinition
{
    private static readonly string[] _ofTrial = ["trial_dir", "trial_id", "checkpoint", "seed"];

    /// <inheritdoc/>
    public override string Name => "program";

    /// <inheritdoc/>
    public override bool Checkpoints => options?.Checkpoints ?? true;

    internal override bool RunsPrograms => true;

    // Its grace until it is asked by SIGTERM, again until it is killed, and a moment for what it printed.
    internal override TimeSpan? EndsWithin => options is null ? null : TimeSpan.FromSeconds((2 * options.Grace) + 10);

    /// <inheritdoc/>
    public override Type SettingsType => typeof(ProgramOptions);

    /// <inheritdoc/>
    public override object? Settings => options;

    /// <inheritdoc/>
    public override TrainableDefinition With(object settings, string directory)
    {
        var given = (ProgramOptions)settings;
        return new ProgramDefinition(given with { Cwd = Path.GetFullPath(given.Cwd ?? ".", directory) });
    }

    /// <inheritdoc/>
    public override IEnumerable<ParameterIssue> CheckSettings(SearchSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        if (options is null)
        {
            return [];
        }

        var paths = Placeholders.Leaves(space.ToParameters()).Select(p => p.Key).Concat(space.Domains.Select(d => d.Key)).ToHashSet(StringComparer.Ordinal);
        return [.. Names("command", options.Command.Words, paths), .. options.Env.SelectMany(v => Names($"env.{v.Key}", [v.Value], paths)), .. Variables(paths),
            .. Directory.Exists(options.Cwd) ? [] : (IEnumerable<ParameterIssue>)[new("cwd", $"is '{options.Cwd}', which is no directory.")]];
    }

    /// <inheritdoc/>
    public override ITrainable Create(IServiceProvider services) =>
        new ProgramTrainable(options ?? throw new TrialConfigurationException("The program has no command."));

    private IEnumerable<ParameterIssue> Names(string path, IReadOnlyList<string> texts, HashSet<string> known)
    {
        foreach (var text in texts)
        {
            IReadOnlyList<string> names = [];
            string? wrong = null;
            try
            {
                names = Placeholders.Names(text);
            }
            catch (FormatException e)
            {
                wrong = e.Message;
            }

            if (wrong is not null)
            {
                yield return new(path, wrong);
            }
            else if (options!.Shell && path == "command" && names.Count > 0)
            {
                yield return new(path, $"names ${{{names[0]}}}, and a shell would run what is in its value; use the variable " +
                    $"${Placeholders.Variable(names[0])}, or 'shell: false'.");
                yield break;
            }

            foreach (var name in names.Where(n => !known.Contains(n) && !_ofTrial.Contains(n)))
            {
                yield return new(path, $"names ${{{name}}}, which is no parameter." + NearestName.For(name, [.. known, .. _ofTrial], "names"));
            }
        }
    }

    private static IEnumerable<ParameterIssue> Variables(HashSet<string> paths) =>
        paths.Order(StringComparer.Ordinal).GroupBy(Placeholders.Variable).Where(g => g.Count() > 1)
        .Select(g => new ParameterIssue("config",
            $"has {string.Join(" and ", g.Select(n => $"'{n}'"))}, which would be the same environment variable {g.Key}; rename one."));
}
