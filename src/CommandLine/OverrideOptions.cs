using System.CommandLine;

namespace Tuning.CommandLine;

/// <summary>The options that change an experiment file before it is validated.</summary>
internal sealed class OverrideOptions
{
    private readonly Option<string[]> _set = CommandOptions.Many("--set", "Change a value, before the file is checked: --set config.lr=0.001; --set " +
        "NAME:config.lr=0.001 for one of several experiments. Repeats.", "PATH=VALUE");
    private readonly Option<string[]> _only = CommandOptions.Many("--only", "Run only the experiment of this name. Repeats.", "NAME");
    private readonly Option<string?> _storage = CommandOptions.Storage();
    private readonly Option<string?> _name =
        new("--name") { Description = "The name of the experiment and of its directory; it must be free.", HelpName = "NAME" };
    private readonly Option<int?> _samples = CommandOptions.Number<int>("--num-samples", "How often the search space is sampled.");
    private readonly Option<int?> _concurrent = CommandOptions.Number<int>("--max-concurrent", "At most this many trials at once.");
    private readonly Option<Int128?> _seed = CommandOptions.Seed();

    public OverrideOptions(Command command, Argument<string> file)
    {
        command.Arguments.Add(file);
        foreach (var option in (System.CommandLine.Option[])[_set, _only, _storage, _name, _samples, _concurrent, _seed])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The names of those that a call gives.</summary>
    public IReadOnlyList<string> Given(ParseResult parsed) =>
        [.. ((System.CommandLine.Option[])[_set, _only, _storage, _name, _samples, _concurrent, _seed]).Where(o => parsed.GetResult(o) is { Implicit: false })
            .Select(o => o.Name)];

    public ExperimentOverrides Read(ParseResult parsed) => new()
    {
        Set = [.. parsed.GetValue(_set) ?? []],
        Only = [.. parsed.GetValue(_only) ?? []],
        Storage = parsed.GetValue(_storage),
        Name = parsed.GetValue(_name),
        Samples = parsed.GetValue(_samples),
        MaxConcurrent = parsed.GetValue(_concurrent),
        Seed = parsed.GetValue(_seed),
    };
}
