namespace Tuning.Loggers.TensorBoard;

/// <summary>
/// Writes each trial's reports to an event file that TensorBoard reads: <c>tensorboard --logdir &lt;experiment&gt;</c>. Numbers are
/// scalars tagged <c>ray/tune/a/b</c>, arrays are histograms, texts are left out; the step is <c>timesteps_total</c> or
/// <c>num_env_steps_sampled_lifetime</c> where reported, else <c>training_iteration</c>. When a trial ends, the searched parameters
/// are added for the HPARAMS tab.
/// </summary>
/// <remarks>
/// One event per report and one file per trial, also across resumes. An event is with the operating system before the next report
/// is handled. Called by one thread at a time; holds nothing of a trial that does not run.
/// </remarks>
public sealed class TensorBoardLogger : LoggerCallback, IDisposable
{
    private readonly Dictionary<TrialId, EventFile> _open = [];
    private readonly EventWriter _events = new();
    private ExperimentInfo? _experiment;

    /// <inheritdoc/>
    public override string Name => "tensorboard";

    /// <inheritdoc/>
    public override void Setup(ExperimentInfo experiment) => _experiment = experiment;

    /// <inheritdoc/>
    public override void OnTrialStart(TrialView trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        if (trial.Reports > 0 && OpenExisting(trial) is { } file)
        {
            // The experiment was extended, or a trial that was to end was tried again.
            file.CutEndSummaries();
        }
    }

    /// <inheritdoc/>
    public override void OnTrialResult(TrialView trial, TrialReport report, string? stopReason)
    {
        ArgumentNullException.ThrowIfNull(trial);
        ArgumentNullException.ThrowIfNull(report);
        _events.Clear();
        var file = report.Number > 1 || _open.ContainsKey(trial.Id) ? OpenExisting(trial) : null;
        if (file is null)
        {
            var path = Path.Combine(
                Experiment.TrialDirectory(trial.Id),
                Invariant($"events.out.tfevents.{report.At.ToUnixTimeSeconds()}.{Environment.MachineName}"));
            _open.Add(trial.Id, file = EventFile.Create(path));
            _events.AddFileVersion(report.At);
        }

        var summary = _events.AddReport(report);
        file.AppendReport(_events.Written, summary);
        if (trial.IsLastOfEnded(report))
        {
            End(trial);
        }
        else if (!trial.IsActive() && report.Number >= trial.Reports)
        {
            Close(trial);
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
    public override void OnExperimentEnd(bool finished, string reason) => Dispose();

    /// <inheritdoc/>
    public override int Recover(TrialView trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        Close(trial);
        if (EventFile.Find(Experiment.TrialDirectory(trial.Id)) is not { } path)
        {
            return 0;
        }

        int held;
        using (var file = EventFile.Open(path, trial.Reports))
        {
            held = file.Reports;
            if (held > 0 && held == trial.Reports && trial.HasEnded())
            {
                WriteEndSummaries(file, trial);
            }
            else if (held > 0)
            {
                file.CutEndSummaries();
            }
        }

        if (held == 0)
        {
            // Begun again under the name that the first report gives it.
            OwnFiles.Delete(path);
        }

        return held;
    }

    /// <summary>Closes all files.</summary>
    public void Dispose()
    {
        foreach (var file in _open.Values)
        {
            file.Dispose();
        }

        _open.Clear();
    }

    private ExperimentInfo Experiment => _experiment ?? throw new InvalidOperationException("Setup has not been called.");

    private void End(TrialView trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        if (trial.Reports > 0 && OpenExisting(trial) is { } file)
        {
            WriteEndSummaries(file, trial);
        }

        Close(trial);
    }

    private void WriteEndSummaries(EventFile file, TrialView trial)
    {
        if (file.HasEndSummaries)
        {
            return;
        }

        file.CutEndSummaries();
        _events.Clear();
        foreach (var summary in Hyperparameters.Events(Experiment, trial, file.LastScalarTags))
        {
            _events.Add(summary);
        }

        file.Append(_events.Written);
    }

    private EventFile? OpenExisting(TrialView trial)
    {
        if (!_open.TryGetValue(trial.Id, out var file) && EventFile.Find(Experiment.TrialDirectory(trial.Id)) is { } path)
        {
            _open.Add(trial.Id, file = EventFile.Open(path, int.MaxValue));
        }

        return file;
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
