using System.Diagnostics;
using System.Formats.Tar;
using System.Text;
using System.Text.RegularExpressions;

namespace Benchmarks;

/// <summary>
/// How much code is there, and is it more or less than in another commit? A code line has a letter or a digit outside of comments; characters
/// are those of code lines without white space. Of <c>src</c>, by folder; what generators write is not counted.
/// </summary>
internal static partial class CodeLines
{
    public static int Run(string[] args)
    {
        var against = Measure.Option(args, "--against", "");
        var now = Count(Directory.EnumerateFiles("src", "*.cs", SearchOption.AllDirectories).Select(f => (f.Replace('\\', '/'), File.ReadAllText(f))));
        var before = against.Length == 0 ? [] : Count(Archived(against));
        Console.WriteLine($"{"lines",7} {"characters",11}{(against.Length == 0 ? "" : $"   against {against}")}");
        foreach (var folder in now.Keys.Union(before.Keys).Order(StringComparer.Ordinal))
        {
            Write(folder, now.GetValueOrDefault(folder), before.GetValueOrDefault(folder));
        }

        Write("all", Sum(now), Sum(before));
        return 0;

        void Write(string what, Size current, Size earlier) => Console.WriteLine(
            $"{current.Lines,7} {current.Characters,11}"
                + (against.Length == 0 ? "" : $" {current.Lines - earlier.Lines,7:+0;-0;0} {current.Characters - earlier.Characters,9:+0;-0;0}") + $"  {what}");
    }

    private static Dictionary<string, Size> Count(IEnumerable<(string Path, string Text)> files)
    {
        var sizes = new Dictionary<string, Size>(StringComparer.Ordinal);
        foreach (var (path, text) in files.Where(f => !f.Path.Split('/').Any(p => p is "obj" or "bin")))
        {
            // src/Project/Folder/…, or src/Project for what stands beside the folders.
            var parts = path.Split('/');
            var folder = string.Join('/', parts[..Math.Min(3, parts.Length - 1)]);
            var code = Token().Replace(text,
                m => m.Value.StartsWith("//", StringComparison.Ordinal) || m.Value.StartsWith("/*", StringComparison.Ordinal) ? "" : m.Value);
            var lines = code.Split('\n').Where(l => l.Any(c => char.IsLetterOrDigit(c) || c == '_')).ToList();
            var size = sizes.GetValueOrDefault(folder);
            sizes[folder] = new(size.Lines + lines.Count, size.Characters + lines.Sum(l => l.Count(c => !char.IsWhiteSpace(c))));
        }

        return sizes;
    }

    private static Size Sum(Dictionary<string, Size> sizes) => new(sizes.Values.Sum(s => s.Lines), sizes.Values.Sum(s => s.Characters));

    private static IEnumerable<(string Path, string Text)> Archived(string commit)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["archive", "--format=tar", commit, "src"]) { RedirectStandardOutput = true })!;
        using var archive = new TarReader(git.StandardOutput.BaseStream);
        while (archive.GetNextEntry() is { } entry)
        {
            if (entry.Name.EndsWith(".cs", StringComparison.Ordinal) && entry.DataStream is { } data)
            {
                using var reader = new StreamReader(data, Encoding.UTF8);
                yield return (entry.Name, reader.ReadToEnd());
            }
        }

        git.WaitForExit();
        if (git.ExitCode != 0)
        {
            throw new ArgumentException($"git knows no commit {commit}.", nameof(commit));
        }
    }

    private readonly record struct Size(int Lines, int Characters);

    // Strings first, since they may hold what looks like a comment.
    [GeneratedRegex("""""("{3,})(?:.|\n)*?\1|@"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'|//[^\n]*|/\*(?:.|\n)*?\*/""""")]
    private static partial Regex Token();
}
