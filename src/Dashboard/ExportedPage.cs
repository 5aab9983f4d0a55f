using System.Security.Cryptography;
using Tuning.Dashboard.Projection;
using Tuning.Running;

namespace Tuning.Dashboard;

/// <summary>The page of an experiment as one file, with what the server would say in it.</summary>
/// <param name="Html">The file.</param>
/// <param name="LeftOut">How many metrics have no curves in it, because there was no room.</param>
internal sealed record ExportedPage(byte[] Html, int LeftOut)
{
    /// <summary>The most points of curves in a file; those of objectives are always in it.</summary>
    public const int MostPoints = 1_000_000;

    private const int MostCurves = 64;

    /// <summary>Makes it.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public static ExportedPage Of(string directory, CancellationToken cancellationToken)
    {
        using var projection = new ExperimentProjection(directory);
        projection.ReadOn(cancellationToken);
        var objectives = projection.Info.Objectives.Select(o => projection.Info.Vocabulary.Metric(o.Metric)).ToList();
        var others = projection.Metrics.Where(m => projection.Numeric.Contains(m) && !objectives.Contains(m)).ToList();
        var curves = objectives.Select(m => (Metric: m, Columns: projection.Curves(m, cancellationToken)!.Columns(0))).ToList();
        var room = (MostPoints * 8L) - curves.Sum(c => (long)c.Columns.Length);
        foreach (var metric in others.Take(MostCurves))
        {
            var columns = projection.Curves(metric, cancellationToken)!.Columns(0);
            if (columns.Length > room)
            {
                break;
            }

            room -= columns.Length;
            curves.Add((metric, columns));
        }

        var data = Json.Of(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("experiment");
            ExperimentAsJson.Whole(writer, Path.GetFileName(directory), projection, JournalLock.CurrentOwner(directory) is not null);
            writer.List("decisions", Enumerable.Reverse(projection.Decisions), ExperimentAsJson.Decision);
            writer.List("curves", curves, static (w, c) =>
            {
                w.WriteStartObject();
                w.WriteString("metric", c.Metric);
                w.WriteString("columns", Convert.ToBase64String(c.Columns));
                w.WriteEndObject();
            });
            writer.WriteEndObject();
        });
        return new(Page(data), objectives.Count + others.Count - curves.Count);
    }

    // Nothing of the data can end its block: in JSON a < stands in texts only, where it may be written otherwise. What runs and how it looks is named
    // by its digest.
    private static byte[] Page(byte[] data)
    {
        var script = Joined(PageFiles.Scripts);
        var style = Joined(PageFiles.Styles);
        var text = Encoding.UTF8.GetString(PageFiles.All["index.html"].Content);
        var (head, body) = (text.IndexOf("<link rel=\"icon\"", StringComparison.Ordinal), text.IndexOf("<script src=", StringComparison.Ordinal));
        var frame = text[(text.IndexOf("</head>", StringComparison.Ordinal) + "</head>".Length)..body];
        var page = new StringBuilder()
            .Append(text, 0, head)
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src ").Append(Source(script))
            .Append("; style-src ").Append(Source(style)).Append("; img-src data:; base-uri 'none'; form-action 'none'\">\n<style>").Append(style)
            .Append("</style>\n</head>").Append(frame).Append("<script type=\"application/json\" id=\"data\">")
            .Append(Encoding.UTF8.GetString(data).Replace("<", "\\u003c", StringComparison.Ordinal)).Append("</script>\n<script>").Append(script)
            .Append("</script>\n</body>\n</html>\n");
        return Encoding.UTF8.GetBytes(page.ToString());
    }

    private static string Joined(IEnumerable<string> names) =>
        string.Join('\n', names.Select(n => Encoding.UTF8.GetString(PageFiles.All[n].Content))).ReplaceLineEndings("\n");

    private static string Source(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";
}
