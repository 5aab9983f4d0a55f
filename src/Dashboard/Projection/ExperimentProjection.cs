using System.Runtime.InteropServices;
using Tuning.Control;
using Tuning.Results;
using Tuning.Running;
using Tuning.Specification;

namespace Tuning.Dashboard.Projection;

/// <summary>
/// An experiment as a page shows it: the state that the one fold makes of the journal, and beside it, from the same pass, curves, last reports and
/// decisions in bounded room. It follows the journal while another process writes it.
/// </summary>
/// <remarks>Its members are called under a lock of the caller.</remarks>
internal sealed class ExperimentProjection : IDisposable
{
    /// <summary>The most decisions that are kept, the newest.</summary>
    public const int MostDecisions = 200_000;

    /// <summary>The most metrics that have columns in the table.</summary>
    public const int MostMetrics = 200;

    private const int MostOtherCurves = 4;

    private readonly JournalReader _reader;
    private readonly ExperimentState _state;
    private readonly DecisionReader _decisionReader = new();
    private readonly List<Decision> _found = [];
    private readonly List<TrialReport?> _last = [];
    private readonly Dictionary<TrialId, List<CheckpointRef>> _checkpoints = [];
    private readonly Dictionary<TrialId, double>[] _values;
    private readonly List<CurveSet> _curves = [];
    private readonly Dictionary<string, int> _metricNumbers = new(StringComparer.Ordinal);

    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public ExperimentProjection(string directory)
    {
        Directory = directory;
        _reader = new(directory);
        try
        {
            var header = _reader.Header;
            Specification = StoredResults.SpecificationOf(header, directory);
            Info = StoredResults.Describe(header, Specification, directory);
            _state = new(Specification.ToPlan(Info.Vocabulary.Metric));
            _values = [.. Info.Objectives.Select(_ => new Dictionary<TrialId, double>())];
            _curves.AddRange(Info.Objectives.Select(o => new CurveSet(Info.Vocabulary.Metric(o.Metric))));
        }
        catch
        {
            _reader.Dispose();
            throw;
        }
    }

    /// <summary>The experiment's directory.</summary>
    public string Directory { get; }

    /// <summary>What the experiment is.</summary>
    public ExperimentInfo Info { get; }

    /// <summary>What the journal's first line says.</summary>
    public ExperimentSpec Specification { get; }

    /// <summary>How many lines of the journal are in it: its version.</summary>
    public long Lines => _reader.Lines;

    /// <summary>How many bytes of the journal are in it.</summary>
    public long Position => _reader.Position;

    /// <summary>What was decided, the oldest first.</summary>
    public List<Decision> Decisions { get; } = [];

    /// <summary>How many decisions there were; more than are kept where there are too many.</summary>
    public long DecisionCount { get; private set; }

    /// <summary>The names of all metrics, in the order in which they appeared.</summary>
    public List<string> Metrics { get; } = [];

    /// <summary>Metrics of which some value was a number.</summary>
    public HashSet<string> Numeric { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether a trial reported a metric of this name.</summary>
    public bool HasMetric(string name) => _metricNumbers.ContainsKey(name);

    /// <summary>Reads what was written since.</summary>
    /// <returns>Whether there was anything.</returns>
    /// <exception cref="JournalException">A line is damaged.</exception>
    public bool ReadOn(CancellationToken cancellationToken)
    {
        var before = Lines;
        _reader.ReadOn(_state, Observe, cancellationToken);
        if (Decisions.Count > MostDecisions)
        {
            Decisions.RemoveRange(0, Decisions.Count - MostDecisions);
        }

        return Lines != before;
    }

    /// <summary>Whether the file is what was read, and maybe more: it was not cut or replaced.</summary>
    public bool IsStillThere() => new FileInfo(_reader.Path) is { Exists: true } file && file.Length >= Position;

    /// <summary>The results as they stand.</summary>
    public ResultGrid Results() => ResultGrid.Of(Info, _state);

    /// <summary>The front of several objectives.</summary>
    public ParetoFront? Front(ResultGrid results) => Info.Objectives.Length < 2 ? null : results.FrontOf(_values);

    /// <summary>The last value of an objective of a trial.</summary>
    public double? ValueOf(int objective, TrialId trial) => _values[objective].TryGetValue(trial, out var value) ? value : null;

    /// <summary>The last report of a trial.</summary>
    public TrialReport? LastReport(TrialId trial) => trial.Number < _last.Count ? _last[trial.Number] : null;

    /// <summary>The checkpoints that a trial wrote and that exist, oldest first.</summary>
    public IEnumerable<CheckpointRef> Checkpoints(TrialId trial) => (_checkpoints.GetValueOrDefault(trial) ?? [])
        .Where(c => System.IO.Directory.Exists(Path.Combine(Directory, c.Trial.DirectoryName, c.DirectoryName)));

    /// <summary>A trial by number; null where there is none.</summary>
    public TrialView? Trial(int number) => number < _state.Trials.All.Count ? _state.Trials.All[number].ToView(_state.Plan) : null;

    /// <summary>All trials.</summary>
    public IEnumerable<TrialView> Trials() => _state.Views();

    /// <summary>The curves of a metric. One that is no objective is read from the journal when it is first asked for, and followed from then on.</summary>
    /// <returns>Null where no trial reported it.</returns>
    public CurveSet? Curves(string metric, CancellationToken cancellationToken)
    {
        if (_curves.Find(c => c.Metric == metric) is { } known)
        {
            return known;
        }

        if (!_metricNumbers.ContainsKey(metric) && metric is not (AutoMetrics.TimeTotal or AutoMetrics.TimeThisIteration))
        {
            return null;
        }

        var set = new CurveSet(metric);
        using (var reader = new JournalReader(Directory))
        {
            while (reader.Lines < Lines && reader.Read() is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (entry.Event is ExperimentEvent.Reported { Report: var report })
                {
                    set.Observe(report, reader.Lines);
                }
            }
        }

        if (_curves.Count >= Info.Objectives.Length + MostOtherCurves)
        {
            _curves.RemoveAt(Info.Objectives.Length);
        }

        _curves.Add(set);
        return set;
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    private void Observe(JournalEntry entry, ExperimentState before)
    {
        _decisionReader.Read(entry.Event, entry.Commands, _found);
        Decisions.AddRange(_found);
        DecisionCount += _found.Count;
        _found.Clear();
        if (Decisions.Count > 2 * MostDecisions)
        {
            Decisions.RemoveRange(0, Decisions.Count - MostDecisions);
        }

        switch (entry.Event)
        {
            case ExperimentEvent.Reported { Report: var report }:
                Observe(report);
                break;
            case ExperimentEvent.CheckpointSaved { Checkpoint: var saved }:
                (CollectionsMarshal.GetValueRefOrAddDefault(_checkpoints, saved.Trial, out _) ??= []).Add(saved);
                break;
        }
    }

    private void Observe(TrialReport report)
    {
        while (_last.Count <= report.Trial.Number)
        {
            _last.Add(null);
        }

        _last[report.Trial.Number] = report;
        for (var i = 0; i < _values.Length; i++)
        {
            if (report.Value(Info.Objectives[i].Metric) is { } value)
            {
                _values[i][report.Trial] = value;
            }
        }

        foreach (var curves in _curves)
        {
            curves.Observe(report, Lines);
        }

        foreach (ref readonly var entry in report.Metrics.Entries)
        {
            if (_metricNumbers.TryAdd(entry.Key, Metrics.Count))
            {
                Metrics.Add(entry.Key);
            }

            if (entry.Value.Number is not null)
            {
                Numeric.Add(entry.Key);
            }
        }
    }
}
