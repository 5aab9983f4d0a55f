namespace Tuning.Schedulers.Population;

/// <summary>
/// A parameter with a list of values in an order that means something: the next value or the one before, half as likely each, staying
/// at the ends; any of them where it is drawn anew, or the source's is not in the list.
/// </summary>
internal sealed class ListMutation(string path, IReadOnlyList<object?> values) : Mutation(path)
{
    /// <inheritdoc/>
    public override Domain Domain { get; } = Domain.Choice(values);

    /// <inheritdoc/>
    public override (object? Value, string How) Explore(object? value, ExploreRules rules, RandomStream random)
    {
        var drawn = random.NextDouble() < rules.Resample;
        var at = values.ToList().FindIndex(v => IsSame(v, value));
        if (drawn || at < 0)
        {
            return (values[random.NextInt32(values.Count)], at < 0 ? $"drawn, as {ExploitReason.Value(value)} is not in the list" : "drawn");
        }

        var next = at + (random.NextInt32(2) == 0 ? -1 : 1);
        return next < 0 || next >= values.Count
            ? (values[at], $"stays at the {(next < 0 ? "start" : "end")} of the list")
            : (values[next], next < at ? $"the one before {ExploitReason.Value(value)}" : $"the one after {ExploitReason.Value(value)}");
    }
}
