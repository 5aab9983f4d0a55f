using System.Text.RegularExpressions;

namespace Tuning.Tests.Architecture;

/// <summary>The project's sources as text: which types each folder declares, and which names each file mentions.</summary>
internal static partial class SourceTree
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Split(Path.DirectorySeparatorChar).Any(p => p is "obj" or "bin"))
            .Order(StringComparer.Ordinal);

    public static string Relative(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    /// <summary>The text without comments and strings, which may mention anything.</summary>
    public static string Code(string file) => CommentsAndStrings().Replace(File.ReadAllText(file), " ");

    public static IEnumerable<string> DeclaredTypes(string file) => Declaration().Matches(Code(file)).Select(m => m.Groups["name"].Value);

    public static IEnumerable<string> Identifiers(string file) => Identifier().Matches(Code(file)).Select(m => m.Value).Distinct();

    /// <summary>Names of properties and parameters in PascalCase: a mention of one may mean the member, not the type of that name.</summary>
    public static IEnumerable<string> MemberNames(string file) => Member().Matches(Code(file)).Select(m => m.Groups["name"].Value);

    private static string FindRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Tuner.sln")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|"{3,}.*?"{3,}|\$?@?"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)'""", RegexOptions.Singleline)]
    private static partial Regex CommentsAndStrings();

    [GeneratedRegex(@"^(?:public|internal)\s[^=;({\n]*?\b(?:class|record struct|record|struct|interface|enum)\s+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"[\w>\]?)]\s+(?<name>[A-Z]\w+)\s*(?:\{\s*(?:get|init)|=>|[,)=;(])")]
    private static partial Regex Member();

    [GeneratedRegex(@"(?<![.\w])[A-Z]\w+")]
    private static partial Regex Identifier();
}
