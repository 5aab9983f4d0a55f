using System.CommandLine;
using System.Text.RegularExpressions;
using Tuning.CommandLine;
using Tuning.Specification;
using Tuning.Testing;

namespace Tuning.Tests.Documents;

/// <summary>What the documents say is there, compiles, parses and is valid. What they show is run by <see cref="SnippetTests"/>.</summary>
public sealed partial class DocumentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Files => [.. Document.All];

    [Theory]
    [MemberData(nameof(Files))]
    public void Links_lead_somewhere(string file)
    {
        var broken = Link().Matches(Document.Prose(file)).Select(m => m.Groups["target"].Value)
            .Where(t => !t.Contains("://", StringComparison.Ordinal) && !Exists(file, t))
            .ToList();

        Assert.True(broken.Count == 0, $"{file} links to what is not there: {string.Join(", ", broken)}");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Snippets_are_compiled_with_the_tests(string file)
    {
        var compiled = Directory.EnumerateFiles(Path.Combine(Document.Root, "tests", "Experiments.Tests", "Documents"), "*Snippets.cs")
            .Concat(Directory.EnumerateFiles(Path.Combine(Document.Root, "experiments", "samples"), "*.cs"))
            .Select(f => Document.Significant(File.ReadAllText(f)))
            .ToList();

        foreach (var snippet in Document.Blocks(file, "cs"))
        {
            var text = Document.Significant(snippet);
            Assert.True(text.Length > 2 && compiled.Exists(c => c.Contains(text, StringComparison.Ordinal)),
                $"{file}: no file *Snippets.cs and no sample has these lines:\n{snippet}");
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Experiments_are_valid(string file)
    {
        RegisteredSamples.Require();
        var catalog = new ComponentCatalog().AddLoggers().AddTrainables().AddGymnasium().AddPrograms().AddServer().AddTrainable(FunctionSnippets.Kinds()[0])
            .AddTrainable(Trainable.FromClass<FunctionSnippets.Descent>("descent"));
        foreach (var text in Document.Blocks(file, "yaml").Where(b => Run().IsMatch(b)))
        {
            foreach (Match path in CheckpointPath().Matches(text))
            {
                Directory.CreateDirectory(Path.Combine(_folder.Path, path.Groups["path"].Value));
            }

            foreach (Match path in PolicyPath().Matches(text))
            {
                var policy = Path.Combine(_folder.Path, path.Groups["path"].Value);
                Directory.CreateDirectory(Path.GetDirectoryName(policy)!);
                File.WriteAllText(policy, """["3", "1", 20, 20, {"lr": 0.001}, {"lr": 0.0008}]""");
            }

            var read = ExperimentFile.Parse(text, Path.Combine(_folder.Path, "example.yaml"), catalog);

            Assert.True(read.IsValid, $"{file}:\n{text}\n{string.Join('\n', read.Problems)}");
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Commands_are_understood(string file)
    {
        foreach (var line in Document.Blocks(file, "sh").SelectMany(b => b.Split('\n')))
        {
            var command = Comment().Replace(line, "").Trim();
            var separator = command.IndexOf(" -- ", StringComparison.Ordinal);
            if (!command.StartsWith("… ", StringComparison.Ordinal) && (separator < 0 || command.Contains("--project benchmarks", StringComparison.Ordinal)))
            {
                continue;
            }

            var context = Commands.Context;
            var arguments = CommandTree.WithDefault([.. Argument().Matches(command[(separator < 0 ? 2 : separator + 4)..])
                .Select(m => m.Value.Replace("'", "", StringComparison.Ordinal))], context);
            var parsed = CommandTree.Make(arguments, context).Parse(arguments);

            Assert.True(parsed.Errors.Count == 0, $"{file}: {command}: {string.Join(' ', parsed.Errors.Select(e => e.Message))}");
        }
    }

    [Fact]
    public void The_only_program_is_the_one_that_is_run_from_the_packages() =>
        Assert.Equal(["README.md"], Document.All.SelectMany(f => Document.Blocks(f, "csharp").Select(_ => f)));

    private static bool Exists(string file, string target)
    {
        var parts = target.Split('#', 2);
        var path = parts[0].Length == 0 ? file
            : Path.GetRelativePath(Document.Root, Path.GetFullPath(parts[0], Path.GetDirectoryName(Path.Combine(Document.Root, file))!)).Replace('\\', '/');
        return Path.Exists(Path.Combine(Document.Root, path)) && (parts.Length == 1 || Document.Anchors(path).Contains(parts[1]));
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^ +run: ", RegexOptions.Multiline)]
    private static partial Regex Run();

    [GeneratedRegex(@"path: (?<path>[\w./-]+)")]
    private static partial Regex CheckpointPath();

    [GeneratedRegex(@"policy_file: (?<path>[\w./-]+)")]
    private static partial Regex PolicyPath();

    [GeneratedRegex(@"(?:'[^']*'|\S)+")]
    private static partial Regex Argument();

    [GeneratedRegex(@"(^|\s+)# .*$")]
    private static partial Regex Comment();
}
