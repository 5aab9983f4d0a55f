namespace Tuning.Search.Tpe;

/// <summary>Two densities over a group of axes: that of the best trials and that of the others.</summary>
/// <remarks>Reuses its buffers; used by one thread.</remarks>
internal sealed class ParzenPair
{
    // Along more axes than this, neighbours along each say little.
    private const int MostByNeighbours = 3;

    private readonly ImmutableArray<Axis> _axes;
    private readonly ParzenMixture _best, _others;
    private readonly List<int> _bestPlaces = [], _otherPlaces = [];
    private readonly List<double> _bestWeights = [], _otherWeights = [];
    private readonly double[] _rows;
    private readonly int _width;

    /// <param name="axes">The axes, all of which a trial has or none.</param>
    /// <param name="width">The length of a row.</param>
    public ParzenPair(ImmutableArray<Axis> axes, int width)
    {
        (_axes, _width) = (axes, width);
        (_best, _others) = (new(axes), new(axes));
        _rows = new double[4 * width];
    }

    /// <summary>The best trials that have these axes, by their place in the archive.</summary>
    public ReadOnlySpan<int> Best => CollectionsMarshal.AsSpan(_bestPlaces);

    /// <summary>Makes the densities.</summary>
    /// <param name="archive">The trials.</param>
    /// <param name="split">Which are the best.</param>
    /// <param name="settings">Widths and prior.</param>
    public void Build(TrialArchive archive, TpeSplit split, TpeSettings settings)
    {
        var best = new Smoothing(settings.PriorWeight, settings.WidthFactor, settings.LeastWidth, false);
        var others = best with { WidthFactor = 1, ByNeighbours = _axes.Length <= MostByNeighbours };
        Keep(archive, split.Best, split.BestWeights, _bestPlaces, _bestWeights);
        Keep(archive, split.Others, split.OtherWeights, _otherPlaces, _otherWeights);
        _best.Build(archive, CollectionsMarshal.AsSpan(_bestPlaces), CollectionsMarshal.AsSpan(_bestWeights), best);
        _others.Build(archive, CollectionsMarshal.AsSpan(_otherPlaces), CollectionsMarshal.AsSpan(_otherWeights), others);
    }

    /// <summary>Draws candidates from the density of the best, and writes the one into a row whose two densities differ most.</summary>
    /// <param name="candidates">How many are drawn.</param>
    /// <param name="spread">What the widths of kernels are multiplied with for drawing.</param>
    /// <param name="random">What is drawn from.</param>
    /// <param name="row">The row.</param>
    /// <returns>The logarithm of the ratio of the densities there.</returns>
    public double Choose(int candidates, double spread, RandomStream random, Span<double> row)
    {
        Span<double> best = stackalloc double[4], others = stackalloc double[4];
        var most = double.NegativeInfinity;
        for (var from = 0; from < candidates; from += 4)
        {
            for (var c = 0; c < 4; c++)
            {
                _best.Draw(random, spread, _rows.AsSpan(c * _width, _width));
            }

            _best.LogDensities(_rows, best);
            _others.LogDensities(_rows, others);
            for (var c = 0; c < Math.Min(4, candidates - from); c++)
            {
                if (best[c] - others[c] > most)
                {
                    most = best[c] - others[c];
                    Copy(_rows.AsSpan(c * _width, _width), row);
                }
            }
        }

        return most;
    }

    /// <summary>The trials among the best that lie nearest to a row.</summary>
    public void Nearest(ReadOnlySpan<double> row, List<int> places, int count)
    {
        Span<int> kernels = stackalloc int[Math.Min(count, _bestPlaces.Count)];
        _best.Nearest(row, kernels);
        foreach (var kernel in kernels)
        {
            places.Add(_bestPlaces[kernel]);
        }
    }

    private void Copy(ReadOnlySpan<double> from, Span<double> to)
    {
        foreach (var axis in _axes)
        {
            to[axis.Index] = from[axis.Index];
        }
    }

    private void Keep(TrialArchive archive, ReadOnlySpan<int> places, ReadOnlySpan<double> weights, List<int> kept, List<double> keptWeights)
    {
        kept.Clear();
        keptWeights.Clear();
        var first = _axes[0].Index;
        for (var i = 0; i < places.Length; i++)
        {
            // Where conditional parameters are modelled alone, each group is one axis; else no trial has a group in part.
            if (!double.IsNaN(archive.Row(places[i])[first]))
            {
                kept.Add(places[i]);
                keptWeights.Add(weights[i]);
            }
        }
    }
}
