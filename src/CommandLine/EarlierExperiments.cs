namespace Tuning.CommandLine;

/// <summary>
/// What the experiments of a file wrote that this invocation has run, for those that begin from their checkpoints:
/// <c>restore_from_path: {path: {experiment: pretrain, trial: best, checkpoint: latest}}</c>.
/// </summary>
internal sealed class EarlierExperiments
{
    // Null where the experiment ended with an error.
    private readonly Dictionary<string, (ExperimentSpec Specification, ResultGrid? Results)> _run = new(StringComparer.Ordinal);

    /// <summary>Remembers an experiment that this invocation has run.</summary>
    /// <param name="experiment">Its specification.</param>
    /// <param name="results">Its results; null when it ended with an error.</param>
    public void Add(ExperimentSpec experiment, ResultGrid? results) => _run[experiment.Name] = (experiment, results);

    /// <summary>The experiment with directories in place of names of earlier ones: from here on, resumes included, it stands by itself.</summary>
    /// <exception cref="InvalidOperationException">An earlier experiment has not written what is asked for; the message says what it has.</exception>
    public ExperimentSpec Resolve(ExperimentSpec experiment) => experiment with
    {
        Hooks = [.. experiment.Hooks.Select(h => h.Options.TryGet("path.experiment", out _)
            ? h with { Options = h.Options.With("path", Find(h.Options.Bind<RestoreFromPathOptions>().Path, $"callbacks.{h.Hook}: {h.Action}")) }
            : h)],
    };

    private string Find(CheckpointSource source, string hook)
    {
        var name = source.Experiment!;
        if (!_run.TryGetValue(name, out var earlier))
        {
            throw Problem("it has not run before this one");
        }

        if (earlier.Results is not { } results)
        {
            throw Problem("it ended with an error");
        }

        var trial = Trial(results, source.Trial, Problem);
        var existing = trial.Checkpoints();
        if (existing.Count == 0)
        {
            throw Problem($"its trial {trial.Id} has no checkpoint{(trial.Error is { } error ? $"; it failed: {error}" : ". Set checkpoint_config there")}");
        }

        var found = source.Checkpoint switch
        {
            "best" when earlier.Specification.Checkpoints.CheckpointScoreAttribute is not null => trial.BestCheckpoint(),
            "latest" or "best" => existing[^1],
            var number => existing.FirstOrDefault(c =>
                Path.GetFileName(c.Path) == new Trials.CheckpointRef(trial.Id, int.Parse(number, CultureInfo.InvariantCulture), 0).DirectoryName),
        };
        return (found ?? throw Problem(
            $"its trial {trial.Id} has no checkpoint {source.Checkpoint}; it has {string.Join(", ", existing.Select(c => Path.GetFileName(c.Path)))}")).Path;

        InvalidOperationException Problem(string what) => new($"{hook} takes a checkpoint of '{name}': {what}.");
    }

    private static TrialResult Trial(ResultGrid results, int? number, Func<string, InvalidOperationException> problem)
    {
        if (number is { } given)
        {
            return given < results.Count ? results[given]
                : throw problem(Invariant($"it has no trial {given}, but {results.Count}"));
        }

        try
        {
            return results.Best();
        }
        catch (InvalidOperationException e)
        {
            throw problem(e.Message.TrimEnd('.'));
        }
    }
}
