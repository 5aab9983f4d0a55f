namespace Tuning.Search;

/// <summary>
/// Random and grid search in one, as Ray's <c>BasicVariantGenerator</c>: each sample runs the whole grid, with everything else
/// drawn anew per trial. Needs no objective. Never exhausted: further samples repeat the grid, and a finite space that is used up repeats.
/// </summary>
/// <remarks>
/// What an earlier suggestion has is drawn again. No history is needed for that: earlier suggestions follow from their numbers, and are made anew where they
/// are not remembered. Safe for use by any thread.
/// </remarks>
internal sealed class RandomSearch : IWholeSearcher
{
    // Above so many configurations nothing is drawn twice in practice. After so many suggestions in a row that found nothing new, nothing is looked for.
    private const double Countless = 1e12;
    private const int MostFailures = 20;

    private readonly Lock _lock = new();
    private readonly VariantGenerator _variants;
    private readonly bool _isRandom;
    private readonly SeedPath? _seed;
    private readonly long _stride;
    private readonly double _most;

    // The first suggestion that has a configuration, of all suggestions below _next.
    private readonly Dictionary<ParameterSet, long> _first = [];
    private long _next;
    private long _usedUpFrom = long.MaxValue;
    private int _failures;

    public RandomSearch(string name, SearcherContext context, VariantGenerator variants)
    {
        (Name, _variants) = (name, variants);
        _isRandom = context.Space.Domains.Any(d => IsDrawn(d.Value));
        var (least, most) = variants.Configurations;
        _most = most;
        (_seed, _stride) = (_isRandom && least < Countless ? context.Seed : null, context.Stride);
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
        var variant = _seed is null ? _variants.Generate(number, random) : New(number);
        return Suggestion.Of(variant.Config, Reason(variant, number), variant.Fault);
    }

    private Variant New(long number)
    {
        lock (_lock)
        {
            for (; _next < number; _next++)
            {
                Note(_next, _variants.TryGenerate(_next, Stream(_next), c => IsTaken(c, _next), out _));
            }

            var variant = _variants.TryGenerate(number, Stream(number), c => IsTaken(c, number), out var refused) ?? throw refused!;
            if (number == _next)
            {
                Note(_next++, variant);
            }

            return variant;
        }
    }

    private RandomStream Stream(long number) => (_seed! / (number * _stride)).Stream();

    private bool IsTaken(ParameterSet config, long number) => number < _usedUpFrom && _first.TryGetValue(config, out var first) && first < number;

    private void Note(long number, Variant? variant)
    {
        if (variant is not null && number < _usedUpFrom)
        {
            _failures = variant.IsRepeated ? _failures + 1 : 0;
            _first.TryAdd(variant.Config, number);
            _usedUpFrom = _failures == MostFailures || _first.Count >= _most ? number + 1 : _usedUpFrom;
        }
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

    private string Reason(Variant variant, long number)
    {
        var sample = variant.Sample < _variants.Presets ? "preset sample" : _isRandom ? "random sample" : "sample";
        var cell = variant.Cells == 1 ? "" : Invariant($", grid cell {variant.Cell + 1} of {variant.Cells}");
        var again = variant.IsRepeated || number >= _usedUpFrom ? ", tried before: the space has nothing new" : "";
        return Invariant($"{sample} {variant.Sample + 1}{cell}{again}");
    }
}
