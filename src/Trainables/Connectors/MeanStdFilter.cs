namespace Tuning.Connectors;

/// <summary>
/// Shifts and scales each number of an observation to mean 0 and standard deviation 1 by what was seen so far, then clips it to
/// ±<see cref="Clip"/>: RLlib's <c>observation_filter: MeanStdFilter</c>.
/// </summary>
/// <remarks>
/// An observation is taken in before it is filtered. The deviation divides by n-1, is the mean's magnitude while n is 1, and has
/// 1e-8 added, as in RLlib; before the first observation there is nothing to shift or scale (there RLlib divides by 1e-8).
/// Each runner's filter learns alone during an iteration; at its end <see cref="Merge"/> adds what each has seen to the master, in
/// the order of the runners, and <see cref="Synchronise"/> hands the result out.
/// </remarks>
internal sealed class MeanStdFilter : ObservationConnector, ICheckpointable
{
    private const double Small = 1e-8;

    private readonly RunningStatistics _all;
    private readonly RunningStatistics _recent;
    private readonly double[] _divisors;
    private double[] _repeatedMeans = [];
    private double[] _repeatedDivisors = [];
    private bool _dividesByOld = true;
    private bool _repeatsOld = true;

    /// <summary>A filter that has seen nothing.</summary>
    /// <param name="size">Floats per observation.</param>
    /// <param name="clip">The bound of filtered numbers, above 0; infinity for none.</param>
    public MeanStdFilter(int size, double clip = 10)
        : base(size, size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clip);
        Clip = clip;
        _all = new(size);
        _recent = new(size);
        _divisors = new double[size];
    }

    /// <summary>The bound of filtered numbers.</summary>
    public double Clip { get; }

    /// <summary>How many observations were taken in.</summary>
    public long Count => _all.Count;

    /// <summary>The mean of each number.</summary>
    public ReadOnlySpan<double> Mean => _all.Mean;

    /// <inheritdoc/>
    public ComponentClass CheckpointClass => new(nameof(MeanStdFilter), ParameterSet.From([new("size", InputSize), new("clip", Clip)]));

    /// <summary>The standard deviation of number <paramref name="index"/>, as the filter divides by it (without what it adds).</summary>
    public double Deviation(int index) => Math.Sqrt(_all.Count > 1 ? _all.Squares[index] / (_all.Count - 1) : _all.Mean[index] * _all.Mean[index]);

    /// <inheritdoc/>
    [MethodImpl(AggressiveOptimization)]
    public override void Apply(ReadOnlySpan<float> observation, Span<float> result, bool learn)
    {
        if (learn)
        {
            _all.Push(observation);
            _recent.Push(observation);
            _dividesByOld = true;
        }

        // Roots are drawn once for as long as nothing is learnt: serving a batch takes one division per number.
        if (_dividesByOld)
        {
            Refresh();
        }

        var mean = _all.Mean;
        var (divisors, clip) = (_divisors, Clip);
        result = result[..observation.Length];
        for (var i = 0; i < observation.Length; i++)
        {
            var value = (observation[i] - mean[i]) / divisors[i];
            result[i] = (float)(value > clip ? clip : value < -clip ? -clip : value);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(AggressiveOptimization)]
    internal override void ApplyRows(ReadOnlySpan<float> observations, int rows, Span<float> results)
    {
        if (_dividesByOld)
        {
            Refresh();
        }

        if (_repeatsOld)
        {
            Repeat();
        }

        // Sixteen numbers at a time, whatever row they belong to: means and divisors are repeated until sixteen rows are full.
        var count = rows * InputSize;
        var (high, low) = (Vector512.Create(Clip), Vector512.Create(-Clip));
        var (at, place) = (0, 0);
        for (; at <= count - 16; at += 16)
        {
            var (first, second) = Vector512.Widen(Vector512.Create(observations.Slice(at, 16)));
            var left = Clipped((first - Vector512.Create(_repeatedMeans.AsSpan(place, 8))) / Vector512.Create(_repeatedDivisors.AsSpan(place, 8)), low, high);
            var right = Clipped(
                (second - Vector512.Create(_repeatedMeans.AsSpan(place + 8, 8))) / Vector512.Create(_repeatedDivisors.AsSpan(place + 8, 8)), low, high);
            Vector512.Narrow(left, right).CopyTo(results[at..]);
            place = place + 16 == _repeatedMeans.Length ? 0 : place + 16;
        }

        for (; at < count; at++)
        {
            var value = (observations[at] - _repeatedMeans[place]) / _repeatedDivisors[place];
            results[at] = (float)(value > Clip ? Clip : value < -Clip ? -Clip : value);
            place++;
        }
    }

    // By comparison, as for one number: NaN stays NaN.
    [MethodImpl(AggressiveInlining)]
    private static Vector512<double> Clipped(Vector512<double> value, Vector512<double> low, Vector512<double> high) => Vector512.ConditionalSelect(
        Vector512.GreaterThan(value, high), high, Vector512.ConditionalSelect(Vector512.LessThan(value, low), low, value));

    /// <inheritdoc/>
    public override string Export(ModelGraph graph, string observations)
    {
        // In double precision, as here: a mean may be far from zero.
        var divisors = Enumerable.Range(0, InputSize).Select(Divisor).ToArray();
        var wide = graph.Add("Cast", [observations], ("to", (long)ModelElement.Double));
        var shifted = graph.Add("Sub", [wide, graph.Constant("filter.mean", _all.Mean, InputSize)]);
        var scaled = graph.Add("Div", [shifted, graph.Constant("filter.divisor", divisors, InputSize)]);
        var clipped = graph.Add("Clip", [scaled, graph.Constant("filter.low", [-Clip]), graph.Constant("filter.high", [Clip])]);
        return graph.Add("Cast", [clipped], ("to", (long)ModelElement.Float));
    }

    /// <inheritdoc/>
    public override void Merge(ObservationConnector runner)
    {
        var recent = ((MeanStdFilter)runner)._recent;
        _all.Merge(recent);
        recent.Clear();
        _dividesByOld = true;
    }

    /// <inheritdoc/>
    internal override void Synchronise(ObservationConnector master)
    {
        _all.CopyFrom(((MeanStdFilter)master)._all);
        _recent.Clear();
        _dividesByOld = true;
    }

    /// <inheritdoc/>
    public override ComponentState CaptureState() => (ComponentState.Empty with { Values = ParameterSet.From([new("count", _all.Count)]) }).With(
        NamedTensor.Of("mean", [InputSize], _all.Mean), NamedTensor.Of("squared_deviations", [InputSize], _all.Squares));

    /// <inheritdoc/>
    public override void ApplyState(ComponentState state)
    {
        state.RequireTensors("mean", "squared_deviations");
        var count = state.Value<long>("count");
        var mean = state.Tensor("mean");
        var squares = state.Tensor("squared_deviations");
        if (count < 0 || mean.Count != InputSize || squares.Count != InputSize)
        {
            throw new CheckpointException($"A filter in the checkpoint has seen {count} observations of {mean.Count} numbers; here observations have "
                + $"{InputSize}.");
        }

        _all.Set(count, mean.As<double>(), squares.As<double>());
        _recent.Clear();
        _dividesByOld = true;
    }

    /// <summary>What number <paramref name="index"/> is divided by: 1 before the first observation, when the mean is 0 as well.</summary>
    internal double Divisor(int index) => _all.Count == 0 ? 1 : Deviation(index) + Small;

    private void Refresh()
    {
        for (var i = 0; i < _divisors.Length; i++)
        {
            _divisors[i] = Divisor(i);
        }

        (_dividesByOld, _repeatsOld) = (false, true);
    }

    private void Repeat()
    {
        if (_repeatedMeans.Length == 0)
        {
            (_repeatedMeans, _repeatedDivisors) = (new double[16 * InputSize], new double[16 * InputSize]);
        }

        for (var i = 0; i < _repeatedMeans.Length; i++)
        {
            (_repeatedMeans[i], _repeatedDivisors[i]) = (_all.Mean[i % InputSize], _divisors[i % InputSize]);
        }

        _repeatsOld = false;
    }
}
