using System.Collections.Immutable;
using Tuning.Running;
using Tuning.Search;
using Tuning.Spaces;
using Tuning.Trials;

namespace Tuning.Specification;

/// <summary>What a warm start takes from one directory.</summary>
/// <param name="Trials">The trials that can be learnt from, in the order in which they ended.</param>
internal sealed record WarmStartTrials(ImmutableArray<SearchObservation> Trials)
{
    /// <summary>Why nothing can be taken; null when something can.</summary>
    public string? Problem { get; init; }

    /// <summary>Which trials were left out, and why; null when none was.</summary>
    public string? Notice { get; init; }
}

/// <summary>
/// Reads the trials of earlier experiments that a search can learn from: those that ended, whose configurations belong to the search
/// space, with the objectives of this experiment as they were reported last, whatever theirs were.
/// </summary>
/// <param name="space">The search space.</param>
/// <param name="constraints">Its constraints.</param>
/// <param name="objectives">What is optimised now.</param>
/// <param name="feasibility">The conditions for feasible trials now.</param>
/// <param name="keepsCurves">Whether learning curves are wanted.</param>
internal sealed class WarmStartSource(SearchSpace space, ImmutableArray<string> constraints, ImmutableArray<Objective> objectives, Feasibility feasibility, bool keepsCurves)
{
    private readonly ParameterCodec _codec = new(space, constraints);

    /// <summary>The trials of all directories, numbered below 0, oldest first.</summary>
    /// <param name="directories">The directories, in the order of their experiments.</param>
    /// <param name="notice">Told what was left out.</param>
    /// <exception cref="SpecificationException">Nothing can be taken from one of them; the message says why.</exception>
    public ImmutableArray<SearchObservation> ReadAll(ImmutableArray<string> directories, Action<string> notice)
    {
        var all = new List<SearchObservation>();
        foreach (var directory in directories)
        {
            var read = Read(directory);
            if (read.Problem is { } problem)
            {
                throw new SpecificationException("warm_start: " + problem);
            }

            if (read.Notice is { } left)
            {
                notice(left);
            }

            all.AddRange(read.Trials);
        }

        return [.. all.Select((t, i) => t with { Suggestion = i - all.Count, EndOrder = i })];
    }

    /// <summary>The trials of one directory.</summary>
    public WarmStartTrials Read(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return None($"There is no directory {directory}.");
        }

        var fold = new WarmStartFold(objectives, feasibility, keepsCurves);
        ExperimentSpec earlier;
        try
        {
            using var reader = new JournalReader(directory);
            earlier = ExperimentSpec.FromJson(reader.Header.Specification);
            while (reader.Read() is { } entry)
            {
                fold.Apply(entry.Event, entry.Commands);
            }
        }
        catch (Exception e) when (e is JournalException or IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            return None(e.Message);
        }

        return Judge(directory, earlier, fold);
    }

    private static WarmStartTrials None(string problem) => new([]) { Problem = problem };

    private WarmStartTrials Judge(string directory, ExperimentSpec earlier, WarmStartFold fold)
    {
        var ended = fold.Ended();
        if (ended.Count == 0)
        {
            return None($"No trial of {directory} has ended, so there is nothing to learn from.");
        }

        var without = objectives.FirstOrDefault(o => !fold.Reported.Contains(o.Metric));
        if (without is not null)
        {
            var optimised = earlier.Objectives.IsEmpty ? "" : $" (it optimised {string.Join(", ", earlier.Objectives)})";
            return None($"No trial of {directory} reported '{without.Metric}', which is optimised here{optimised}; give experiments that report it.");
        }

        var (kept, reasons) = Sort(ended);
        var left = $"{(reasons.Values.Sum() == 1 ? "1 has" : $"{reasons.Values.Sum()} have")} other parameters ({string.Join(", ", reasons.OrderByDescending(r => r.Value).ThenBy(r => r.Key, StringComparer.Ordinal).Take(3).Select(r => $"{r.Key} in {r.Value}"))})";
        return kept.Count == 0
            ? None($"None of the {ended.Count} trials of {directory} belongs to this space: {left}.")
            : new([.. kept]) { Notice = kept.Count == ended.Count ? null : $"warm_start: {kept.Count} of {ended.Count} trials of {directory} belong to this space; {left}." };
    }

    private (List<SearchObservation> Kept, Dictionary<string, int> Reasons) Sort(IReadOnlyList<SearchObservation> ended)
    {
        var kept = new List<SearchObservation>(ended.Count);
        var reasons = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var trial in ended)
        {
            if (_codec.Mismatch(trial.Config) is { } reason)
            {
                reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
            }
            else
            {
                kept.Add(trial);
            }
        }

        return (kept, reasons);
    }
}
