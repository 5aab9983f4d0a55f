namespace Tuning.Spaces;

/// <summary>One of several values, all equally likely.</summary>
public class ChoiceDomain : ListDomain
{
    internal ChoiceDomain(IReadOnlyList<object?> values)
        : base("choice", values)
    {
        if (Nodes.Any(n => n.HoldsGrid))
        {
            throw new ArgumentException("A grid_search cannot stand inside a choice: how many trials there are would depend on what is drawn. Make the " +
                "choice a grid_search too, or the grid_search a choice.");
        }
    }

    /// <inheritdoc/>
    public override DomainKind Kind => DomainKind.Choice;

    private protected override string Describe() => $"one of {Text(new ParameterList(Values))}";
}
