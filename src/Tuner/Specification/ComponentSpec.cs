namespace Tuning.Specification;

/// <summary>A component by name, with its options: <c>{type: asha, max_t: 100}</c>.</summary>
/// <param name="Type">The canonical name in the component catalog.</param>
/// <param name="Options">Everything but <c>type</c>.</param>
public sealed record ComponentSpec(string Type, ParameterSet Options);
