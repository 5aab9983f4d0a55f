using System.Diagnostics;
using Tuning.Testing;

namespace Tuning.Tests;

/// <summary>The programs in <c>experiments/programs</c> as their files run them, with the system's interpreter; a missing package is said.</summary>
[Trait("Lane", "Slow")]
public sealed class ProgramExampleTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("program-python", "json", "loss")]
    [InlineData("program-sklearn", "sklearn", "accuracy")]
    [InlineData("program-pytorch", "torch", "loss")]
    public async Task Example_runs(string name, string package, string metric)
    {
        Assert.SkipUnless(File.Exists(Python), $"There is no {Python}.");
        Assert.SkipUnless(await RunAsync(Python, "-c", $"import {package}") == 0, $"{Python} has no package {package}.");
        Assert.Equal(0, await RunAsync("dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "experiments.dll"),
            Path.Combine(Approved.Repository, "experiments", name + ".yaml"), "--storage", _folder.Path, "--num-samples", "3"));

        var results = await ResultGrid.LoadAsync(Directory.GetDirectories(_folder.Path).Single(), TestContext.Current.CancellationToken);
        Assert.Equal(3, results.Count);
        Assert.All(results, t => Assert.True(t.Status == TrialStatus.Terminated && t.Metrics.Number(metric) is not null, t.Error));
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            Environment = { ["PATH"] = "/usr/bin:" + Environment.GetEnvironmentVariable("PATH") },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await error;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }
}
