namespace Tuning.Environments;

/// <summary>One agent's observations on their way out: flattened, rescaled, stacked. Nothing allocates but saving.</summary>
/// <remarks>Owned by one environment.</remarks>
internal sealed class ObservationShaper
{
    private readonly int[] _choices = [];
    private readonly float[] _low = [];
    private readonly float[] _high = [];
    private readonly double _least;
    private readonly double _most;
    private readonly int _size;
    private readonly float[] _frames;

    /// <param name="inner">What the environment shows.</param>
    /// <param name="wrappers">What becomes of it.</param>
    /// <exception cref="ArgumentException">It cannot be rescaled.</exception>
    public ObservationShaper(Space inner, EnvironmentWrappers wrappers)
    {
        Seen = new float[inner.Size];
        var space = inner;
        if (wrappers.Observation.Flatten)
        {
            _choices = inner switch
            {
                Discrete discrete => [discrete.N],
                MultiDiscrete several => [.. several.N],
                _ => [],
            };
            space = inner is Box box ? new Box(box.Low.AsSpan(), box.High.AsSpan()) : new Box(0, 1, inner.EncodedSize);
        }

        if (wrappers.Observation.Rescale is [var least, var most])
        {
            if (space is not Box { IsBounded: true } bounded)
            {
                throw new ArgumentException(space is Box open
                    ? $"{EnvironmentWrappers.Key}.observation.rescale needs bounds that are finite, and observations are in {open}. Use the filter " +
                        "observation_filter: MeanStdFilter."
                    : $"{EnvironmentWrappers.Key}.observation.rescale is for numbers, and observations are choices in {space}; flatten: true makes them " +
                        "numbers.");
            }

            (_low, _high, _least, _most) = ([.. bounded.Low], [.. bounded.High], least, most);
            space = new Box((float)least, (float)most, bounded.Shape.AsSpan());
        }

        _size = space.Size;
        _frames = wrappers.FrameStack > 1 ? new float[checked(_size * wrappers.FrameStack)] : [];
        Space = wrappers.FrameStack > 1 ? Stacked(space, wrappers.FrameStack, wrappers.Observation.Flatten) : space;
    }

    /// <summary>What comes out.</summary>
    public Space Space { get; }

    /// <summary>Where the environment writes.</summary>
    public float[] Seen { get; }

    /// <summary>The frames, oldest first; empty where they are not stacked.</summary>
    public float[] Frames => _frames;

    /// <summary>Shows the first observation of an episode, which <see cref="Seen"/> holds.</summary>
    public void Begin(Span<float> shown)
    {
        if (_frames.Length == 0)
        {
            Shape(shown);
            return;
        }

        Shape(_frames.AsSpan(0, _size));
        for (var at = _size; at < _frames.Length; at += _size)
        {
            _frames.AsSpan(0, _size).CopyTo(_frames.AsSpan(at));
        }

        _frames.CopyTo(shown);
    }

    /// <summary>Shows a further one.</summary>
    [MethodImpl(AggressiveOptimization)]
    public void Next(Span<float> shown)
    {
        if (_frames.Length == 0)
        {
            Shape(shown);
            return;
        }

        _frames.AsSpan(_size).CopyTo(_frames);
        Shape(_frames.AsSpan(_frames.Length - _size));
        _frames.CopyTo(shown);
    }

    /// <summary>Takes over frames that were saved.</summary>
    /// <exception cref="ArgumentException">There are more or fewer.</exception>
    public void Restore(float[] frames)
    {
        if (frames.Length != _frames.Length)
        {
            throw new ArgumentException($"The state has {frames.Length} numbers of stacked observations; here they have {_frames.Length}.", nameof(frames));
        }

        frames.CopyTo(_frames, 0);
    }

    private static Space Stacked(Space space, int count, bool isFlat) => space switch
    {
        Box box => new Box(Repeated(box.Low, count), Repeated(box.High, count), isFlat ? [] : [count, .. box.Shape]),
        Discrete discrete => new MultiDiscrete([.. Enumerable.Repeat(discrete.N, count)]),
        _ => new MultiDiscrete([.. Enumerable.Repeat(((MultiDiscrete)space).N, count).SelectMany(n => n)]),
    };

    private static float[] Repeated(ImmutableArray<float> bounds, int count) => [.. Enumerable.Repeat(bounds, count).SelectMany(b => b)];

    [MethodImpl(AggressiveOptimization)]
    private void Shape(Span<float> shaped)
    {
        if (_choices.Length > 0)
        {
            shaped[.._size].Clear();
            var start = 0;
            for (var i = 0; i < _choices.Length; i++)
            {
                shaped[start + (int)Seen[i]] = 1;
                start += _choices[i];
            }
        }
        else
        {
            Seen.CopyTo(shaped);
        }

        for (var i = 0; i < _low.Length; i++)
        {
            var place = _high[i] > _low[i] ? ((double)shaped[i] - _low[i]) / ((double)_high[i] - _low[i]) : 0;
            var value = (float)(_least + (place * (_most - _least)));
            shaped[i] = place is >= 0 and <= 1 ? Math.Clamp(value, (float)_least, (float)_most) : value;
        }
    }
}
