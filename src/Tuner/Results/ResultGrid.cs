using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Tuning;

/// <summary>
/// What became of an experiment's trials, oldest first. A finished or running experiment is opened with <see cref="LoadAsync"/>,
/// without its trainable.
/// </summary>
/// <remarks>
/// Holds a few words per trial; metrics other than the objective are read from the experiment's journal when asked for, and so is
/// every history. Safe on any thread.
/// </remarks>
[SuppressMessage("Naming", "CA1710", Justification = "Ray's name")]
public sealed partial class ResultGrid : IReadOnlyList<TrialResult>
{
    private IReadOnlyList<TrialView> _trials;
    private readonly Lock _lock = new();
    private Dictionary<TrialId, TrialReport>? _lastReports;
    private readonly Lazy<Recommendation?> _recommendation;
    private readonly double? _goodEnough;

    /// <param name="experiment">The experiment.</param>
    /// <param name="trials">Its trials, oldest first.</param>
    /// <param name="record">Its record.</param>
    internal ResultGrid(ExperimentInfo experiment, IReadOnlyList<TrialView> trials, ExperimentRecord record)
    {
        Name = experiment.Name;
        Directory = experiment.Directory;
        Objectives = experiment.Objectives;
        FeasibleIf = experiment.FeasibleIf;
        (ReferencePoint, Scope, CheckpointScore) = (experiment.ReferencePoint, experiment.Scope, experiment.CheckpointScore ?? Objectives.FirstOrDefault());
        (Seed, Space, Vocabulary, WarmStartUsage) = (experiment.Seed, experiment.Space, experiment.Vocabulary, experiment.WarmStartUsage);
        _goodEnough = experiment.GoodEnough;
        (_trials, Record) = (trials, record);
        _recommendation = new(Recommend);
    }

    /// <summary>
    /// Opens the results of an experiment that has finished, was stopped or killed, or is running: then as it stands now. Needs no
    /// trainable; a directory that was moved or renamed opens as well.
    /// </summary>
    /// <param name="directory">The experiment's directory.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory, or it is none of an experiment; the message lists the experiments
    /// inside.</exception>
    /// <exception cref="JournalException">The journal cannot be read; the message has the line.</exception>
    public static Task<ResultGrid> LoadAsync(string directory, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        return Task.Run(() => StoredResults.Load(OwnFiles.Resolve(directory), cancellationToken), cancellationToken);
    }

    /// <summary>The results as an experiment stands: its record is read only when a trial's metrics are asked for.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="state">What has become of it.</param>
    /// <param name="record">Its record; null takes its journal.</param>
    internal static ResultGrid Of(ExperimentInfo experiment, ExperimentState state, ExperimentRecord? record = null) =>
        new(experiment, [.. state.Views()], record ?? new JournalRecord(experiment.Directory))
        {
            IsFinished = state.IsFinished,
            IsFailed = state.IsFailed,
            EndReason = state.EndReason,
            Samples = state.Suggestions.Samples,
            StartedAt = state.Trials.Clock.StartedAt,
            LastAt = state.Trials.Clock.StartedAt is null ? null : state.Trials.Now,
        };

    /// <summary>The experiment's name.</summary>
    public string Name { get; }

    /// <summary>The full path of the experiment's directory.</summary>
    public string Directory { get; }

    /// <summary>What was optimised, the first being the main one; empty when nothing was.</summary>
    public ImmutableArray<Objective> Objectives { get; }

    /// <summary>The conditions over metrics that tell feasible trials from others; empty when every trial is feasible.</summary>
    public ImmutableArray<string> FeasibleIf { get; }

    /// <summary>Where the hypervolume of several objectives begins, a value of each; empty when none was given.</summary>
    public ImmutableArray<double> ReferencePoint { get; }

    /// <summary>Which of a trial's values of the first objective stands for it where <see cref="Best"/> is not told otherwise.</summary>
    public ResultScope Scope { get; private set; }

    /// <summary>Whether the experiment has finished; if not it is running, was stopped, or was killed, and can be resumed.</summary>
    public bool IsFinished { get; private init; }

    /// <summary>
    /// Whether the experiment finished because it could not go on, such as with a search algorithm that waits for results while nothing
    /// runs; <see cref="EndReason"/> says why. Trials that failed do not make it so.
    /// </summary>
    public bool IsFailed { get; private init; }

    /// <summary>Why the experiment or its last session ended; null while it runs, or when it was killed.</summary>
    public string? EndReason { get; private init; }

    /// <summary>The seed from which everything random was derived; null when it is not known.</summary>
    public ulong? Seed { get; }

