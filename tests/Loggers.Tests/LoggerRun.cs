using Tuning.Trials;

namespace Tuning.Tests.Loggers;

/// <summary>One trial as a logger sees it, in a directory of its own that is deleted afterwards.</summary>
internal sealed class LoggerRun : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    private readonly string _root = Path.Combine(Path.GetTempPath(), "tuner-loggers-" + Guid.NewGuid().ToString("N"));

    public LoggerRun() => Directory.CreateDirectory(_root);

    public ExperimentInfo Experiment => new() { Name = "run", Directory = _root, Objectives = [new("loss", Mode.Min)] };

    public string TrialDirectory => Experiment.TrialDirectory(new(0));

    public string File(string name) => Path.Combine(TrialDirectory, name);

    public string EventFile => Directory.GetFiles(TrialDirectory, "events.out.tfevents.*").Single();

    public static TrialView Trial(int reports, TrialStatus status = TrialStatus.Running, string? reason = null) => new()
    {
        Id = new(0),
        Status = status,
        Config = ParameterSet.Parse("""{"lr": 0.01, "layers": 2, "activation": "relu", "bias": true, "model": {"units": [64, 64]}}"""),
        SearchedPaths = ["activation", "bias", "layers", "lr", "model.units"],
        Reports = reports,
        Reason = reason,
        CreatedAt = Start,
        StartedAt = Start.AddSeconds(1),
        EndedAt = status is TrialStatus.Terminated or TrialStatus.Failed ? Start.AddMinutes(5) : null,
    };

    public static TrialReport Report(int number, Metrics metrics) =>
        new(new(0), number, Start.AddSeconds(10 * number), 10.0 * number, 10, metrics);

    /// <summary>Reports of every kind: nested paths, NaN, texts with quotes and line feeds, keys that appear later and go again.</summary>
    public static TrialReport[] Reports() =>
    [
        Report(1, new() { ["loss"] = 0.5, ["env/return/mean"] = -1200.25, ["env/steps"] = 4096, ["good"] = true }),
        Report(2, new() { ["loss"] = double.NaN, ["env/return/mean"] = double.PositiveInfinity, ["env/steps"] = 8192, ["good"] = false }),
        Report(3, new() { ["loss"] = 0.25, ["env/return/mean"] = 1e-300, ["note"] = "two\nlines, \"quoted\"", ["late/metric"] = 1 }),
        Report(4, new() { ["loss"] = -0.0, ["late/metric"] = 2, ["note"] = "ü → 1", ["later"] = 3.5 }),
    ];

    /// <summary>The whole life of a trial that stops at its last report.</summary>
    public static void Live(TunerCallback logger, TrialReport[] reports, string? stopReason)
    {
        logger.OnTrialStart(Trial(0));
        foreach (var report in reports)
        {
            var last = report.Number == reports.Length && stopReason is not null;
            logger.OnTrialResult(Trial(report.Number, last ? TrialStatus.Stopping : TrialStatus.Running), report, last ? stopReason : null);
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
