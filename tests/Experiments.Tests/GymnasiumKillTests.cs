using System.Diagnostics;
using Tuning.Testing;

namespace Tuning.Tests;

/// <summary>A tuner that is killed leaves no worker of Python behind.</summary>
[Trait("Lane", "Slow")]
public sealed class GymnasiumKillTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task Killed_tuner_leaves_no_worker_alive()
    {
        Assert.SkipUnless(File.Exists(Python), $"There is no {Python}.");
        using (var numpy = Process.Start(Python, ["-c", "import numpy"]))
        {
            await numpy.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.SkipUnless(numpy.ExitCode == 0, "There is no numpy.");
        }

        var file = Path.Combine(_folder.Path, "a.yaml");
        await File.WriteAllTextAsync(file, $$"""
            a:
              run: PPO
              env: gym:Counter-v0
              stop: {training_iteration: 1000000}
              config:
                num_env_runners: 2
                env_config: {python: {{Python}}, gym_module: fake_envs, python_path: {{Approved.Repository}}/tests/Gymnasium.Tests/python}
            """, TestContext.Current.CancellationToken);
        using var tuner = Process.Start(new ProcessStartInfo("dotnet", [typeof(CurveFit).Assembly.Location, file, "--storage", _folder.Path])
        {
            RedirectStandardOutput = true,
        })!;
        var mark = FormattableString.Invariant($"tuner-gym-{tuner.Id}-");
        while (Workers(mark).Count < 2)
        {
            Assert.False(tuner.HasExited, await Output(tuner));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        tuner.Kill();

        while (Workers(mark).Count > 0)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<string> Output(Process process) => process.HasExited ? await process.StandardOutput.ReadToEndAsync() : "";

    private static List<string> Workers(string mark) => [.. Directory.EnumerateDirectories("/proc").Where(d =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(d, "cmdline")).Contains(mark, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    })];
}
