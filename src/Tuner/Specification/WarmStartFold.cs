using System.Collections.Immutable;
using Tuning.Control;
using Tuning.Search;
using Tuning.Trials;

namespace Tuning.Specification;

/// <summary>
/// What a journal says of the trials that ended, as a search algorithm sees them. A trial that took over the state of another is left
/// out: its results are not those of its configuration. Used by one thread.
/// </summary>
internal sealed class WarmStartFold(ImmutableArray<Objective> objectives, Feasibility feasibility, bool keepsCurves)
{
    private readonly List<Earlier> _trials = [];
    private int _ended;
    private bool _stops;

    /// <summary>The objectives that some trial reported.</summary>
    public HashSet<string> Reported { get; } = new(StringComparer.Ordinal);

    /// <summary>How many trials there were, ended or not.</summary>
    public int Trials => _trials.Count;

    /// <summary>How many of them had not ended.</summary>
    public int Unfinished => _trials.Count(t => t.EndOrder < 0);

    /// <summary>How many took over the state of another.</summary>
    public int TookOver => _trials.Count(t => t.EndOrder >= 0 && t.HasExploited);

    /// <summary>The trials that ended, in the order in which they did.</summary>
    public IReadOnlyList<SearchObservation> Ended() =>
        [.. _trials.Where(t => t.EndOrder >= 0 && !t.HasExploited).OrderBy(t => t.EndOrder).Select((t, i) => Observation(t, i))];

    /// <summary>Takes a line of the journal into account.</summary>
    public void Apply(ExperimentEvent happened, IReadOnlyList<ExperimentCommand> commands)
    {
        switch (happened)
        {
            case ExperimentEvent.Reported { Report: var report }:
                Report(report);
                break;
            case ExperimentEvent.Resumed { Extension.Errored: not ErroredTrials.Skip }:
                _trials.Where(t => t.Status == TrialStatus.Failed).ToList().ForEach(t => t.EndOrder = -1);
                break;
        }

        foreach (var command in commands)
        {
            Apply(command);
        }
    }

    private void Apply(ExperimentCommand command)
    {
        switch (command)
        {
            case ExperimentCommand.CreateTrial create:
                _trials.Add(new(create.Trial, create.Config, feasibility.Undecided(), [.. objectives.Select(_ => double.NaN)]));
                break;
            case ExperimentCommand.StartTrial start:
                _trials[start.Trial.Number].IsPaused = false;
                break;
            case ExperimentCommand.Answer answer:
                _trials[answer.Trial.Number].IsPruned = answer.IsPruning;
                _trials[answer.Trial.Number].IsPaused = answer.Verdict == Verdict.Pause;
                break;
            case ExperimentCommand.AdoptCheckpoint adopt:
                _trials[adopt.Trial.Number].HasExploited = true;
                break;
            case ExperimentCommand.StopExperiment:
                _stops = true;
                break;
            case ExperimentCommand.EndTrial end:
                var trial = _trials[end.Trial.Number];
                trial.IsPruned |= trial.IsPaused && !_stops;
                (trial.Status, trial.EndOrder) = (end.Status, _ended++);
                break;
        }
    }

    private void Report(TrialReport report)
    {
        var trial = _trials[report.Trial.Number];
        trial.Reports = report.Number;
        trial.Iteration = report.TrainingIteration;
        trial.Violation = feasibility.Observe(report, trial.Violations);
        for (var i = 0; i < objectives.Length; i++)
        {
            if (report.Value(objectives[i].Metric) is not { } value)
            {
                continue;
            }

            Reported.Add(objectives[i].Metric);
            trial.Values[i] = value;
            if (i == 0 && keepsCurves)
            {
                trial.Curve.Add(new(trial.Iteration, value));
            }
        }
    }

    private SearchObservation Observation(Earlier trial, int place) =>
        new(trial.Id, -1, trial.Config, trial.Status, trial.Values is [var first, ..] && !double.IsNaN(first) ? first : null, trial.Reports)
        {
            Objectives = trial.Values.Length > 1 ? [.. trial.Values] : [],
            Violation = feasibility.IsEmpty ? 0 : double.IsNaN(trial.Violation) ? double.PositiveInfinity : trial.Violation,
            EndOrder = place,
            Iteration = trial.Iteration,
            IsPruned = trial.IsPruned,
            Curve = trial.Curve.ToArray(),
        };

    private sealed class Earlier(TrialId id, ParameterSet config, double[] violations, double[] values)
    {
        public TrialId Id { get; } = id;

        public ParameterSet Config { get; } = config;

        public double[] Violations { get; } = violations;

        public double[] Values { get; } = values;

        public List<CurvePoint> Curve { get; } = [];

        public TrialStatus Status { get; set; }

        public int Reports { get; set; }

        public long Iteration { get; set; }

        public double Violation { get; set; } = double.NaN;

        public int EndOrder { get; set; } = -1;

        public bool IsPruned { get; set; }

        public bool IsPaused { get; set; }

        public bool HasExploited { get; set; }
    }
}
