using Tuning.Tests.Control;

namespace Tuning.Tests.Schedulers.Contract;

/// <summary>Learning curves made of dice: what a trial reports at an iteration, a function of seed, trial and iteration alone.</summary>
internal sealed record Curves(ulong Seed)
{
    /// <summary>The metrics, the first being the main one; smaller is better.</summary>
    public IReadOnlyList<string> Names { get; init; } = ["loss"];

    /// <summary>Of a hundred reports, how many have NaN in place of a value.</summary>
    public int NaNs { get; init; }

    /// <summary>Of a hundred reports, how many lack the metrics.</summary>
    public int Missing { get; init; }

    /// <summary>How much a value is off, by chance.</summary>
    public double Noise { get; init; } = 0.02;

    /// <summary>Whether every value has the other sign, so that larger is better.</summary>
    public bool IsMirrored { get; init; }

    /// <summary>The value that a trial comes to in the end: uniform from 0 to 1.</summary>
    public double Limit(int trial, int metric = 0) => Draw(trial, -1 - metric);

    /// <summary>The value at an iteration, from 1 on.</summary>
    public double At(int trial, int iteration, int metric = 0) =>
        Limit(trial, metric) + (1.5 / Math.Sqrt(iteration)) + (Noise * (Draw(trial, (iteration * 8) + metric) - 0.5));

    /// <summary>What is reported at an iteration.</summary>
    public Metrics Report(int trial, int iteration)
    {
        var metrics = new Metrics { ["iteration"] = iteration };
        var dice = new Dice(Seed, Place(trial, (iteration * 8) + 7));
        if (dice.Below(100) < Missing)
        {
            return metrics;
        }

        for (var m = 0; m < Names.Count; m++)
        {
            metrics[Names[m]] = dice.Below(100) < NaNs ? double.NaN : At(trial, iteration, m) * (IsMirrored ? -1 : 1);
        }

        return metrics;
    }

    private static ulong Place(int trial, int place) => ((ulong)(uint)trial << 32) | (uint)place;

    private double Draw(int trial, int place) => new Dice(Seed, Place(trial, place)).Below(1_000_000) / 1e6;
}
