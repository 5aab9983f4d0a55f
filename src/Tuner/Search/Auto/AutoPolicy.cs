namespace Tuning.Search.Auto;

/// <summary>A search algorithm that <c>auto</c> can choose.</summary>
internal enum AutoEngine
{
    /// <summary>The Gaussian process: <c>gp</c>.</summary>
    GaussianProcess,

    /// <summary>The tree-structured Parzen estimator: <c>tpe</c>.</summary>
    Tpe,

    /// <summary>Covariance matrix adaptation, which begins where the trials before it have led: <c>cma_es</c>.</summary>
    CmaEs,

    /// <summary>The tree-structured Parzen estimator for several objectives: <c>motpe</c>.</summary>
    Motpe,

    /// <summary>The genetic algorithm for several objectives: <c>nsga2</c>.</summary>
    Nsga2,
}

/// <summary>What is chosen for a suggestion.</summary>
/// <param name="Engine">The algorithm.</param>
/// <param name="Why">Why, for a person.</param>
internal readonly record struct AutoChoice(AutoEngine Engine, string Why);

/// <summary>The rules of <c>auto</c>: a function of facts, signals, trials and the number of the suggestion.</summary>
/// <remarks>
/// A Gaussian process makes the most of few trials; it is left when its trials are so many that it is slow and no better than what is cheaper.
/// Where it predicts badly, values have structure that its kernel does not: then every other suggestion is TPE's, so that neither can mislead the
/// study alone. Figures behind the limits are in benchmarks/README.md.
/// </remarks>
internal static class AutoPolicy
{
    /// <summary>Up to so many ended trials of one objective the Gaussian process is used.</summary>
    public const int MostForProcess = 250;

    /// <summary>The same for several objectives, where it sees one weighting at a time.</summary>
    public const int MostForWeightedProcess = 150;

    // Beyond so many trials genetic search finds as much of a front, at a fraction of the cost.
    private const int MostForFrontDensity = 1_000;

    // Beyond so many parameters a process says little after some hundred trials, and takes long.
    private const int MostDimensions = 50;

    // With so many at once, drawing what they may get takes the process too long.
    private const int MostAtOnce = 64;

    // Which share of the variance that is not noise it has to explain of trials that it was not shown.
    private const double EnoughPredicted = 0.5;

    /// <summary>Which algorithm makes a suggestion.</summary>
    /// <param name="facts">What is known before the first trial.</param>
    /// <param name="signals">What results say.</param>
    /// <param name="ended">How many trials have ended, those of earlier experiments included.</param>
    /// <param name="number">The number of the suggestion.</param>
    public static AutoChoice Choose(AutoFacts facts, AutoSignals signals, int ended, long number) =>
        facts.Objectives > 1 ? ForFronts(facts, ended)
        : IsTooMuchForProcess(facts) is { } reason ? new(AutoEngine.Tpe, reason)
        : ended >= MostForProcess ? AfterProcess(facts, ended)
        : signals.Predictability < EnoughPredicted * (1 - signals.NoiseShare) && signals.Trials >= 2 * SignalReader.Step ? Mixed(signals, number)
        : WithProcess(signals, ended);

    private static AutoChoice WithProcess(AutoSignals signals, int ended) => new(AutoEngine.GaussianProcess, double.IsNaN(signals.Predictability)
        ? Invariant($"which makes the most of few trials ({ended} have ended)")
        : string.Create(CultureInfo.InvariantCulture, $"which explained {signals.Predictability:P0} of the variance of {signals.Trials} trials that it was " +
            $"not shown{(signals.NoiseShare > 0.1 ? Invariant($" and takes {signals.NoiseShare:P0} for noise") : "")}"));

    private static AutoChoice Mixed(AutoSignals signals, long number)
    {
        var why = string.Create(CultureInfo.InvariantCulture,
            $"in turns, since a Gaussian process explained only {Math.Max(0, signals.Predictability):P0} of the variance of {signals.Trials} trials that it " +
            $"was not shown");
        return new(number % 2 == 0 ? AutoEngine.GaussianProcess : AutoEngine.Tpe, why);
    }

    private static AutoChoice AfterProcess(AutoFacts facts, int ended) => facts is { HasConditions: false, Categories: 0 }
        ? new(AutoEngine.CmaEs, Invariant($"as there are numbers alone and {ended} trials have ended, more than a Gaussian process makes use of"))
        : new(AutoEngine.Tpe, Invariant(
            $"as there are {(facts.HasConditions ? "conditions" : "categories")} and {ended} trials have ended, more than a Gaussian process makes use of"));

    private static AutoChoice ForFronts(AutoFacts facts, int ended) =>
        facts.Objectives <= 3 && ended < MostForWeightedProcess && IsTooMuchForProcess(facts) is null
            ? new(AutoEngine.GaussianProcess,
                Invariant($"which makes the most of few trials ({ended} have ended) for {facts.Objectives} objectives"))
            : new(ended < MostForFrontDensity ? AutoEngine.Motpe : AutoEngine.Nsga2,
                Invariant($"for {facts.Objectives} objectives after {ended} trials"));

    private static string? IsTooMuchForProcess(AutoFacts facts) =>
        facts.Dimensions > MostDimensions
            ? Invariant($"as {facts.Dimensions} parameters are more than a Gaussian process learns")
        : facts.Parallelism > MostAtOnce
            ? Invariant($"as {facts.Parallelism} trials run at once, more than a Gaussian process keeps up with")
        : null;
}
