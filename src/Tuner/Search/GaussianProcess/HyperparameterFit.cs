namespace Tuning.Search.GaussianProcess;

/// <summary>Finds the most probable hyper-parameters by L-BFGS.</summary>
internal static class HyperparameterFit
{
    private const int MaxIterations = 60;
    private const double Tolerance = 1e-2;
    private static readonly (double Lower, double Upper) _weight = (Math.Log(1e-4), Math.Log(1e4));
    private static readonly (double Lower, double Upper) _scale = (Math.Log(1e-3), Math.Log(1e3));
    private static readonly (double Lower, double Upper) _noise = (Math.Log(Prior.NoiseFloor), Math.Log(10));

    /// <summary>Where nothing is known.</summary>
    public static KernelSettings Default(int dimensions) => new([.. Enumerable.Repeat(1.0, dimensions)], 1, 1e-2);

    /// <summary>The best of what is reached from each of the starts, and minus the logarithm of its posterior.</summary>
    public static (KernelSettings Settings, double Value) Run(Likelihood likelihood, ReadOnlySpan<KernelSettings> starts)
    {
        var count = likelihood.Parameters;
        var (lower, upper, start, gradient) = (new double[count], new double[count], new double[count], new double[count]);
        lower.AsSpan().Fill(_weight.Lower);
        upper.AsSpan().Fill(_weight.Upper);
        (lower[^2], upper[^2], lower[^1], upper[^1]) = (_scale.Lower, _scale.Upper, _noise.Lower, _noise.Upper);
        KernelSettings? best = null;
        var value = double.PositiveInfinity;
        foreach (var from in starts)
        {
            for (var d = 0; d < from.Weights.Length; d++)
            {
                start[d] = Math.Log(from.Weights[d]);
            }

            (start[^2], start[^1]) = (Math.Log(from.Scale), Math.Log(from.Noise));
            var search = new BoundedLbfgs(count, MaxIterations, Tolerance);
            search.Start(start, lower, upper);
            while (!search.IsDone)
            {
                search.Tell(likelihood.Evaluate(search.Point, gradient), gradient);
            }

            if (search.BestValue < value)
            {
                (best, value) = (Likelihood.Settings(search.Best), search.BestValue);
            }
        }

        return (best ?? starts[0], value);
    }
}