    /// <summary>How many samples are drawn in all; -1 for no limit.</summary>
    internal int Samples { get; private init; }

    /// <summary>When the experiment began; null when that is not known.</summary>
    public DateTimeOffset? StartedAt { get; private init; }

    /// <summary>When something happened last; null when that is not known.</summary>
    public DateTimeOffset? LastAt { get; private init; }

    /// <summary>How many trials there are.</summary>
    public int Count => _trials.Count;

    /// <summary>Trials that failed for good, oldest first.</summary>
    public IReadOnlyList<TrialResult> Errors => [.. this.Where(t => t.Status == TrialStatus.Failed)];

    internal ExperimentRecord Record { get; }

    /// <summary>What checkpoints are compared by; null where there is nothing.</summary>
    internal Objective? CheckpointScore { get; }

    /// <summary>How many trials of each directory of a warm start are used, and why others are not: a line for each.</summary>
    internal ImmutableArray<string> WarmStartUsage { get; }

    /// <summary>Old names of metrics: a caller may give those as well.</summary>
    internal TrainableVocabulary Vocabulary { get; }

    /// <summary>
    /// The trial to use where values are noisy: not the one that was luckiest, but the one with the best mean of a Gaussian process over all trials. Computed
    /// when first asked for, which takes up to a second with a thousand trials.
    /// </summary>
    /// <value>
    /// Null when the best value says it all, because there is no noise to speak of; with several objectives or none; with fewer than ten trials or more than a
    /// thousand, unless configurations were repeated; where trials took over others, and so are more than their configurations; and in spaces with a grid.
    /// </value>
    public Recommendation? Recommendation => _recommendation.Value;

    /// <summary>What was searched.</summary>
    internal SearchSpace Space { get; }

    /// <summary>A trial by number.</summary>
    public TrialResult this[int index] => new(this, _trials[index]);

