namespace Tuning.Connectors;

/// <summary>
/// Turns the choices of a <see cref="Discrete"/> or <see cref="MultiDiscrete"/> observation into one number per alternative: 1 for
/// the one that was chosen, 0 for the others; parts one after the other.
/// </summary>
internal sealed class OneHotObservations : ObservationConnector, ICheckpointable
{
    private readonly int[] _counts;
    private readonly bool _isSingle;

    /// <summary>For the observations of a space.</summary>
    /// <exception cref="ArgumentException">The space has no choices.</exception>
    public OneHotObservations(Space space)
        : base(space.Size, space.EncodedSize)
    {
        _counts = space switch
        {
            Discrete discrete => [discrete.N],
            MultiDiscrete several => [.. several.N],
            _ => throw new ArgumentException($"Observations in {space} have no choices to encode.", nameof(space)),
        };
        _isSingle = space is Discrete;
    }

    /// <inheritdoc/>
    public ComponentClass CheckpointClass => new(nameof(OneHotObservations), ParameterSet.From([new("n", _counts)]));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The observation is no choice of the space.</exception>
    public override void Apply(ReadOnlySpan<float> observation, Span<float> result, bool learn)
    {
        result.Clear();
        var start = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            var choice = observation[i];
            if (!(choice >= 0 && choice < _counts[i]) || choice != (int)choice)
            {
                throw new InvalidOperationException(Invariant(
                    $"Part {i} of a discrete observation is {choice}; it must be a whole number from 0 to {_counts[i] - 1}."));
            }

            result[start + (int)choice] = 1;
            start += _counts[i];
        }
    }

    /// <inheritdoc/>
    public override string Export(ModelGraph graph, string observations)
    {
        var values = graph.Constant("off_on", [0f, 1f], 2);
        if (_isSingle)
        {
            return graph.Add("OneHot", [observations, graph.Constant("count", [(long)_counts[0]]), values]);
        }

        string Part(int i) => graph.Add("Gather", [observations, graph.Constant("part", [(long)i])], ("axis", 1));
        string Encoded(int count, int i) => graph.Add("OneHot", [Part(i), graph.Constant("count", [(long)count]), values]);
        return graph.Add("Concat", [.. _counts.Select(Encoded)], ("axis", 1));
    }
}
