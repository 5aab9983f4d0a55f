using System.IO.Compression;
using System.Reflection;

namespace Tuning.Dashboard;

/// <summary>The files of the page, as they are embedded.</summary>
internal static class PageFiles
{
    /// <summary>The scripts, in the order in which they are run.</summary>
    public static readonly ImmutableArray<string> Scripts =
    [
        "uplot.js", "core.js", "data.js", "charts.js", "figures.js", "parallel.js", "table.js", "pages.js", "trial.js", "exported.js", "start.js",
    ];

    /// <summary>The style sheets.</summary>
    public static readonly ImmutableArray<string> Styles = ["uplot.css", "app.css"];

    /// <summary>Scripts, styles and the page itself, compressed, by name.</summary>
    public static IReadOnlyDictionary<string, PageFile> All { get; } =
        Scripts.Concat(Styles).Append("index.html").Append("icon.svg").ToDictionary(n => n, PageFile (n) => new(n, Read(n)), StringComparer.Ordinal);

    private static byte[] Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("page/" + name)
            ?? throw new InvalidOperationException($"The page has no file {name}.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}

/// <summary>A file of the page.</summary>
internal sealed class PageFile
{
    public PageFile(string name, byte[] content)
    {
        Content = content;
        ContentType = Path.GetExtension(name) switch
        {
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "text/html; charset=utf-8",
        };
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.SmallestSize))
        {
            gzip.Write(content);
        }

        Compressed = buffer.ToArray();
    }

    public byte[] Content { get; }

    public byte[] Compressed { get; }

    public string ContentType { get; }
}
