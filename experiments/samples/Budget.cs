using System.Globalization;
using Tuning;
using Tuning.Stopping;
using Tuning.Trials;

/// <summary>A sample stop criterion: ends the experiment when all trials together have spent so much of something.</summary>
internal sealed record BudgetOptions : StopperOptions
{
    /// <summary>The metric that says what a trial has spent so far; it grows.</summary>
    public required string Metric { get; init; }

    /// <summary>How much all trials may spend together.</summary>
    /// <value>Above 0.</value>
    public required double Limit { get; init; }

    public override IStopper Create(StopperContext context) =>
        Limit > 0 ? new Budget(Metric, Limit) : throw new ArgumentException($"limit: is {Limit}; it must be above 0.");
}

/// <summary>Remembers what each trial said last; <see cref="Check"/> only looks.</summary>
internal sealed class Budget(string metric, double limit) : IStopper
{
    private readonly Dictionary<TrialId, double> _last = [];
    private double _spent;

    public StopVerdict? Check(TrialReport report, TrialBoard board) => _spent + Growth(report) is var spent && spent >= limit
        ? new(WholeExperiment: true, string.Create(CultureInfo.InvariantCulture, $"all trials together spent {spent:#,0} {metric}, {limit:#,0} were allowed"))
        : null;

    public void Observe(TrialReport report)
    {
        _spent += Growth(report);
        _last[report.Trial] = report.Value(metric) ?? _last.GetValueOrDefault(report.Trial);
    }

    public void Forget(TrialId trial) => _last.Remove(trial);

    private double Growth(TrialReport report) => report.Value(metric) is { } now ? now - _last.GetValueOrDefault(report.Trial) : 0;
}
