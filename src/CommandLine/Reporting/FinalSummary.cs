using System.Buffers;

namespace Tuning.Reporting;

/// <summary>What is printed when an experiment has ended or was stopped: the best trial, its checkpoint, failures, how to go on.</summary>
internal sealed class FinalSummary
{
    private static readonly SearchValues<char> _special = SearchValues.Create(",[]{}#:&*!|>'\"%@` \\");

    private const int MaxFailures = 5;
    private const int MaxParameters = 20;
    private const int MaxFront = 10;

    /// <summary>Whether a process runs the experiment now.</summary>
    public bool IsRunning { get; init; }

    /// <summary>How long this session ran; null leaves it out.</summary>
    public TimeSpan? Elapsed { get; init; }

    /// <summary>How many trials there are to be; null where that is not known.</summary>
    public long? Planned { get; init; }

    /// <summary>The command that continues the experiment.</summary>
    public required string ToResume { get; init; }

    /// <summary>The command that shows its results.</summary>
    public required string ToShow { get; init; }

    /// <summary>The command that plays episodes with the policy of the best trial.</summary>
    public string ToEvaluate { get; init; } = "";

    /// <summary>The command that exports it.</summary>
    public string ToExport { get; init; } = "";

    /// <summary>Whether a checkpoint can be continued from by a hook in an experiment file.</summary>
    public bool HasRestoreHook { get; init; }

    /// <summary>Writes the summary, an empty line first.</summary>
    public void Write(TextWriter output, ResultGrid results)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(results);
        output.WriteLine();
        output.WriteLine(Headline(results));
        if (Best(results) is { } best)
        {
            WriteBest(output, results, best);
            WriteRecommendation(output, results, best);
            WriteFront(output, results);
        }

        if (results.NoBest() is { } none)
        {
            output.WriteLine(none);
        }

        WriteFailures(output, results);
        WriteUnsaved(output, results);
        output.WriteLine($"Results: {results.Directory}{(results.Seed is { } seed ? $" (seed {seed})" : "")}");
        if ((!results.IsFinished || results.IsFailed) && !IsRunning)
        {
            output.WriteLine($"Resume:  {ToResume}");
        }

