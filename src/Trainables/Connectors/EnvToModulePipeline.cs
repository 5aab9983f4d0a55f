namespace Tuning.Connectors;

/// <summary>
/// The way from an environment's observation to a module's: choices become one-hot, then come connectors of one's own, then the observation
/// filter. A box needs no flattening: environments write its numbers in row-major order.
/// </summary>
/// <remarks>Owned by one runner; not safe for concurrent use. In a checkpoint its pieces stand as <c>000_MeanStdFilter</c>, by position.</remarks>
internal sealed class EnvToModulePipeline : ICheckpointable
{
    private readonly ObservationConnector[] _pieces;
    private readonly float[][] _between;

    /// <summary>A pipeline of these pieces; without any it copies.</summary>
    /// <exception cref="ArgumentException">A piece does not take what the one before it gives.</exception>
    public EnvToModulePipeline(int inputSize, params ReadOnlySpan<ObservationConnector> pieces)
    {
        _pieces = [.. pieces];
        InputSize = inputSize;
        OutputSize = inputSize;
        foreach (var piece in _pieces)
        {
            if (piece.InputSize != OutputSize)
            {
                throw new ArgumentException($"{piece.GetType().Name} takes observations of {piece.InputSize} numbers, but is given "
                    + $"{OutputSize}.", nameof(pieces));
            }

            OutputSize = piece.OutputSize;
        }

        _between = [.. _pieces.SkipLast(1).Select(p => new float[p.OutputSize])];
    }

    /// <summary>The pipeline for a space of observations.</summary>
    /// <param name="space">What the environment shows.</param>
    /// <param name="observationFilter">The filter. As in RLlib, choices are never filtered.</param>
    /// <param name="connectors">Names in <see cref="ConnectorRegistry"/>, in order; null for none.</param>
    /// <exception cref="ArgumentException">There is no such connector.</exception>
    public static EnvToModulePipeline Build(Space space, ObservationFilter observationFilter = default, IReadOnlyList<string>? connectors = null)
    {
        List<ObservationConnector> pieces = space.IsDiscrete ? [new OneHotObservations(space)] : [];
        foreach (var name in connectors ?? [])
        {
            pieces.Add(ConnectorRegistry.Create(name, new(space, Size())));
        }

        if (!space.IsDiscrete && observationFilter == ObservationFilter.MeanStdFilter)
        {
            pieces.Add(new MeanStdFilter(Size()));
        }

        return new(space.Size, [.. pieces]);

        int Size() => pieces.Count > 0 ? pieces[^1].OutputSize : space.Size;
    }

    /// <summary>Floats per observation of the environment.</summary>
    public int InputSize { get; }

    /// <summary>Floats per observation of the module.</summary>
    public int OutputSize { get; }

    /// <summary>Whether a module sees observations as they are.</summary>
    public bool IsIdentity => _pieces.Length == 0;

    /// <summary>The pieces in order.</summary>
    public IReadOnlyList<ObservationConnector> Pieces => _pieces;

    /// <inheritdoc/>
    public ComponentClass CheckpointClass => new(nameof(EnvToModulePipeline), ParameterSet.Empty);

    /// <summary>Transforms one observation.</summary>
    /// <param name="observation">[<see cref="InputSize"/>], as the environment wrote it.</param>
    /// <param name="result">Receives [<see cref="OutputSize"/>]; other memory.</param>
    /// <param name="learn">Whether filters take the observation in.</param>
    [MethodImpl(AggressiveOptimization)]
    public void Apply(ReadOnlySpan<float> observation, Span<float> result, bool learn)
    {
        if (_pieces.Length == 0)
        {
            observation.CopyTo(result);
            return;
        }

        var current = observation;
        for (var i = 0; i < _between.Length; i++)
        {
            _pieces[i].Apply(current, _between[i], learn);
            current = _between[i];
        }

        _pieces[^1].Apply(current, result, learn);
    }

    /// <summary>Transforms several observations, laid end to end, without learning; each comes out as by <see cref="Apply"/>.</summary>
    /// <inheritdoc cref="ObservationConnector.ApplyRows"/>
    [MethodImpl(AggressiveOptimization)]
    public void ApplyRows(ReadOnlySpan<float> observations, int rows, Span<float> results)
    {
        if (_pieces is [var only])
        {
            only.ApplyRows(observations, rows, results);
            return;
        }

        for (var row = 0; row < rows; row++)
        {
            Apply(observations.Slice(row * InputSize, InputSize), results.Slice(row * OutputSize, OutputSize), learn: false);
        }
    }

    /// <summary>Adds what the pipeline does without learning to a model that is exported.</summary>
    /// <inheritdoc cref="ObservationConnector.Export"/>
    public string Export(ModelGraph graph, string observations) => _pieces.Aggregate(observations, (current, piece) => piece.Export(graph, current));

    /// <summary>Takes in what the pipelines of the runners have learnt, in their order, and makes them all equal to this one.</summary>
    public void Gather(ReadOnlySpan<EnvToModulePipeline> runners)
    {
        for (var i = 0; i < _pieces.Length; i++)
        {
            foreach (var runner in runners)
            {
                _pieces[i].Merge(runner._pieces[i]);
            }
        }

        foreach (var runner in runners)
        {
            runner.Synchronise(this);
        }
    }

    /// <summary>Becomes equal to <paramref name="master"/>.</summary>
    public void Synchronise(EnvToModulePipeline master)
    {
        for (var i = 0; i < _pieces.Length; i++)
        {
            _pieces[i].Synchronise(master._pieces[i]);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, ICheckpointable>> GetCheckpointableComponents() =>
        [.. _pieces.Select((piece, i) => KeyValuePair.Create(Invariant($"{i:D3}_{piece.GetType().Name}"), (ICheckpointable)piece))];

    /// <inheritdoc/>
    public ComponentState CaptureState() => ComponentState.Empty;

    /// <inheritdoc/>
    public void ApplyState(ComponentState state)
    {
    }
}
