using System.Collections.Immutable;

namespace Tuning.Checkpointing;

/// <summary>The state of a component in memory: values, tensors, and the states of the components in it. Immutable.</summary>
public sealed record ComponentState
{
    /// <summary>Without anything.</summary>
    public static ComponentState Empty { get; } = new();

    /// <summary>Counters, random streams and other small values; null when the component's own state is not part of this.</summary>
    public ParameterSet? Values { get; init; } = ParameterSet.Empty;

    /// <summary>Weights, moments, buffers by name.</summary>
    public ImmutableSortedDictionary<string, StateTensor> Tensors { get; init; } = ImmutableSortedDictionary<string, StateTensor>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>The components in it by name.</summary>
    public ImmutableSortedDictionary<string, ComponentState> Components { get; init; } = ImmutableSortedDictionary<string, ComponentState>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>The tensor of a name.</summary>
    /// <exception cref="CheckpointException">There is none; the message lists those that exist.</exception>
    public StateTensor Tensor(string name) => Tensors.TryGetValue(name, out var tensor)
        ? tensor
        : throw new CheckpointException($"The checkpoint has no tensor '{name}'; it has: {(Tensors.IsEmpty ? "none" : string.Join(", ", Tensors.Keys))}.");

    /// <summary>The value at a dotted path.</summary>
    /// <exception cref="CheckpointException">There is none, or it cannot be read as <typeparamref name="T"/>.</exception>
    public T Value<T>(string path)
    {
        if (Values is null || !Values.TryGet(path, out _))
        {
            throw new CheckpointException($"The checkpoint's state has no value '{path}'; it has: {(Values is null or { Count: 0 } ? "none" : string.Join(", ", Values.Flatten().Select(v => v.Key)))}.");
        }

        try
        {
            return Values.Get<T>(path);
        }
        catch (InvalidOperationException e)
        {
            throw new CheckpointException(e.Message, e);
        }
    }

    /// <summary>Fails when the state holds other tensors than these.</summary>
    /// <param name="names">All names that are expected.</param>
    /// <exception cref="CheckpointException">A tensor is missing or unknown.</exception>
    public void RequireTensors(IEnumerable<string> names)
    {
        var expected = names.ToHashSet(StringComparer.Ordinal);
        foreach (var name in expected)
        {
            _ = Tensor(name);
        }

        if (Tensors.Keys.FirstOrDefault(t => !expected.Contains(t)) is { } unknown)
        {
            throw new CheckpointException($"The checkpoint has a tensor '{unknown}' of shape {StateTensor.Text(Tensors[unknown].Shape.AsSpan())} that is unknown here; known are: {string.Join(", ", expected.Order(StringComparer.Ordinal))}.");
        }
    }
}

/// <summary>What a component is, as data: a registered name and the arguments to make it again.</summary>
/// <param name="Name">The registered name of its class, for example <c>PPO</c>.</param>
/// <param name="Arguments">Its constructor's arguments. Never code.</param>
public sealed record ComponentClass(string Name, ParameterSet Arguments)
{
    /// <summary>The name of the file that holds its tensors.</summary>
    public string TensorFile { get; init; } = "state.safetensors";
}
