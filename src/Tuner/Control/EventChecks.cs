namespace Tuning.Control;

/// <summary>Which events can happen, and which extensions of an experiment are possible.</summary>
internal sealed class EventChecks(ExperimentPlan plan, ExperimentState state)
{
    /// <summary>What is wrong with an extension; null when it can be applied.</summary>
    public string? CheckExtension(ExperimentExtension extension)
    {
        if (extension.AddSamples < 0)
        {
            return $"{extension.AddSamples} samples cannot be added; add_samples must be at least 0.";
        }

        if (extension.Longer.Any(n => n >= state.Trials.Count || state.Trials.StatusOf(new(n)) != TrialStatus.Terminated))
        {
            return "Only trials that have ended can be trained longer.";
        }

        var samples = Extended(extension);
        if (samples < -1)
        {
            return $"num_samples is {samples}; it must be at least 0, or -1 for no limit.";
        }

        var total = state.Suggestions.TotalOf(samples);
        return total >= state.Trials.Count
            ? null
            : $"num_samples {samples} makes {total} trials, and {state.Trials.Count} have been created already; give the new total, at least as large, or "
                + "use --add-samples.";
    }

    /// <summary>How many suggestions there will be with an extension; <see cref="long.MaxValue"/> for no limit.</summary>
    public long TotalWith(ExperimentExtension extension) => state.Suggestions.TotalOf(Extended(extension));

    /// <summary>How many samples there are with an extension; -1 for no limit.</summary>
    public int Extended(ExperimentExtension extension)
    {
        var samples = extension.NumSamples ?? state.Suggestions.Samples;
        return samples < 0 ? samples : checked(samples + extension.AddSamples);
    }

    /// <summary>Throws unless an event can happen now.</summary>
    /// <exception cref="InvalidOperationException">It cannot; the message says what can.</exception>
    public void Check(ExperimentEvent e)
    {
        switch (e)
        {
            case ExperimentEvent.Reported r:
                var trial = Segment(r.Report.Trial, "reported");
                if (trial.Status != TrialStatus.Running || r.Report.Number != trial.Reports + 1)
                {
                    throw new InvalidOperationException(
                        $"Trial {trial.Id} is {trial.Status} and sent report {r.Report.Number}; only a running trial reports, and its next report is "
                            + $"{trial.Reports + 1}.");
                }

                break;
            case ExperimentEvent.CheckpointSaved c:
                var saver = Segment(c.Checkpoint.Trial, "saved a checkpoint");
                if (c.Checkpoint.Number < saver.NextCheckpoint || c.Checkpoint.AfterReport > saver.Reports)
                {
                    throw new InvalidOperationException(
                        $"{c.Checkpoint} follows report {c.Checkpoint.AfterReport}; the trial has made {saver.Reports}, and its next checkpoint has number "
                            + $"{saver.NextCheckpoint}.");
                }

                break;
            case ExperimentEvent.SegmentEnded s:
                var ended = Segment(s.Trial, "ended its segment");
                if (s.End == SegmentEnd.AsAnswered && ended.Status == TrialStatus.Running && ended.Live!.LastAnswer is null
                    && state.SuspendReason is null && state.StopReason is null && ended.Live.Redirect == Verdict.Continue)
                {
                    throw new InvalidOperationException($"Trial {s.Trial} ended its segment as it was answered, but it was told to go on.");
                }

                break;
            case ExperimentEvent.SegmentFailed f:
                Segment(f.Trial, "failed");
                break;
            case ExperimentEvent.Asked when !plan.IsOnDemand:
                throw new InvalidOperationException("A trial was asked for, but trials start by themselves.");
            case ExperimentEvent.SuggestionReady s when !state.Suggestions.IsRequested(s.Number):
                throw new InvalidOperationException($"Suggestion {s.Number} arrived, which was not asked for or has arrived already.");
            case ExperimentEvent.Resumed r when CheckExtension(r.Extension) is { } problem:
                throw new InvalidOperationException(problem);
        }
    }

    private Trial Segment(TrialId id, string what)
    {
        var trial = state.Trials.Find(id);
        return TrialTransitions.HasSegment(trial.Status)
            ? trial
            : throw new InvalidOperationException($"Trial {id} {what}, but it is {trial.Status}: no segment of it runs.");
    }
}
