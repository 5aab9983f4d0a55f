namespace Tuning.Results;

/// <summary>What is read from the record when somebody asks; one pass each.</summary>
internal static class RecordQueries
{
    /// <summary>The reports, in order; of one trial or of all.</summary>
    public static IEnumerable<TrialReport> Reports(this ExperimentRecord record, TrialId? trial = null, CancellationToken cancellationToken = default)
    {
        foreach (var step in record.Steps())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (step.Event is ExperimentEvent.Reported { Report: var report } && (trial is null || report.Trial == trial))
            {
                yield return report;
            }
        }
    }

    /// <summary>The decisions, in order.</summary>
    public static IEnumerable<Decision> Decisions(this ExperimentRecord record)
    {
        var (reader, found) = (new DecisionReader(), new List<Decision>());
        foreach (var step in record.Steps())
        {
            found.Clear();
            reader.Read(step.Event, step.Commands, found);
            foreach (var decision in found)
            {
                yield return decision;
            }
        }
    }

    /// <summary>The last metrics of each trial.</summary>
    public static Dictionary<TrialId, TrialReport> LastReports(this ExperimentRecord record)
    {
        var last = new Dictionary<TrialId, TrialReport>();
        foreach (var report in record.Reports())
        {
            last[report.Trial] = report;
        }

        return last;
    }

    /// <summary>One number per trial that stands for all of its values of a metric.</summary>
    public static Dictionary<TrialId, double> Values(this ExperimentRecord record, string metric, ResultScope scope)
    {
        var totals = new Dictionary<TrialId, (double Value, int Count)>();
        foreach (var report in record.Reports())
        {
            if (report.Value(metric) is not { } value || (double.IsNaN(value) && scope != ResultScope.Last))
            {
                continue;
            }

            var before = totals.TryGetValue(report.Trial, out var known) ? known : (Value: value, Count: 0);
            totals[report.Trial] = (scope switch
            {
                ResultScope.Max => Math.Max(before.Value, value),
                ResultScope.Min => Math.Min(before.Value, value),
                ResultScope.Avg => before.Count == 0 ? value : !double.IsFinite(before.Value) ? before.Value + value
                    : before.Value + ((value - before.Value) / (before.Count + 1)),
                _ => value,
            }, before.Count + 1);
        }

        return totals.ToDictionary(t => t.Key, t => t.Value.Value);
    }

    /// <summary>The names of all metrics, in the order in which they appear.</summary>
    public static List<string> MetricNames(this ExperimentRecord record, TrialId? trial = null)
    {
        var seen = new HashSet<string>();
        var names = new List<string>();
        foreach (var report in record.Reports(trial))
        {
            foreach (ref readonly var entry in report.Metrics.Entries)
            {
                if (seen.Add(entry.Key))
                {
                    names.Add(entry.Key);
                }
            }
        }

        return names;
    }

    /// <summary>The checkpoints that a trial wrote, with the report that each follows.</summary>
    public static IEnumerable<CheckpointRef> Checkpoints(this ExperimentRecord record, TrialId trial) =>
        from step in record.Steps()
        let saved = step.Event as ExperimentEvent.CheckpointSaved
        where saved is not null && saved.Checkpoint.Trial == trial
        select saved.Checkpoint;
}
