namespace Tuning.Loggers;

/// <summary>
/// Writes each report to one row of the trial's <c>progress.csv</c>; columns are the metrics' paths, <c>a/b</c>. A metric that
/// appears later widens the file: rows before it get a blank cell, nothing is lost. A metric that a report lacks is blank. <c>done</c> is
/// true in the last row of a trial that has ended. Decisions
/// about trials, each with its reason, go to <c>decisions.csv</c> of the experiment.
/// </summary>
/// <remarks>
/// Arrays are left to <see cref="TensorBoard.TensorBoardLogger"/>. NaN and infinities are written <c>nan</c>, <c>inf</c>,
/// <c>-inf</c>. A row is with the operating system before the next report is handled. Called by one thread at a time; holds nothing
/// of a trial that does not run.
/// </remarks>
public sealed class CsvLogger : LoggerCallback, IDisposable
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "progress.csv";

    private readonly Dictionary<TrialId, CsvFile> _open = [];
    private readonly CsvRowWriter _rows = new();
    private CsvHeader? _lastNew;
    private ExperimentInfo? _experiment;
    private DecisionFile? _decisions;

    /// <inheritdoc/>
    public override string Name => "csv";

    /// <inheritdoc/>
    public override void Setup(ExperimentInfo experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        _experiment = experiment;
        _decisions?.Dispose();
        _decisions = new(Path.Combine(experiment.Directory, DecisionFile.FileName));
    }

    /// <inheritdoc/>
    public override void OnDecision(Decision decision) => _decisions!.Append(decision);

    /// <inheritdoc/>
    public override void RecoverDecisions(IEnumerable<Decision> decisions) => _decisions!.Rewrite(decisions);

    /// <inheritdoc/>
    public override void OnTrialResult(TrialView trial, TrialReport report, string? stopReason)
    {
        ArgumentNullException.ThrowIfNull(trial);
        ArgumentNullException.ThrowIfNull(report);
        if (!_open.TryGetValue(trial.Id, out var file))
        {
            _lastNew = _lastNew?.Fits(report.Metrics) == true ? _lastNew : CsvHeader.For(report.Metrics);
            _open.Add(trial.Id, file = CsvFile.Open(PathOf(trial.Id), _lastNew, _rows));
        }

        var header = file.Header.Cover(report.Metrics);
        if (!ReferenceEquals(header, file.Header))
        {
            file.Widen(header, _rows);
        }

        file.Append(_rows.Row(header, report, stopReason is not null || trial.IsLastOfEnded(report)));
        if (!trial.IsActive() && report.Number >= trial.Reports)
        {
            Close(trial);
        }
    }

    /// <inheritdoc/>
    public override void OnTrialStart(TrialView trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        if (trial.Reports > 0)
        {
            // The experiment was extended, or a trial that was to end was tried again.
            Mark(trial, isDone: false);
        }
    }

    /// <inheritdoc/>
    public override void OnTrialPause(TrialView trial) => Close(trial);

    /// <inheritdoc/>
    public override void OnTrialRecover(TrialView trial, string error) => Close(trial);

    /// <inheritdoc/>
    public override void OnTrialComplete(TrialView trial) => End(trial);

    /// <inheritdoc/>
    public override void OnTrialError(TrialView trial, string error) => End(trial);

    /// <inheritdoc/>
    public override void OnExperimentEnd(bool finished, string reason) => CloseAll();

    /// <inheritdoc/>
    public override int Recover(TrialView trial)
    {
        Close(trial);
        var held = CsvFile.Recover(PathOf(trial.Id), trial.Reports);
        if (held == trial.Reports && held > 0)
        {
            Mark(trial, trial.HasEnded());
            Close(trial);
        }

        return held;
    }

    /// <summary>Closes all files.</summary>
    public void Dispose()
    {
        CloseAll();
        _rows.Dispose();
        _decisions?.Dispose();
    }

    private void End(TrialView trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        if (trial.Reports > 0)
        {
            Mark(trial, isDone: true);
        }

        Close(trial);
    }

    private void Mark(TrialView trial, bool isDone)
    {
        if (_open.TryGetValue(trial.Id, out var file))
        {
            file.Mark(isDone, _rows);
        }
        else if (CsvFile.OpenExisting(PathOf(trial.Id)) is { } existing)
        {
            _open.Add(trial.Id, existing);
            existing.Mark(isDone, _rows);
        }
    }

    private string PathOf(TrialId trial) =>
        Path.Combine((_experiment ?? throw new InvalidOperationException("Setup has not been called.")).TrialDirectory(trial), FileName);

    private void CloseAll()
    {
        foreach (var file in _open.Values)
        {
            file.Dispose();
        }

        _open.Clear();
        _decisions?.Close();
    }

    private void Close(TrialView trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        if (_open.Remove(trial.Id, out var file))
        {
            file.Dispose();
        }
    }
}
