using System.Diagnostics;
using System.IO.Compression;
using System.Text.RegularExpressions;

namespace Tuning.Tests;

/// <summary>What a stranger does first: install the packages, begin a program from the template, run it; or install the tool.</summary>
[Trait("Lane", "Slow")]
public sealed partial class PackageTests(PackageTests.Packages packages) : IClassFixture<PackageTests.Packages>, IDisposable
{
    private static readonly string[] _packages =
    [
        "Tuning", "Tuning.App", "Tuning.CommandLine", "Tuning.Dashboard", "Tuning.Gymnasium", "Tuning.Loggers", "Tuning.Programs",
        "Tuning.Server", "Tuning.Templates", "Tuning.Torch", "Tuning.Trainables", "tuner",
    ];
    private static readonly string _root = Testing.Approved.Repository;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tuner-package-");

    /// <summary>All packages of the repository in a folder, made once.</summary>
    public sealed class Packages : IAsyncLifetime
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tuner-packages-");

        public string Folder => _folder.FullName;

        public string Version { get; } = "0.0.1-test." + Guid.NewGuid().ToString("N");

        public async ValueTask InitializeAsync() =>
            await RunAsync("dotnet", _root, $"pack Tuner.sln --no-build --configuration {Configuration} -p:Version={Version} --output {Folder}");

        public ValueTask DisposeAsync()
        {
            _folder.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task Template_runs_the_lines_of_the_readme_with_all_that_a_file_run_writes()
    {
        var hive = "--debug:custom-hive " + Path.Combine(_directory.FullName, "hive");
        var app = Path.Combine(_directory.FullName, "app");
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "Directory.Build.props"), Sources());
        await RunAsync("dotnet", _directory.FullName, $"new install {Path.Combine(packages.Folder, $"Tuning.Templates.{packages.Version}.nupkg")} {hive}");
        await RunAsync("dotnet", _directory.FullName, $"new tuner --output {app} --tunerVersion {packages.Version} {hive}");
        await RunAsync("dotnet", app, "build");
        var output = await RunAsync("dotnet", app, "run --no-build");

        Assert.StartsWith("best: ", output, StringComparison.Ordinal);
        var experiment = Directory.GetDirectories(Path.Combine(app, "results")).Single();
        Assert.Superset(
            new HashSet<string?>(["journal.jsonl", "experiment.yaml", "tuner.log", "decisions.csv", "trial_00019"]),
            Directory.EnumerateFileSystemEntries(experiment).Select(Path.GetFileName).ToHashSet());
        var trial = Directory.EnumerateFiles(Path.Combine(experiment, "trial_00000")).Select(f => Path.GetFileName(f)).ToList();
        Assert.Superset(new HashSet<string>(["params.json", "progress.csv", "result.json"]), trial.ToHashSet());
        Assert.Contains(trial, f => f.StartsWith("events.out.tfevents", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tool_is_installed_from_a_folder_and_knows_the_algorithms()
    {
        var tools = Path.Combine(_directory.FullName, "tools");
        await RunAsync("dotnet", _directory.FullName, $"tool install tuner --tool-path {tools} --version {packages.Version} --source {packages.Folder}");
        var output = await RunAsync(Path.Combine(tools, "tuner"), _directory.FullName, $"validate {Path.Combine(_root, "experiments", "pendulum-ppo.yaml")}");

        Assert.Contains("is valid: 1 experiment.", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_package_says_what_it_is()
    {
        Assert.Equal(_packages.Order(StringComparer.Ordinal),
            Directory.GetFiles(packages.Folder, "*.nupkg").Select(p => Path.GetFileName(p)[..^(packages.Version.Length + 7)]).Order(StringComparer.Ordinal));
        Assert.All(_packages, name =>
        {
            using var package = ZipFile.OpenRead(Path.Combine(packages.Folder, $"{name}.{packages.Version}.nupkg"));
            var entries = package.Entries.Select(e => e.FullName).ToList();
            using var reader = new StreamReader(package.GetEntry(name + ".nuspec")!.Open());
            var specification = reader.ReadToEnd();
            Assert.Contains("README.md", entries);
            Assert.Contains("icon.png", entries);
            Assert.All(["<authors>The Tuner authors</authors>", "<license type=\"expression\">MIT</license>", "<readme>README.md</readme>",
                "<icon>icon.png</icon>", "<tags>", "<description>"],
                what => Assert.Contains(what, specification, StringComparison.Ordinal));
            using var readme = new StreamReader(package.GetEntry("README.md")!.Open());
            Assert.StartsWith("# " + name, readme.ReadToEnd(), StringComparison.Ordinal);
            if (name != "Tuning.Templates")
            {
                Assert.True(File.Exists(Path.Combine(packages.Folder, $"{name}.{packages.Version}.snupkg")), name + " has no symbols.");
            }
        });
    }

    [Fact]
    public void Engine_and_command_line_bring_what_they_need_and_no_more()
    {
        Assert.Equal(["CsvHelper", "MathNet.Numerics", "Microsoft.Extensions.Diagnostics.HealthChecks", "Microsoft.Extensions.Hosting", "Quartz"],
            Dependencies("Tuning"));
        Assert.Equal(["Tuning", "Tuning.CommandLine", "Tuning.Loggers"],
            Dependencies("Tuning.App").Where(d => d.StartsWith("Tuning", StringComparison.Ordinal)));
    }

    [Fact]
    public void Template_is_what_the_readme_says()
    {
        var code = CodeBlock().Match(File.ReadAllText(Path.Combine(_root, "README.md"))).Groups["code"].Value;
        var folder = Path.Combine(_root, "templates", "tuner");
        var version = VersionTag().Match(File.ReadAllText(Path.Combine(_root, "Directory.Build.props"))).Groups["version"].Value;

        Assert.InRange(code.Split('\n').Count(l => l.Trim().Length > 0), 12, 24);
        Assert.Equal(code, File.ReadAllText(Path.Combine(folder, "Program.cs")).ReplaceLineEndings("\n"));
        Assert.Contains($"\"defaultValue\": \"{version}\"", File.ReadAllText(Path.Combine(folder, ".template.config", "template.json")),
            StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static string Configuration =>
        AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";

    private IEnumerable<string> Dependencies(string name)
    {
        using var package = ZipFile.OpenRead(Path.Combine(packages.Folder, $"{name}.{packages.Version}.nupkg"));
        using var reader = new StreamReader(package.GetEntry(name + ".nuspec")!.Open());
        return [.. Dependency().Matches(reader.ReadToEnd()).Select(m => m.Groups["id"].Value).Order(StringComparer.Ordinal)];
    }

    // The packages under test are unpacked beside the project, so that no version of them stays in the user's own cache;
    // everything else comes from that cache.
    private string Sources() => $"""
        <Project>
          <PropertyGroup>
            <RestorePackagesPath>$(MSBuildThisFileDirectory)cache</RestorePackagesPath>
            <RestoreFallbackFolders>{Cache}</RestoreFallbackFolders>
            <RestoreAdditionalProjectSources>{packages.Folder}</RestoreAdditionalProjectSources>
          </PropertyGroup>
        </Project>
        """;

    private static string Cache => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static async Task<string> RunAsync(string program, string directory, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} {arguments} ended with {process.ExitCode}:\n{output}\n{await error}");
        return output;
    }

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("<Version>(?<version>.*?)</Version>")]
    private static partial Regex VersionTag();

    [GeneratedRegex("<dependency id=\"(?<id>[^\"]+)\"")]
    private static partial Regex Dependency();
}
