namespace Tuning.Simulation;

/// <summary>
/// Learning curves by formula, over a learning rate and a width: <c>loss = asymptote + gap · (1 + progress)^-exponent + noise</c>, where
/// each step adds the configuration's speed to the progress. The asymptote is lowest (<see cref="Floor"/>) at a learning rate of 0.003
/// and the greatest width; progress survives an exploit, so that schedules pay.
/// </summary>
/// <remarks>
/// Ready-made: <see cref="PowerLaw"/>, <see cref="Crossing"/>, <see cref="Noisy"/>, <see cref="Costly"/>, <see cref="TwoObjectives"/>,
/// <see cref="FixedCost"/>. Power laws with an asymptote are what measured curves mostly look like (Domhan, Springenberg and Hutter, 2015).
/// Immutable, safe on any thread.
/// </remarks>
public sealed record SyntheticCurves : ICurveSource
{
    private const double LowestRate = 1e-5, HighestRate = 1, LeastWidth = 8, GreatestWidth = 512, BestRate = 0.5;

    /// <summary>The metric that noisy curves report beside <c>loss</c>: the same without the noise.</summary>
    public const string NoiselessLoss = "noiseless_loss";

    /// <summary>Curves that do not cross: what is better early is better at the end.</summary>
    public static SyntheticCurves PowerLaw { get; } = new();

    /// <summary>Curves that cross: a high learning rate is fast and ends worse, so that early values mislead.</summary>
    public static SyntheticCurves Crossing { get; } = new() { Name = "crossing", SpeedSpread = 40 };

    /// <summary>Curves with noise of a quarter of what there is to gain.</summary>
    public static SyntheticCurves Noisy { get; } = new() { Name = "noisy", Noise = 0.05 };

    /// <summary>Curves on which a wide model takes sixteen times as long per step.</summary>
    public static SyntheticCurves Costly { get; } = new() { Name = "costly", CostSpread = 16, SpeedSpread = 4 };

    /// <summary>Two metrics at odds: <c>loss</c>, and the <c>latency</c> that grows with the width.</summary>
    public static SyntheticCurves TwoObjectives { get; } = new() { Name = "two_objectives", HasLatency = true, CostSpread = 4 };

    /// <summary>One step per trial, all of the same length: a function that costs the same everywhere.</summary>
    public static SyntheticCurves FixedCost { get; } = new() { Name = "fixed_cost", MaxSteps = 1, Gap = 0 };

    /// <inheritdoc/>
    /// <value>Default <c>power_law</c>.</value>
    public string Name { get; init; } = "power_law";

    /// <summary>How many steps a trial makes at most.</summary>
    /// <value>Default 81; at least 1.</value>
    public int MaxSteps { get; init; } = 81;

    /// <summary>Seconds per step at the least width.</summary>
    /// <value>Default 10; at least 0.</value>
    public double SecondsPerStep { get; init; } = 10;

    /// <summary>How many times as long a step takes at the greatest width.</summary>
    /// <value>Default 1; at least 1.</value>
    public double CostSpread { get; init; } = 1;

    /// <summary>How many times as fast the highest learning rate learns as the lowest.</summary>
    /// <value>Default 1: all learn equally fast, and curves do not cross; at least 1.</value>
    public double SpeedSpread { get; init; } = 1;

    /// <summary>The lowest asymptote.</summary>
    /// <value>Default 0.1.</value>
    public double Floor { get; init; } = 0.1;

    /// <summary>The loss before the first step, above the asymptote.</summary>
    /// <value>Default 0.9; 0 for curves that are flat.</value>
    public double Gap { get; init; } = 0.9;

    /// <summary>The exponent of the power law.</summary>
    /// <value>Default 0.7; more than 0.</value>
    public double Exponent { get; init; } = 0.7;

    /// <summary>The standard deviation of what is added to each loss; <see cref="NoiselessLoss"/> is reported beside it.</summary>
    /// <value>Default 0.</value>
    public double Noise { get; init; }

    /// <summary>Whether a second objective is reported, <c>latency</c>, to be minimised.</summary>
    /// <value>Default false.</value>
    public bool HasLatency { get; init; }

    /// <inheritdoc/>
    /// <value>Default true.</value>
    public bool Checkpoints { get; init; } = true;

    /// <inheritdoc/>
    public ImmutableArray<Objective> Objectives => HasLatency ? [new("loss", Mode.Min), new("latency", Mode.Min)] : [new("loss", Mode.Min)];

    /// <summary>The space that goes with the curves: <c>lr</c> from 1e-5 to 1 and <c>width</c> from 8 to 512, both on a logarithmic scale.</summary>
    public static SearchSpace Space => new SearchSpace()
        .Add("lr", Domain.LogUniform(LowestRate, HighestRate))
        .Add("width", Domain.LogRandInt((long)LeastWidth, (long)GreatestWidth + 1));

    /// <summary>The curve of a configuration with <c>lr</c> and <c>width</c>; values outside of <see cref="Space"/> count as its nearest.</summary>
    public ICurve Open(ParameterSet config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var rate = Unit(config.Get<double>("lr"), LowestRate, HighestRate);
        var width = Unit(config.Get<double>("width"), LeastWidth, GreatestWidth);
        return new Curve(this, rate, width);
    }

    // Where a value stands between two bounds on a logarithmic scale, 0 to 1.
    private static double Unit(double value, double least, double greatest) =>
        Math.Clamp(Math.Log(value / least) / Math.Log(greatest / least), 0, 1);

    private sealed class Curve(SyntheticCurves family, double rate, double width) : ICurve
    {
        private readonly double _asymptote = family.Floor + (1.6 * (rate - BestRate) * (rate - BestRate)) + (0.2 * (1 - width) * (1 - width));
        private readonly double _speed = Math.Pow(family.SpeedSpread, rate - BestRate);
        private readonly double _seconds = family.SecondsPerStep * Math.Pow(family.CostSpread, width);

        public CurvePoint? Next(CurveState state, CurveNoise noise)
        {
            if (state.Step >= family.MaxSteps)
            {
                return null;
            }

            var progress = state.Progress + _speed;
            var loss = _asymptote + (family.Gap * Math.Pow(1 + progress, -family.Exponent));
            var metrics = new Metrics(2) { ["loss"] = family.Noise > 0 ? loss + (family.Noise * noise.Gaussian(0)) : loss };
            if (family.Noise > 0)
            {
                metrics[NoiselessLoss] = loss;
            }

            if (family.HasLatency)
            {
                metrics["latency"] = _seconds / family.SecondsPerStep;
            }

            return new(new(state.Step + 1, progress), _seconds, metrics);
        }
    }
}
