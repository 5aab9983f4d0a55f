using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Tuning.Callbacks;

/// <summary>
/// What one session of an experiment tells whoever listens to the <see cref="ActivitySource"/> and the <see cref="Meter"/> named <c>Tuning</c>. Where
/// nobody listens, each call is the look at a flag.
/// </summary>
/// <param name="experiment">The experiment's name.</param>
/// <remarks>Any thread, except <see cref="Begin"/> and <see cref="End"/>, which are called once each.</remarks>
internal sealed class ExperimentTelemetry(string experiment)
{
    /// <summary>The name of source and meter.</summary>
    public const string Name = "Tuning";

    private const string ExperimentTag = "tuning.experiment.name";
    private const string TrialTag = "tuning.trial.id";
    private const string Seconds = "s";

    private static readonly ActivitySource _source = new(Name);
    private static readonly Meter _meter = new(Name);
    private static readonly UpDownCounter<long> _active =
        _meter.CreateUpDownCounter<long>("tuning.experiments.active", "{experiment}", "Sessions of experiments that run now.");
    private static readonly Counter<long> _trials = _meter.CreateCounter<long>("tuning.trials.created", "{trial}", "Trials that were created.");
    private static readonly Counter<long> _ended = _meter.CreateCounter<long>("tuning.trials.ended", "{trial}", "Trials that ended, by status.");
    private static readonly Counter<long> _decisions = _meter.CreateCounter<long>("tuning.decisions", "{decision}", "Decisions about trials, by kind.");
    private static readonly Histogram<double> _experiment =
        _meter.CreateHistogram<double>("tuning.experiment.duration", Seconds, "How long a session of an experiment ran.");
    private static readonly Histogram<double> _segment =
        _meter.CreateHistogram<double>("tuning.trial.segment.duration", Seconds, "How long a trial ran without a pause.");
    private static readonly Histogram<double> _report =
        _meter.CreateHistogram<double>("tuning.report.duration", Seconds, "How long a trial trained for a report.");
    private static readonly Histogram<double> _decision =
        _meter.CreateHistogram<double>("tuning.decision.duration", Seconds, "How long it took to decide about an event.");
    private static readonly Histogram<double> _suggestion =
        _meter.CreateHistogram<double>("tuning.suggestion.duration", Seconds, "How long the search algorithm took for a suggestion.");

    private readonly KeyValuePair<string, object?> _tag = new(ExperimentTag, experiment);
    private Activity? _activity;
    private bool _counted;

    /// <summary>Whether somebody counts decisions.</summary>
    public static bool CountsDecisions => _decisions.Enabled;

    /// <summary>Whether somebody wants to know how long decisions take.</summary>
    public static bool TimesDecisions => _decision.Enabled;

    /// <summary>The experiment's name, for scopes of the log.</summary>
    public string Experiment => experiment;

    /// <summary>A session begins; its activity is the current one of the caller from here on.</summary>
    public void Begin(bool isResumed)
    {
        _activity = _source.StartActivity("tuning.experiment");
        _activity?.SetTag(ExperimentTag, experiment).SetTag("tuning.experiment.resumed", isResumed);
        _counted = _active.Enabled;
        if (_counted)
        {
            _active.Add(1, _tag);
        }
    }

    /// <summary>The session has ended.</summary>
    public void End(TimeSpan elapsed, bool finished, string reason, Exception? error)
    {
        if (_counted)
        {
            _active.Add(-1, _tag);
        }

        _experiment.Record(elapsed.TotalSeconds, _tag);
        if (_activity is not null)
        {
            _activity.SetTag("tuning.experiment.finished", finished).SetTag("tuning.experiment.reason", reason);
            _activity.SetStatus(error is null ? ActivityStatusCode.Ok : ActivityStatusCode.Error, error?.Message);
            _activity.Stop();
        }
    }

    /// <summary>A segment of a trial runs on this thread; dispose of what is returned when it ends.</summary>
    public Activity? BeginSegment(TrialId trial) =>
        _source.StartActivity("tuning.trial", ActivityKind.Internal, _activity?.Context ?? default, [_tag, new(TrialTag, trial.ToString())]);

    /// <summary>A segment has ended.</summary>
    public void SegmentEnded(TimeSpan elapsed) => _segment.Record(elapsed.TotalSeconds, _tag);

    /// <summary>The search algorithm works on this thread; dispose of what is returned when it is done.</summary>
    public Activity? BeginSuggestion(long number) =>
        _source.StartActivity("tuning.suggestion", ActivityKind.Internal, _activity?.Context ?? default, [_tag, new("tuning.suggestion.number", number)]);

    /// <summary>The search algorithm is done.</summary>
    public void Suggested(TimeSpan elapsed) => _suggestion.Record(elapsed.TotalSeconds, _tag);

    /// <summary>An event was decided about.</summary>
    public void Decided(TimeSpan elapsed) => _decision.Record(elapsed.TotalSeconds, _tag);

    /// <summary>A decision was made.</summary>
    public void Made(Decision decision) => _decisions.Add(1, _tag, new("tuning.decision.kind", decision.Name));

    /// <summary>A trial was created.</summary>
    public void Created() => _trials.Add(1, _tag);

    /// <summary>A trial has ended.</summary>
    public void Ended(TrialStatus status) => _ended.Add(1, _tag, new("tuning.trial.status", status == TrialStatus.Failed ? "failed" : "terminated"));

    /// <summary>A trial has reported.</summary>
    public void Reported(TrialReport report) => _report.Record(report.TimeThisIteration, _tag);
}
