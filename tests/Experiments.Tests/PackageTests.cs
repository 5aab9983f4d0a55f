using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Tuning.Tests;

/// <summary>What a stranger does first: install the packages into an empty console project and run the README's lines.</summary>
public sealed partial class PackageTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tuner-package-");

    [Fact]
    public async Task Readme_lines_run_in_an_empty_project_with_the_packages_installed()
    {
        var root = FindRoot();
        var packages = _directory.CreateSubdirectory("packages").FullName;
        var version = "0.0.1-test." + Guid.NewGuid().ToString("N");
        foreach (var project in new[] { "Tuner", "Trainables", "Loggers" })
        {
            await DotnetAsync(root, $"pack src/{project} --no-build --configuration {Configuration} -p:Version={version} --output {packages}");
        }

        Assert.Equal(["Tuning", "Tuning.Loggers", "Tuning.Trainables"], Directory.GetFiles(packages, "*.nupkg").Select(p => Path.GetFileName(p)[..^(version.Length + 7)]).Order());

        var app = _directory.CreateSubdirectory("app").FullName;
        await File.WriteAllTextAsync(Path.Combine(app, "app.csproj"), Project(packages, version));
        await File.WriteAllTextAsync(Path.Combine(app, "Program.cs"), ReadmeCode(root));
        await DotnetAsync(app, "build");
        var output = await DotnetAsync(app, "run --no-build");

        Assert.Contains("best", output, StringComparison.OrdinalIgnoreCase);
        Assert.True(File.Exists(Directory.GetFiles(Path.Combine(app, "results"), "journal.jsonl", SearchOption.AllDirectories).Single()));
    }

    [Fact]
    public void Readme_example_has_about_twenty_lines() =>
        Assert.InRange(ReadmeCode(FindRoot()).Split('\n').Count(l => l.Trim().Length > 0), 12, 24);

    public void Dispose() => _directory.Delete(recursive: true);

    private static string Configuration => AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";

    // The packages under test are unpacked beside the project, so that no version of them stays in the user's own cache;
    // everything else comes from that cache.
    private static string Project(string packages, string version) => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <RestorePackagesPath>$(MSBuildProjectDirectory)/../cache</RestorePackagesPath>
            <RestoreFallbackFolders>{Cache}</RestoreFallbackFolders>
            <RestoreAdditionalProjectSources>{packages}</RestoreAdditionalProjectSources>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Tuning" Version="{version}" />
            <PackageReference Include="Tuning.Trainables" Version="{version}" />
            <PackageReference Include="Tuning.Loggers" Version="{version}" />
          </ItemGroup>
        </Project>
        """;

    private static string Cache => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static string ReadmeCode(string root) => CodeBlock().Match(File.ReadAllText(Path.Combine(root, "README.md"))).Groups["code"].Value;

    private static async Task<string> DotnetAsync(string directory, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"dotnet {arguments} ended with {process.ExitCode}:\n{output}\n{await error}");
        return output;
    }

    private static string FindRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Tuner.sln")))
        {
            at = at.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return at.FullName;
    }

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
