namespace Tuning.CommandLine;

/// <summary>A table of plain text with columns as wide as they need.</summary>
internal static class TextTable
{
    private const int MaxWidth = 40;

    public static void Write(TextWriter output, IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> rows, int maxWidth = MaxWidth)
    {
        var widths = header.Select((h, i) => Math.Min(maxWidth, Math.Max(h.Length, rows.Select(r => r[i].Length).DefaultIfEmpty().Max()))).ToArray();
        WriteRow(header);
        foreach (var row in rows)
        {
            WriteRow(row);
        }

        void WriteRow(IReadOnlyList<string> cells) =>
            output.WriteLine(string.Join("  ", cells.Select((c, i) => (c.Length <= widths[i] ? c : c[..(widths[i] - 1)] + "…").PadRight(widths[i]))).TrimEnd());
    }
}
