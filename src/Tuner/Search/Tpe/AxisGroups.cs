namespace Tuning.Search.Tpe;

/// <summary>Which parameters are modelled together.</summary>
internal enum Grouping
{
    /// <summary>Each alone.</summary>
    Alone,

    /// <summary>Those that are always there together, conditional ones alone.</summary>
    ConditionalAlone,

    /// <summary>The largest sets that no trial has in part.</summary>
    Together,
}

/// <summary>
/// The sets of parameters that are modelled together. With <see cref="Grouping.Together"/> the largest sets of parameters that no trial has in part. Follows
/// the trials, since each that has parameters in a new combination may split a set.
/// </summary>
/// <param name="codec">The space.</param>
/// <param name="archive">The trials.</param>
/// <param name="grouping">Which parameters go together.</param>
internal sealed class AxisGroups(ParameterCodec codec, TrialArchive archive, Grouping grouping)
{
    private int[] _groupOf = new int[codec.Axes.Length];
    private int _generation = -1;
    private int _taken;

    /// <summary>The group of each axis.</summary>
    public ReadOnlySpan<int> GroupOf => _groupOf;

    /// <summary>How many groups there are.</summary>
    public int Count { get; private set; } = 1;

    /// <summary>Takes in the trials since the last time.</summary>
    /// <returns>Whether the groups are others than before.</returns>
    public bool Follow()
    {
        var isNew = _generation != archive.Generation;
        if (isNew)
        {
            (_generation, _taken) = (archive.Generation, 0);
            Begin();
        }

        if (!codec.HasConditions || grouping != Grouping.Together)
        {
            return isNew;
        }

        for (; _taken < archive.Count; _taken++)
        {
            isNew |= Split(archive.Row(_taken));
        }

        return isNew;
    }

    private void Begin()
    {
        Count = grouping == Grouping.ConditionalAlone && codec.Axes.Any(a => !a.IsConditional) ? 1 : 0;
        foreach (var axis in codec.Axes)
        {
            _groupOf[axis.Index] = grouping == Grouping.Alone || (grouping == Grouping.ConditionalAlone && axis.IsConditional) ? Count++ : 0;
        }

        Count = Math.Max(Count, 1);
    }

    private bool Split(ReadOnlySpan<double> row)
    {
        var numbers = new Dictionary<(int, bool), int>();
        var groups = new int[row.Length];
        for (var i = 0; i < row.Length; i++)
        {
            var key = (_groupOf[i], double.IsNaN(row[i]));
            if (!numbers.TryGetValue(key, out groups[i]))
            {
                numbers.Add(key, groups[i] = numbers.Count);
            }
        }

        var isNew = numbers.Count != Count;
        (_groupOf, Count) = (groups, numbers.Count);
        return isNew;
    }
}
