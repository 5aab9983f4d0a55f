namespace Tuning.Search.CmaEs;

/// <summary>What the next search after a converged one begins with.</summary>
/// <param name="Population">Trials per generation.</param>
/// <param name="StepSize">The first step size.</param>
/// <param name="IsLarge">Whether it is one of the searches whose generations double.</param>
internal sealed record CmaStart(int Population, double StepSize, bool IsLarge);

/// <summary>The rules of restarts (Auger and Hansen, 2005; Hansen, "Benchmarking a BI-population CMA-ES on the BBOB-2009 function testbed", 2009).</summary>
internal sealed class CmaRestarts(CmaEsOptions options, int population)
{
    private const int LargestPopulation = 1 << 14;

    private readonly int _population = population;
    private long _largeTrials, _smallTrials;
    private int _largest = population;

    /// <summary>What a search begins with.</summary>
    /// <param name="last">The one that converged.</param>
    /// <param name="trials">How many trials it took.</param>
    /// <param name="random">A stream of this restart.</param>
    public CmaStart Next(CmaStart last, long trials, RandomStream random)
    {
        (_largeTrials, _smallTrials) = last.IsLarge ? (_largeTrials + trials, _smallTrials) : (_largeTrials, _smallTrials + trials);
        if (options.Restarts == RestartStrategy.Ipop || _largest == _population || _smallTrials >= _largeTrials)
        {
            _largest = Math.Min(LargestPopulation, _largest * 2);
            return new(_largest, options.InitialSigma, true);
        }

        var (size, step) = (random.NextDouble(), random.NextDouble());
        return new(Math.Max(3, (int)(_population * Math.Pow(0.5 * _largest / _population, size * size))), options.InitialSigma * Math.Pow(10, -2 * step),
            false);
    }
}
