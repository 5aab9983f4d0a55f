namespace Tuning.Simulation;

/// <summary>
/// What stands in for training in a simulated experiment: for each configuration a learning curve, that is what a trial reports after
/// each step and how long the step takes. Pure: the same configuration, state and noise give the same point.
/// </summary>
/// <remarks>Use <see cref="CurveTable"/> for curves that were recorded, <see cref="SyntheticCurves"/> for curves by formula. Called by one thread.</remarks>
public interface ICurveSource
{
    /// <summary>A name for messages and journals.</summary>
    string Name { get; }

    /// <summary>What the curves are about, the first being the main one; empty when they do not say.</summary>
    ImmutableArray<Objective> Objectives { get; }

    /// <summary>Whether trials write checkpoints. Schedulers that pause or exploit need it, and so does going on after a failure.</summary>
    bool Checkpoints { get; }

    /// <summary>The curve of a configuration. Called at each start of a trial.</summary>
    ICurve Open(ParameterSet config);
}

/// <summary>The learning curve of one configuration.</summary>
public interface ICurve
{
    /// <summary>The step after <paramref name="state"/>; null when there is none, because training ends by itself there.</summary>
    /// <param name="state">Where training stands; <c>default</c> before the first step. After an exploit it comes from another configuration.</param>
    /// <param name="noise">Random numbers that belong to this trial and this report.</param>
    CurvePoint? Next(CurveState state, CurveNoise noise);
}

/// <summary>How far training has come: what a simulated checkpoint holds. <c>default</c> is before the first step.</summary>
/// <param name="Step">How many steps were made.</param>
/// <param name="Progress">A number of the curve's own, such as how much was learned; it survives an exploit together with the step.</param>
public readonly record struct CurveState(long Step, double Progress);

/// <summary>One step of a learning curve.</summary>
/// <param name="State">Where training stands after it.</param>
/// <param name="Seconds">How long it takes; at least 0.</param>
/// <param name="Metrics">What the trial reports after it. A new object each time: it is shared from then on.</param>
public readonly record struct CurvePoint(CurveState State, double Seconds, Metrics Metrics);
