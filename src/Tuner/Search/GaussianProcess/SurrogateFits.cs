namespace Tuning.Search.GaussianProcess;

/// <summary>
/// Hyper-parameters as a function of the trials alone: they are fitted to the first n results, n going up in steps that grow with it, each time from
/// the fit of half as many and, while they are few, from scratch. So a fit can be computed again from nothing, at the cost of a few, and is kept until the next
/// is due.
/// </summary>
internal sealed class SurrogateFits(FeatureMap map, Prior prior)
{
    /// <summary>From so many results on, what half of them said is start enough: another one would double the longest wait.</summary>
    private const int WarmFrom = 200;

    private readonly Dictionary<int, KernelSettings> _fits = [];

    /// <summary>To how many of <paramref name="count"/> results hyper-parameters are fitted.</summary>
    public static int DueAt(int count)
    {
        var step = count switch { < 60 => 1, < 120 => 2, < 200 => 5, < 400 => 10, < 800 => 20, _ => 50 };
        return count - (count % step);
    }

    /// <summary>Forgets all fits: the results are others.</summary>
    public void Clear() => _fits.Clear();

    /// <summary>The hyper-parameters for these results.</summary>
    /// <param name="rows">Their rows, in the order in which they came.</param>
    /// <param name="valuesOf">The values of the first so many of them; what comes later does not change what it gives.</param>
    public KernelSettings For(IReadOnlyList<double[]> rows, Func<int, double[]> valuesOf) => At(DueAt(rows.Count), rows, valuesOf);

    private KernelSettings At(int count, IReadOnlyList<double[]> rows, Func<int, double[]> valuesOf)
    {
        if (!_fits.TryGetValue(count, out var settings))
        {
            _fits[count] = settings = Fit(count, rows, valuesOf);
        }

        return settings;
    }

    private KernelSettings Fit(int count, IReadOnlyList<double[]> rows, Func<int, double[]> valuesOf)
    {
        var fresh = HyperparameterFit.Default(map.Dimensions);
        if (count < 2)
        {
            return fresh;
        }

        var half = DueAt(count / 2);
        KernelSettings[] starts = half < 8 ? [fresh] : count >= WarmFrom ? [At(half, rows, valuesOf)] : [At(half, rows, valuesOf), fresh];
        return Fit(map, prior, [.. rows.Take(count)], valuesOf(count), starts);
    }

    /// <summary>Hyper-parameters fitted to results, the best of what is reached from each of the starts.</summary>
    public static KernelSettings Fit(FeatureMap map, Prior prior, IReadOnlyList<double[]> rows, ReadOnlySpan<double> values,
        ReadOnlySpan<KernelSettings> starts)
    {
        var stride = Vector512Math.Padded(rows.Count);
        var features = GC.AllocateArray<double>(map.Count * stride, pinned: true);
        for (var i = 0; i < rows.Count; i++)
        {
            map.Write(rows[i], features.AsSpan(i), stride);
        }

        return HyperparameterFit.Run(new(map, prior, features, stride, OutputWarp.Of(values).Targets), starts).Settings;
    }
}
