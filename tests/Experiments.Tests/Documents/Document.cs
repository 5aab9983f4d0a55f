using System.Text.RegularExpressions;

namespace Tuning.Tests.Documents;

/// <summary>The project's documents as text.</summary>
internal static partial class Document
{
    public static string Root { get; } = FindRoot();

    /// <summary>All documents, by their path from the root.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Directory.EnumerateFiles(Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md"))
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "benchmarks"), "*.md"))
            .Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    public static string Text(string file) => File.ReadAllText(Path.Combine(Root, file)).ReplaceLineEndings("\n");

    /// <summary>The text without blocks of code.</summary>
    public static string Prose(string file) => Block().Replace(Text(file), "\n");

    /// <summary>The blocks of code in a language.</summary>
    public static IEnumerable<string> Blocks(string file, string language) =>
        Block().Matches(Text(file)).Where(m => m.Groups["language"].Value == language).Select(m => m.Groups["code"].Value);

    /// <summary>The names by which headings are linked to.</summary>
    public static IEnumerable<string> Anchors(string file) =>
        Heading().Matches(Prose(file)).Select(m => NoAnchor().Replace(m.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    /// <summary>The lines that hold something, without their indentation, each between line breaks.</summary>
    public static string Significant(string code) => "\n" + string.Concat(code.ReplaceLineEndings("\n")
        .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(l => l + "\n"));

    private static string FindRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Tuner.sln")))
        {
            at = at.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return at.FullName;
    }

    [GeneratedRegex(@"^```(?<language>\w*)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();
}
