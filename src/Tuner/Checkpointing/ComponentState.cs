namespace Tuning.Checkpointing;

/// <summary>The state of a component in memory: values, tensors, and the states of the components in it. Immutable.</summary>
public sealed record ComponentState
{
    /// <summary>Without anything.</summary>
    public static ComponentState Empty { get; } = new();

    /// <summary>Counters, random streams and other small values; null when the component's own state is not part of this.</summary>
    public ParameterSet? Values { get; init; } = ParameterSet.Empty;

    /// <summary>Weights, moments, buffers by name. <see cref="With"/> adds to them.</summary>
    /// <exception cref="ArgumentException">A tensor stands under another name than its own.</exception>
    public ImmutableSortedDictionary<string, NamedTensor> Tensors
    {
        get;
        init => field = value.FirstOrDefault(t => t.Key != t.Value.Name) is { Key: { } key, Value: var tensor }
            ? throw new ArgumentException($"The tensor '{tensor.Name}' stands under the name '{key}'.", nameof(value))
            : value;
    } = ImmutableSortedDictionary<string, NamedTensor>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>The components in it by name.</summary>
    public ImmutableSortedDictionary<string, ComponentState> Components { get; init; } = ImmutableSortedDictionary<string,
        ComponentState>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>The tensor of a name.</summary>
    /// <exception cref="CheckpointException">There is none; the message lists those that exist.</exception>
    public NamedTensor Tensor(string name) => Tensors.TryGetValue(name, out var tensor)
        ? tensor
        : throw new CheckpointException($"The checkpoint has no tensor '{name}'; it has: {(Tensors.IsEmpty ? "none" : string.Join(", ", Tensors.Keys))}.");

    /// <summary>The same with these tensors; those of the same names are replaced.</summary>
    public ComponentState With(params IEnumerable<NamedTensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        return this with { Tensors = Tensors.SetItems(tensors.Select(t => KeyValuePair.Create(t.Name, t))) };
    }

    /// <summary>The same with the tensors of another state, a prefix before their names.</summary>
    public ComponentState WithPart(string prefix, ComponentState part) => With(part.Tensors.Values.Select(t => t.Rename(prefix + t.Name)));

    /// <summary>The tensors whose names begin with a prefix, without it, and values of their own.</summary>
    public ComponentState Part(string prefix, ParameterSet values) => (Empty with { Values = values }).With(
        Tensors.Values.Where(t => t.Name.Length > prefix.Length && t.Name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(t => t.Rename(t.Name[prefix.Length..])));

    /// <summary>The same without the tensors whose names begin with a prefix.</summary>
    public ComponentState WithoutPart(string prefix) =>
        this with { Tensors = Tensors.RemoveRange(Tensors.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal))) };

    /// <summary>The value at a dotted path.</summary>
    /// <exception cref="CheckpointException">There is none, or it cannot be read as <typeparamref name="T"/>.</exception>
    public T Value<T>(string path)
    {
        if (Values is null || !Values.TryGet(path, out _))
        {
            throw new CheckpointException($"The checkpoint's state has no value '{path}'; it has: " +
                $"{(Values is null or { Count: 0 } ? "none" : string.Join(", ", Values.Flatten().Select(v => v.Key)))}.");
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
    /// <exception cref="CheckpointException">Tensors are missing or unknown; the message lists all of them.</exception>
    public void RequireTensors(params IEnumerable<string> names)
    {
        var expected = names.ToHashSet();
        List<string> faults =
        [
            .. expected.Where(name => !Tensors.ContainsKey(name)).Order(StringComparer.Ordinal).Select(name => $"it has no tensor '{name}'"),
            .. Tensors.Values.Where(t => !expected.Contains(t.Name)).Select(t => $"its tensor '{t.Name}' of shape {t.ShapeText} is unknown here"),
        ];
        if (faults.Count > 0)
        {
            throw new CheckpointException($"The checkpoint does not fit: {string.Join("; ", faults)}. It has: " +
                $"{(Tensors.IsEmpty ? "none"
                    : string.Join(", ", Tensors.Keys))}; known here are: {string.Join(", ", expected.Order(StringComparer.Ordinal))}.");
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