    /// <inheritdoc/>
    public IEnumerator<TrialResult> GetEnumerator()
    {
        for (var i = 0; i < _trials.Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>How many trials have a status.</summary>
    public int CountOf(TrialStatus status) => _trials.Count(t => t.Status == status);

    /// <summary>
    /// The best trial. Absent values and NaN are worst; of equal ones the older trial is better. Trials that have not ended take part with what they
    /// reported. Where there are conditions for feasible trials (<see cref="FeasibleIf"/>), one
    /// that breaks them is never the best while there is one that does not; among such, the one that breaks them least is.
    /// </summary>
    /// <param name="metric">Path of the metric; null takes the experiment's objective.</param>
    /// <param name="mode">Which direction is better; null takes the experiment's, where it has this metric as an objective.</param>
    /// <param name="scope">Which of a trial's values stands for it; null takes <see cref="Scope"/>.</param>
    /// <param name="includeFailed">Whether trials that failed for good after they had reported take part.</param>
    /// <param name="includeInfinite">Whether infinite values take part.</param>
    /// <exception cref="InvalidOperationException">
    /// There is no metric to compare by, or no trial has reported it; the message says which, and what there is.
    /// </exception>
    public TrialResult Best(string? metric = null, Mode? mode = null, ResultScope? scope = null, bool includeFailed = false, bool includeInfinite = false)
    {
        if (metric is null && Objectives.IsEmpty && Count == 1)
        {
            return this[0];
        }

        var objective = ObjectiveFor(metric, mode, nameof(Best));
        return TryBest(objective, scope, includeFailed, includeInfinite) ?? throw new InvalidOperationException(NothingReported(objective.Metric));
    }

    /// <summary>The best trial by an objective; null when no trial has a value that is a number.</summary>
    internal TrialResult? TryBest(Objective objective, ResultScope? scope = null, bool includeFailed = false, bool includeInfinite = false)
    {
        var known = (scope ?? Scope) == Scope && Objectives is [var first, ..] && first.Metric == objective.Metric ? null
            : Record.Values(objective.Metric, scope ?? Scope);
        var best = BestTrial.Of(
            _trials, objective, t => known is null ? t.Standing : known.TryGetValue(t.Id, out var found) ? found : null, includeFailed, includeInfinite);
        return best is null ? null : new(this, best);
    }

    /// <summary>The same results, compared by another of their values.</summary>
    internal ResultGrid InScope(ResultScope scope)
    {
        if (scope == Scope || Objectives.IsEmpty)
        {
            return this;
        }

        var values = Record.Values(Objectives[0].Metric, scope);
        var copy = (ResultGrid)MemberwiseClone();
        copy.Scope = scope;
        copy._trials = [.. _trials.Select(t => t with { Standing = values.TryGetValue(t.Id, out var value) ? value : null })];
        return copy;
    }

    /// <summary>Why no trial is the best, where trials that ended have reported; null where one is, or nothing is optimised.</summary>
    internal string? NoBest() => Objectives is [var objective, ..] && _trials.Any(t => t.Reports > 0 && t.Status == TrialStatus.Terminated)
        && TryBest(objective) is null ? NothingReported(objective.Metric) : null;

    /// <summary>Which objective a caller means.</summary>
    internal Objective ObjectiveFor(string? metric, Mode? mode, string method)
    {
        if (metric is null)
        {
            return !Objectives.IsEmpty
                ? Objectives[0] with { Mode = mode ?? Objectives[0].Mode }
                : throw new InvalidOperationException(
                    $"The experiment '{Name}' optimises nothing, so there is nothing to compare by. Say what: {method}(\"loss\", Mode.Min). Reported " +
                        $"metrics: {Listed(Record.MetricNames())}.");
        }

        metric = Vocabulary.Metric(metric);
        return mode is { } given
            ? new(metric, given)
            : Objectives.FirstOrDefault(o => o.Metric == metric)
                ?? throw new InvalidOperationException($"'{metric}' is no objective of '{Name}', so it is not known which direction is better. Say: " +
                    $"{method}(\"{metric}\", Mode.Max) or Mode.Min.");
    }

    /// <summary>The last report of a trial; null when it has made none.</summary>
    internal TrialReport? LastReport(TrialId trial)
    {
        lock (_lock)
        {
            _lastReports ??= Record.LastReports();
            return _lastReports.GetValueOrDefault(trial);
        }
    }

    /// <summary>Where a checkpoint is.</summary>
    internal CheckpointDirectory CheckpointAt(CheckpointRef checkpoint) =>
        new(Path.Combine(Directory, checkpoint.Trial.DirectoryName, checkpoint.DirectoryName));

    /// <summary>The nearest name of a metric, or those that there are.</summary>
    internal static string MetricHint(string metric, IReadOnlyCollection<string> known) =>
        NearestName.Of(metric, known) is { } near ? $" Did you mean '{near}'?" : $" Reported: {Listed(known)}.";

    private Recommendation? Recommend()
    {
        if (Objectives.Length != 1 || _trials.Any(t => t.HasExploited))
        {
            return null;
        }

        // How far a trial oversteps what stops it says where it stood before, and nothing of its configuration.
        double? Counted(TrialView trial) => trial.Objective is { } value && _goodEnough is { } enough && Objectives[0].Compare(value, enough) < 0
            ? enough : trial.Objective;

        var ended = 0;
        var observations = _trials.Select(t => new SearchObservation(t.Id, t.Id.Number, t.Config, t.Status, Counted(t), t.Reports)
        {
            Violation = double.IsNaN(t.Violation) ? 0 : t.Violation,
            EndOrder = t.Status is TrialStatus.Terminated or TrialStatus.Failed ? ended++ : -1,
            IsPruned = t.IsPruned,
        });
        var recommended = NoiseAwareRecommendation.Of(new(Space, Objectives), new(0, [.. observations]));
        return recommended is null || Counted(_trials[recommended.Trial.Number]).Equals(_goodEnough) ? null : recommended;
    }

    private static string Listed(IReadOnlyCollection<string> names) => names.Count switch
    {
        0 => "none",
        <= 30 => string.Join(", ", names),
        _ => string.Join(", ", names.Take(30)) + $" and {names.Count - 30} more",
    };

    private string NothingReported(string metric)
    {
        if (Count == 0)
        {
            return $"'{Name}' has no trials yet.";
        }

        var names = Record.MetricNames();
        if (names.Count == 0)
        {
            var failed = Errors;
            return failed.Count == 0
                ? $"No trial of '{Name}' has reported anything, so there is no best one."
                : $"No trial of '{Name}' has reported anything, so there is no best one; {failed.Count} failed, the first with: {failed[0].Error}";
        }

        return names.Contains(metric)
            ? Record.Values(metric, ResultScope.Max).Count == 0 ? $"Every '{metric}' that the trials of '{Name}' reported is NaN, so there is no best one."
            : $"The last '{metric}' of every trial of '{Name}' is NaN, infinite or of a failed trial, so there is no best one by it; with scope: " +
                $"ResultScope.Max, "
                + "Min or Avg earlier values count, with includeInfinite and includeFailed those."
            : $"No trial of '{Name}' reported '{metric}', so there is no best one." + MetricHint(metric, names);
    }
}