        output.WriteLine($"Show:    {ToShow}");
    }

    /// <summary>The trial that is named as the best, or the only one.</summary>
    public static TrialResult? Best(ResultGrid results) =>
        (results.Objectives.IsEmpty ? null : results.TryBest(results.Objectives[0])) ?? (results.Count == 1 ? results[0] : null);

    private static string ScopeText(ResultGrid results) => results.Scope switch
    {
        ResultScope.Max => "largest ",
        ResultScope.Min => "smallest ",
        ResultScope.Avg => "mean ",
        _ => "",
    };

    private static void WriteRecommendation(TextWriter output, ResultGrid results, TrialResult best)
    {
        if (results.Recommendation is { } recommended)
        {
            var same = recommended.Trial == best.Id;
            output.WriteLine($"Recommended: {(same ? "the best trial" : $"trial {recommended.Trial}")}, for values are noisy: {results.Objectives[0].Metric} " +
                $"= {Readable.Number(recommended.Value)} is {Readable.OneLine(recommended.Reason)}"
                + (same ? "" : $"; {best.Id} was luckier, unless running it again gives the same"));
        }
    }

    private static void WriteFront(TextWriter output, ResultGrid results)
    {
        if (results.ParetoFront() is not { } front)
        {
            return;
        }

        var reference = string.Join(", ", results.Objectives.Zip(front.Reference, (o, r) => $"{o.Metric} = {Readable.Number(r)}"));
        output.WriteLine($"Pareto front: {Readable.Count(front.Trials.Length, "trial")} " +
            $"({string.Join(", ", front.Trials.Take(MaxFront).Select(t => t.Id))}{(front.Trials.Length > MaxFront ? ", …" : "")})");
        output.WriteLine($"Hypervolume: {Readable.Number(front.Hypervolume)}, measured from {reference} " +
            $"({(front.IsReferenceGiven ? "the reference point" : "a tenth beyond the front; tune.reference_point sets it")})"
            + (front.Outside == 0 ? "" : $"; {Readable.Count(front.Outside, "trial")} of the front {(front.Outside == 1 ? "is" : "are")} not better than " +
                $"that in all metrics and {(front.Outside == 1 ? "adds" : "add")} nothing"));
    }

    private static void WriteFailures(TextWriter output, ResultGrid results)
    {
        var failures = results.Errors;
        foreach (var failed in failures.Take(MaxFailures))
        {
            var file = Path.Combine(failed.Directory, "error.txt");
            output.WriteLine($"Trial {failed.Id} failed: {Readable.OneLine(failed.Error!)}{(File.Exists(file) ? $" ({file})" : "")}");
        }

        if (failures.Count > MaxFailures)
        {
            output.WriteLine($"… and {failures.Count - MaxFailures} more failed trials.");
        }
    }

    private static void WriteUnsaved(TextWriter output, ResultGrid results)
    {
        var unsaved = results.Count(IsUnsaved);
        if (unsaved > 0 && results.Any(t => t.Checkpoint is not null))
        {
            output.WriteLine($"{Readable.Count(unsaved, "pruned trial")} wrote no checkpoint at the end; checkpoint_config: {{checkpoint_pruned: true}} " +
                "lets them.");
        }
    }

    private static bool IsUnsaved(TrialResult trial) => trial is { IsPruned: true, Status: TrialStatus.Terminated, Checkpoint: null };

    private string Headline(ResultGrid results)
    {
        // A trial that runs in the record of an experiment that does not run was cut off.
        var statuses = TrialView.Words
            .Select(w => (Word: w == "running" && !IsRunning ? "interrupted" : w, Count: results.Count(t => t.Word == w)))
            .Where(s => s.Count > 0)
            .ToArray();
        var state = results.IsFailed ? "could not go on" : results.IsFinished ? "finished" : IsRunning ? "is running"
            : results.EndReason is null ? "was interrupted" : "stopped";
        var time = Elapsed is { } elapsed ? $" after {Readable.Duration(elapsed)}" : "";
        var reason = results.EndReason is { } why ? $": {Readable.OneLine(why)}" : "";
        var planned = Planned > results.Count ? Invariant($" of {Planned:#,0} planned") : "";
        var trials = statuses is [var all] ? $"{Readable.Count(all.Count, "trial")}{planned} {all.Word}"
            : Readable.Count(results.Count, "trial") + planned + (statuses.Length > 0
                ? ": " + string.Join(", ", statuses.Select(s => Invariant($"{s.Count:#,0} {s.Word}"))) : "");
        return $"{results.Name} {state}{time}{reason}. {trials}.";
    }

    private void WriteBest(TextWriter output, ResultGrid results, TrialResult best)
    {
        var value = results.Objectives is [var objective, ..] && best.Standing is not null
            ? $", {ScopeText(results)}{objective.Metric} = {Readable.Number(best.Standing)}" : "";
        if (!best.IsFeasible)
        {
            output.WriteLine($"No trial is feasible ({string.Join("; ", results.FeasibleIf)}){(double.IsFinite(best.Violation)
                ? $"; this one comes closest, with a violation of {Readable.Number(best.Violation)}:"
                : ", for none reported all that the conditions are over; by its objective alone this one is the best:")}");
        }

        output.WriteLine($"{(results.Count == 1 || !best.IsFeasible ? "Trial" : "Best trial")} {best.Id}{value}, {Readable.Count(best.Reports, "report")}, " +
            $"{Readable.Duration(best.TimeTotal)} of training{(best is { Error: null, Reason: { } reason } ? $" ({Readable.OneLine(reason)})" : "")}");
        var parameters = best.Parameters.ToArray();
        foreach (var (path, parameter) in parameters.Take(MaxParameters))
        {
            output.WriteLine($"  {path} = {Readable.Value(parameter)}");
        }

        if (parameters.Length > MaxParameters)
        {
            output.WriteLine($"  … and {parameters.Length - MaxParameters} more in {Path.Combine(best.Directory, "params.json")}");
        }

        if (best.Checkpoint is not { } checkpoint)
        {
            return;
        }

        output.WriteLine($"Checkpoint: {checkpoint.Path}");
        var chosen = results.CheckpointScore is null ? checkpoint : best.BestCheckpoint() ?? checkpoint;
        if (chosen.Path != checkpoint.Path)
        {
            output.WriteLine($"  best by {results.CheckpointScore!.Metric}: {chosen.Path}");
        }

        if (ToEvaluate.Length > 0 && Directory.Exists(Path.Combine(checkpoint.Path, "learner_group")))
        {
            var which = chosen.Path == checkpoint.Path ? "" : " --best";
            output.WriteLine($"  play it:   {ToEvaluate}{which}");
            output.WriteLine($"  export it: {ToExport}{which} --output policy.onnx");
        }

        if (HasRestoreHook)
        {
            output.WriteLine($"  continue from it in another experiment: callbacks: {{on_algorithm_init: [{{restore_from_path: {{path: " +
                $"{Quoted(checkpoint.Path)}}}}}]}}");
        }
    }

    // A path is plain in a flow map of YAML unless it holds one of these.
    private static string Quoted(string path) =>
        path.AsSpan().IndexOfAny(_special) < 0 ? path
            : "\"" + path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
