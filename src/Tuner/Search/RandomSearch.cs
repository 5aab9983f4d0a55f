using Tuning.Spaces;

namespace Tuning.Search;

/// <summary>
/// Random and grid search in one, as Ray's <c>BasicVariantGenerator</c>: each sample runs the whole grid, with everything else
/// drawn anew per trial. Needs no objective. Never exhausted: further samples repeat the grid.
/// </summary>
internal sealed class RandomSearch : IWholeSearcher
{
    private readonly VariantGenerator _variants;
    private readonly bool _isRandom;

    public RandomSearch(string name, SearchSpace space, VariantGenerator variants)
    {
        (Name, _variants) = (name, variants);
        _isRandom = space.Domains.Any(d => IsDrawn(d.Value));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsImmediate => true;

    /// <inheritdoc/>
    public long SuggestionsFor(long samples) => _variants.CountFor(samples);

    /// <inheritdoc/>
    public Suggestion Suggest(SearchHistory history, long number, RandomStream random)
    {
        var variant = _variants.Generate(number, random);
        return Suggestion.Of(variant.Config, Reason(variant), variant.Fault);
    }

    /// <summary>Whether values are drawn, here or inside the values of a grid.</summary>
    public static bool IsDrawn(Domain domain) => domain switch
    {
        ComputedDomain => false,
        GridDomain grid => grid.Nodes.Any(IsDrawn),
        _ => true,
    };

    private static bool IsDrawn(SpaceNode node) => node switch
    {
        DomainNode { Domain: var domain } => IsDrawn(domain),
        MapNode map => map.Nodes.Any(IsDrawn),
        ListNode list => list.Nodes.Any(IsDrawn),
        _ => false,
    };

    private string Reason(Variant variant)
    {
        var sample = variant.Sample < _variants.Presets ? "preset sample" : _isRandom ? "random sample" : "sample";
        return variant.Cells == 1
            ? string.Create(CultureInfo.InvariantCulture, $"{sample} {variant.Sample + 1}")
            : string.Create(CultureInfo.InvariantCulture, $"{sample} {variant.Sample + 1}, grid cell {variant.Cell + 1} of {variant.Cells}");
    }
}
