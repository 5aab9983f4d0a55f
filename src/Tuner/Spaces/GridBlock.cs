namespace Tuning.Spaces;

/// <summary>
/// The cells of a grid. The domains are ordered by path and the first varies fastest, as in Ray. A value that holds grids itself
/// counts as many times as these have cells, one after the other. Costs nothing however many cells there are.
/// </summary>
internal sealed class GridBlock
{
    private readonly GridAxis[] _dimensions;

    /// <param name="node">The subtree whose grids these are.</param>
    /// <param name="isFixed">Which grids have a given value, and so do not count.</param>
    public GridBlock(PlanNode node, Func<LeafPlan, bool> isFixed)
    {
        _dimensions = [.. SpacePlan.LeavesOf(node).Where(l => l.Domain is GridDomain && !isFixed(l))
            .Select(l => new GridAxis(l, [.. l.Items!.Select(i => new GridBlock(i, isFixed))]))];
        Cells = _dimensions.Aggregate(1L, (cells, d) => cells > long.MaxValue / d.Size ? long.MaxValue : cells * d.Size);
    }

    /// <summary>How many cells there are, at least 1; <see cref="long.MaxValue"/> if there are more.</summary>
    public long Cells { get; }

    /// <summary>Whether there are grids at all.</summary>
    public bool IsEmpty => _dimensions.Length == 0;

    /// <summary>Sets which value each grid has in a cell.</summary>
    /// <param name="cell">From 0.</param>
    /// <param name="picks">By the domain's number.</param>
    public void Assign(long cell, int[] picks)
    {
        foreach (var dimension in _dimensions)
        {
            var digit = cell % dimension.Size;
            cell /= dimension.Size;
            var item = dimension.ItemAt(digit);
            picks[dimension.Leaf.Id] = item;
            dimension.Items[item].Assign(digit - dimension.Starts[item], picks);
        }
    }

    private sealed class GridAxis
    {
        public GridAxis(LeafPlan leaf, GridBlock[] items)
        {
            (Leaf, Items, Starts) = (leaf, items, new long[items.Length]);
            for (var i = 0; i < items.Length; i++)
            {
                Starts[i] = Size;
                Size = Size > long.MaxValue - items[i].Cells ? long.MaxValue : Size + items[i].Cells;
            }
        }

        public LeafPlan Leaf { get; }

        public GridBlock[] Items { get; }

        public long[] Starts { get; }

        public long Size { get; }

        public int ItemAt(long digit)
        {
            var at = Array.BinarySearch(Starts, digit);
            return at >= 0 ? at : ~at - 1;
        }
    }
}
