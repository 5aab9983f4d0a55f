using System.Collections.Immutable;
using Tuning.Control;
using Tuning.Trials;

namespace Tuning.Results;

/// <summary>
/// How the trials of an experiment stand, from its record alone: no trainable, no search algorithm, nothing decided. Used by one
/// thread.
/// </summary>
internal sealed class TrialLedger(Objective? objective, Feasibility feasibility, ImmutableArray<string> searchedPaths, bool isOnDemand = false)
{
    private readonly List<TrialView> _trials = [];
    private readonly Dictionary<TrialId, ParameterSet> _exploits = [];
    private readonly Dictionary<TrialId, double[]> _violations = [];
    private bool _stops;

    /// <summary>The trials, oldest first.</summary>
    public IReadOnlyList<TrialView> Trials => _trials;

    /// <summary>Why the experiment or its last session ended; null while it runs, or was killed.</summary>
    public string? EndReason { get; private set; }

    /// <summary>Whether the experiment has finished.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Whether it finished because it could not go on.</summary>
    public bool IsFailed { get; private set; }

    /// <summary>When the experiment began.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>When something happened last.</summary>
    public DateTimeOffset? LastAt { get; private set; }

    /// <summary>Everything that stands in a record.</summary>
    public static TrialLedger Read(ExperimentRecord record, Objective? objective, Feasibility feasibility, ImmutableArray<string> searchedPaths, bool isOnDemand, CancellationToken cancellationToken)
    {
        var ledger = new TrialLedger(objective, feasibility, searchedPaths, isOnDemand);
        foreach (var step in record.Steps())
        {
            cancellationToken.ThrowIfCancellationRequested();
            ledger.Apply(step);
        }

        return ledger;
    }

    /// <summary>Takes one step into account.</summary>
    public void Apply(RecordedStep step)
    {
        LastAt = step.Event.At;
        Apply(step.Event);
        foreach (var command in step.Commands)
        {
            Apply(command, step.Event.At);
        }
    }

    private void Apply(ExperimentEvent happened)
    {
        switch (happened)
        {
            case ExperimentEvent.Started:
                StartedAt = happened.At;
                break;
            case ExperimentEvent.Resumed resumed:
                Resume(resumed.Extension.Errored);
                break;
            case ExperimentEvent.Reported { Report: var report }:
                Report(report);
                break;
            case ExperimentEvent.CheckpointSaved { Checkpoint: var checkpoint }:
                Update(checkpoint.Trial, t => t with { Checkpoint = checkpoint });
                break;
            case ExperimentEvent.SegmentEnded ended:
                Update(ended.Trial, t => t with { Status = t.Status == TrialStatus.Pausing ? TrialStatus.Paused : ended.End == SegmentEnd.AsAnswered ? TrialStatus.Pending : t.Status });
                break;
        }
    }

    private void Apply(ExperimentCommand command, DateTimeOffset at)
    {
        switch (command)
        {
            case ExperimentCommand.CreateTrial create:
                _trials.Add(new() { Id = create.Trial, Status = TrialStatus.Pending, Config = create.Config, SearchedPaths = searchedPaths, CreatedAt = at, Violation = feasibility.IsEmpty ? 0 : double.NaN });
                break;
            case ExperimentCommand.StartTrial start:
                Update(start.Trial, t => t with { Status = TrialStatus.Running, StartedAt = t.StartedAt ?? at, EndedAt = null, Reason = start.Reason ?? t.Reason });
                break;
            case ExperimentCommand.Answer { Verdict: not (Verdict.Continue or Verdict.Interrupt) } answer:
                Update(answer.Trial, t => t with { Reason = answer.Reason, Status = Following(answer.Verdict), IsPruned = answer.IsPruning });
                break;
            case ExperimentCommand.PlanExploit plan:
                _exploits[plan.Trial] = plan.Config;
                break;
            case ExperimentCommand.AbandonExploit abandon:
                _exploits.Remove(abandon.Trial);
                break;
            case ExperimentCommand.AdoptCheckpoint adopt:
                Update(adopt.Trial, t => t with { HasExploited = true, Checkpoint = adopt.Source, Config = _exploits.Remove(t.Id, out var config) ? config : t.Config });
                break;
            case ExperimentCommand.RetryTrial retry:
                Update(retry.Trial, t => t with { Status = TrialStatus.Pending, Failures = retry.Failures, Reason = retry.Reason });
                break;
            case ExperimentCommand.EndTrial end:
                _exploits.Remove(end.Trial);
                Update(end.Trial, t => t with { Status = end.Status, Reason = end.Reason, EndedAt = at, IsPruned = t.IsPruned || (t.Status == TrialStatus.Paused && !_stops), Violation = double.IsNaN(t.Violation) ? double.PositiveInfinity : t.Violation, Failures = end.Status == TrialStatus.Failed ? t.Failures + 1 : t.Failures });
                break;
            case ExperimentCommand.StopExperiment:
                _stops = true;
                break;
            case ExperimentCommand.FinishExperiment finish:
                (IsFinished, IsFailed, EndReason) = (true, finish.IsError, finish.Reason);
                break;
            case ExperimentCommand.SuspendExperiment suspend:
                EndReason = suspend.Reason;
                break;
        }
    }

    private static TrialStatus Following(Verdict verdict) => verdict switch
    {
        Verdict.Pause => TrialStatus.Pausing,
        Verdict.Exploit => TrialStatus.Exploiting,
        _ => TrialStatus.Stopping,
    };

    private void Resume(ErroredTrials errored)
    {
        (IsFinished, IsFailed, EndReason) = (false, false, null);
        for (var i = 0; i < _trials.Count; i++)
        {
            var trial = _trials[i];
            var interrupted = !(isOnDemand && trial.Status == TrialStatus.Running) && TrialTransitions.HasSegment(trial.Status);
            if (interrupted || (trial.Status == TrialStatus.Failed && errored != ErroredTrials.Skip))
            {
                _trials[i] = trial with { Status = TrialStatus.Pending, EndedAt = null, Checkpoint = !interrupted && errored == ErroredTrials.Restart ? null : trial.Checkpoint };
            }
        }
    }

    private void Report(TrialReport report) => Update(report.Trial, t =>
    {
        var value = objective is null ? null : report.Value(objective.Metric);
        var violation = Violation(report);
        var order = t.BestObjective is null ? -1 : Feasibility.Compare(violation, t.BestViolation);
        var isBest = value is not null && (order < 0 || (order == 0 && objective!.IsBetter(value, t.BestObjective)));
        return t with
        {
            Reports = report.Number,
            TrainingIteration = report.TrainingIteration,
            TimeTotal = report.TimeTotal,
            Objective = value ?? t.Objective,
            BestObjective = isBest ? value : t.BestObjective,
            Violation = violation,
            BestViolation = isBest ? violation : t.BestViolation,
        };
    });

    private double Violation(TrialReport report)
    {
        if (feasibility.IsEmpty)
        {
            return 0;
        }

        if (!_violations.TryGetValue(report.Trial, out var violations))
        {
            _violations.Add(report.Trial, violations = feasibility.Undecided());
        }

        return feasibility.Observe(report, violations);
    }

    private void Update(TrialId trial, Func<TrialView, TrialView> change)
    {
        if ((uint)trial.Number < (uint)_trials.Count)
        {
            _trials[trial.Number] = change(_trials[trial.Number]);
        }
    }
}
