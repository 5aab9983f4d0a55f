namespace Tuning.Specification;

/// <summary>A component by name, with its options: <c>{type: asha, max_t: 100}</c>.</summary>
/// <param name="Type">The canonical name in the component catalog.</param>
/// <param name="Options">Everything but <c>type</c>.</param>
public sealed record ComponentSpec(string Type, ParameterSet Options)
{
    /// <summary>The component as one map, its type included.</summary>
    public ParameterSet ToParameters() => Options.With("type", Type);

    /// <summary>Reads what <see cref="ToParameters"/> writes.</summary>
    /// <exception cref="JsonException">There is no type.</exception>
    public static ComponentSpec From(ParameterSet map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return map.TryGet("type", out var type) && type is string name
            ? new(name, ParameterSet.From(map.Where(p => p.Key != "type")))
            : throw new JsonException($"A component needs a type: {map}.");
    }

    /// <summary>Adds its type, and those of the components within it: what a wrapper wraps, what a list of criteria holds.</summary>
    internal void AddTypesTo(ISet<string> types)
    {
        types.Add(Type);
        foreach (var option in Options)
        {
            AddTypes(option.Value, types);
        }
    }

    private static void AddTypes(object? value, ISet<string> types)
    {
        switch (value)
        {
            case ParameterSet map when map.TryGet("type", out var type) && type is string:
                From(map).AddTypesTo(types);
                break;
            case ParameterList list:
                foreach (var item in list)
                {
                    AddTypes(item, types);
                }

                break;
        }
    }

    /// <summary><c>asha {"max_t":100}</c>.</summary>
    public override string ToString() => Options.Count == 0 ? Type : $"{Type} {Options}";
}
