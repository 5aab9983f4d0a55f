namespace Tuning.Reporting;

/// <summary>
/// Progress as lines: one when a trial starts or ends, a summary every few seconds. Where very many trials start and end, only some
/// of them get their line, and the summary says how many did not.
/// </summary>
internal sealed class PlainView(ProgressModel model, ProgressOptions options, TimeProvider time) : ProgressView
{
    private const int LinesPerInterval = 20;
    private const int MetricsPerLine = 6;

    private readonly TextWriter _output = options.Output ?? ConsoleWriter.Out;
    private readonly bool _verbose = options.Detail == ProgressDetail.Verbose;
    private long _summaryAt;
    private long _budgetAt;
    private int _budget = LinesPerInterval;
    private long _skipped;
    private bool _unsaid;

    /// <inheritdoc/>
    public override void Begin(ExperimentInfo experiment)
    {
        _summaryAt = _budgetAt = time.GetTimestamp();
        var count = experiment.TotalTrials is { } total ? Readable.Count(total, "trial") + ", " : "";
        Print($"{experiment.Name}: {count}{experiment.Slots} at " +
            $"once{(experiment.Seed is { } seed ? $", seed {seed}" : "")}{(experiment.IsResumed ? ", resumed" : "")}, in {experiment.Directory}");
    }

    /// <inheritdoc/>
    public override void Changed(TrialView trial, string what, string? error)
    {
        if (_verbose || error is not null || TakeLine())
        {
            Line(trial, what, error);
        }
        else
        {
            _skipped++;
        }

        _unsaid = true;
        SummaryIfDue();
    }

    /// <inheritdoc/>
    public override void Reported(TrialView trial, TrialReport report)
    {
        if (_verbose)
        {
            Print($"{trial.Id} #{report.Number} {MetricsText(report)}");
        }

        _unsaid = true;
        SummaryIfDue();
    }

    /// <inheritdoc/>
    public override void Say(string text) => Print(text);

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_unsaid)
        {
            Summary();
        }
    }

    // The first few, and what training minimises, wherever it stands.
    private static string MetricsText(TrialReport report)
    {
        var parts = new List<string>();
        var left = 0;
        foreach (ref readonly var entry in report.Metrics.Entries)
        {
            if (entry.Value.Kind == MetricKind.Array)
            {
                continue;
            }

            if (parts.Count >= MetricsPerLine && !Readable.LastPart(entry.Key, '/').Contains("loss", StringComparison.OrdinalIgnoreCase))
            {
                left++;
            }
            else
            {
                parts.Add($"{entry.Key}={(entry.Value.Number is { } number && entry.Value.Kind == MetricKind.Number ? Readable.Number(number)
                    : Readable.OneLine(entry.Value.ToString(), 40))}");
            }
        }

        return string.Join(' ', parts) + (left > 0 ? $" and {left} more" : "");
    }

    private void Line(TrialView trial, string what, string? error)
    {
        var reports = trial.Reports > 0 ? $" after {Readable.Count(trial.Reports, "report")}, {Readable.Duration(TimeSpan.FromSeconds(trial.TimeTotal))}" : "";
        var objective = trial.Objective is { } value && model.Take(0).Experiment.Objectives is [var first, ..]
            ? $", {Readable.LastPart(first.Metric, '/')}={Readable.Number(value)}" : "";
        var tail = error is not null ? ": " + Readable.OneLine(error)
            : trial.Status is TrialStatus.Running ? ProgressSnapshot.ParametersText(trial, ": ")
            : trial.Reason is { } reason ? ": " + Readable.OneLine(reason) : "";
        Print($"{trial.Id} {what}{reports}{objective}{tail}");
    }

    private bool TakeLine()
    {
        var now = time.GetTimestamp();
        if (time.GetElapsedTime(_budgetAt, now) >= options.Interval)
        {
            (_budgetAt, _budget) = (now, LinesPerInterval);
        }

        return _budget-- > 0;
    }

    private void SummaryIfDue()
    {
        if (time.GetElapsedTime(_summaryAt) >= options.Interval)
        {
            Summary();
        }
    }

    private void Summary()
    {
        _summaryAt = time.GetTimestamp();
        _unsaid = false;
        var snapshot = model.Take(0);
        var skipped = _skipped > 0 ? Invariant($"; {_skipped:#,0} changes not shown") : "";
        _skipped = 0;
        Print($"[{snapshot.TimeText()}] {snapshot.CountsText()}{(snapshot.BestText() is { } best ? "; " + best : "")}{skipped}");
    }

    // Warnings come from other threads.
    private void Print(string line)
    {
        lock (_output)
        {
            _output.WriteLine(line);
            _output.Flush();
        }
    }
}
