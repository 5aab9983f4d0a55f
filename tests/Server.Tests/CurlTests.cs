using System.Diagnostics;
using System.Text.Json;
using Tuning.Testing;

namespace Tuning.Tests;

/// <summary>The lines of shell in <c>docs/ask-and-tell.md</c>, as they stand there.</summary>
public sealed class CurlTests
{
    private static readonly string[] _paths = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);

    public static bool HasCurl => _paths.Any(p => File.Exists(Path.Combine(p, "curl"))) && _paths.Any(p => File.Exists(Path.Combine(p, "bash")));

    [Fact(Skip = "There is no curl, or no bash.", SkipUnless = nameof(HasCurl))]
    public async Task Documented_lines_ask_report_and_tell()
    {
        await using var served = await new ServedStudy
        {
            Space = new SearchSpace().Add("x", Domain.Uniform(-10, 10)).Add("y", Domain.Uniform(-10, 10)),
        }.StartAsync();
        var document = await File.ReadAllLinesAsync(Path.Combine(Approved.Repository, "docs", "ask-and-tell.md"), TestContext.Current.CancellationToken);
        var lines = document.Where(l => l.StartsWith("ask", StringComparison.Ordinal)).ToList();
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", string.Join("; echo\n", lines.Select(l => l.Split(" # ")[0])) + "; echo"])
        {
            Environment = { ["TUNER_URL"] = served.Server.Url, ["TUNER_TOKEN"] = served.Server.Token },
            RedirectStandardOutput = true,
        })!;
        var said = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var found = said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(a => JsonDocument.Parse(a).RootElement).ToList();

        // What is said there to come is what comes, but for numbers and what is left out.
        Assert.Equal(4, lines.Count);
        Assert.Equal(["trials,more", "answer,repeated", "trial,status,recorded,repeated"],
            found.Select(a => string.Join(',', a.EnumerateObject().Select(p => p.Name))));
        Assert.All(lines.Skip(1).Zip(found), pair => Assert.All(
            pair.Second.EnumerateObject(), p => Assert.Contains($"\"{p.Name}\":", pair.First, StringComparison.Ordinal)));
        Assert.Equal(("continue", "completed"), (found[1].GetProperty("answer").GetString(), found[2].GetProperty("status").GetString()));
    }
}
