namespace Tuning.Schedulers.Population;

/// <summary>A schedule of configurations, from the lines of a file that PBT wrote: ours, or Ray's. Immutable.</summary>
/// <param name="Start">The configuration to begin with.</param>
/// <param name="Changes">From which iteration on another one holds, in order.</param>
internal sealed record ReplayPolicy(ParameterSet Start, ImmutableArray<(long Iteration, ParameterSet Config)> Changes)
{
    /// <summary>The schedule of a policy file. Of several takeovers those count that led to the last one.</summary>
    /// <param name="path">Where the lines are from, for messages.</param>
    /// <param name="lines">The lines; none where the file could not be read.</param>
    /// <exception cref="ArgumentException">There are no lines, or one is not of this kind; the message begins with the option's name.</exception>
    public static ReplayPolicy Of(string path, ImmutableArray<string> lines)
    {
        if (lines.IsEmpty)
        {
            throw new ArgumentException($"policy_file: '{path}' cannot be read or is empty; it must be the pbt_policy_<trial>.txt of a trial that took over " +
                $"another, of an experiment with the scheduler pbt.");
        }

        var changes = new Stack<(long, ParameterSet)>();
        ParameterSet? start = null;
        string? below = null;
        for (var i = lines.Length - 1; i >= 0; i--)
        {
            var (exploiter, source, iteration, before, config) = Row(path, i, lines[i]);
            if (below is not null && exploiter != below)
            {
                // What this trial had done before was undone by the takeover after it.
                break;
            }

            (below, start) = (source, before);
            changes.Push((iteration, config));
        }

        return new(start!, [.. changes]);
    }

    private static (string Taker, string Source, long Iteration, ParameterSet Before, ParameterSet Config) Row(string path, int index, string line)
    {
        try
        {
            using var row = JsonDocument.Parse(line);
            var items = row.RootElement.EnumerateArray().ToArray();
            return (items[0].ToString(), items[1].ToString(), (long)items[3].GetDouble(), ParameterSet.FromJson(items[4]), ParameterSet.FromJson(items[5]));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IndexOutOfRangeException or ArgumentException)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"policy_file: line {index + 1} of '{path}' is no takeover; it must be [exploiter, source, its iteration, the source's iteration, " +
                    $"{{configuration before}}, {{configuration after}}]."), e);
        }
    }
}
