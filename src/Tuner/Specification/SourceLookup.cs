namespace Tuning.Specification;

/// <summary>Finds the place in the text that a path of today means.</summary>
internal static class SourceLookup
{
    /// <summary>
    /// The value at a dotted path with <c>[i]</c> or <c>.i</c> for positions in lists, or the nearest that contains it, and the path as the
    /// user wrote it.
    /// </summary>
    public static (SourcePosition Key, SourcePosition Value, string Written, SourceNode Node) Find(SourceMap experiment, SourcePosition key, string name,
        string path)
    {
        var (value, written, node) = (key, name, (SourceNode)experiment);
        var rest = path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);
        while (rest.Length > 0)
        {
            if (node is SourceList list)
            {
                var end = rest.IndexOf('.', StringComparison.Ordinal);
                var head = end < 0 ? rest : rest[..end];
                if (!int.TryParse(head, out var index) || index >= list.Items.Count)
                {
                    return (key, value, written, node);
                }

                (node, written) = (list.Items[index], $"{written}[{index}]");
                (key, value, rest) = (node.Position, node.Position, end < 0 ? "" : rest[(end + 1)..]);
                continue;
            }

            if (node is not SourceMap map || Next(map, rest) is not var (entry, tail))
            {
                // What is missing stands nowhere: the nearest place is the map it would stand in.
                return (key, value, written + (node is SourceMap ? "." + rest : ""), node);
            }

            written = entry.WrittenPath ?? written + "." + entry.Name;
            (node, rest) = (entry.Value, tail);
            key = entry.KeyPosition;
            value = node is SourceScalar { Text.Length: > 0 } ? node.Position : key;
        }

        return (key, value, written, node);
    }

    /// <summary>The scalar at or below a node that has this text, but for white space around it.</summary>
    public static SourceScalar? Text(SourceNode node, string text) => node switch
    {
        SourceScalar { Value: string value } scalar when value.Trim() == text => scalar,
        SourceMap map => map.Entries.Select(e => Text(e.Value, text)).FirstOrDefault(s => s is not null),
        SourceList list => list.Items.Select(i => Text(i, text)).FirstOrDefault(s => s is not null),
        _ => null,
    };

    private static (SourceEntry Entry, string Tail)? Next(SourceMap map, string path)
    {
        if (map.Find(path) is { } whole)
        {
            return (whole, "");
        }

        for (var dot = path.IndexOf('.', StringComparison.Ordinal); dot > 0; dot = path.IndexOf('.', dot + 1))
        {
            if (map.Find(path[..dot]) is { } entry)
            {
                return (entry, path[(dot + 1)..]);
            }
        }

        // A component written as {all: […]} has no key for its list.
        return map.Entries is [{ Value: SourceList } only] && path.Contains('.', StringComparison.Ordinal)
            ? (only, path[(path.IndexOf('.', StringComparison.Ordinal) + 1)..]) : null;
    }
}
