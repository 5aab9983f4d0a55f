namespace Tuning.Spaces;

/// <summary>Every one of several values, each in a trial of its own.</summary>
public class GridDomain : ListDomain
{
    internal GridDomain(IReadOnlyList<object?> values)
        : base("grid_search", values)
    {
    }

    /// <inheritdoc/>
    public override DomainKind Kind => DomainKind.Grid;

    private protected override string Describe() => $"every one of {Text(new ParameterList(Values))}";
}
