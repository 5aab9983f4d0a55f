using System.Diagnostics;
using System.Globalization;
using Tuning.Testing;

namespace Tuning.Tests;

/// <summary>Trials in processes of their own, of which one ends: by itself, with the process that it belongs to, or as it was told.</summary>
[Trait("Lane", "Slow")]
public sealed class IsolationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("throw", "as it is told")]
    [InlineData("exit", "Its process ended with exit code 7 after report 3. It printed: process ")]
    [InlineData("fail_fast", "Its process was ended by SIGABRT after report 3. It printed: Process terminated. as it is told")]
    [InlineData("hang", "It reported nothing for ")]
    [InlineData("overflow", "Its process was ended by SIGABRT after report 3. It printed: Stack overflow.")]
    public async Task What_ends_a_process_fails_its_trial_alone(string how, string error)
    {
        var results = await FragileAsync(how, exitCode: 1);

        Assert.Equal([TrialStatus.Terminated, TrialStatus.Failed], results.Select(r => r.Status));
        Assert.Equal([6, 3], results.Select(r => r.Reports));
        Assert.StartsWith(error, results[1].Error);
        Assert.Contains(error[..10], await File.ReadAllTextAsync(Path.Combine(results[1].Directory, "error.txt")));
        Assert.StartsWith("process ", await File.ReadAllTextAsync(Path.Combine(results[1].Directory, "stdout.log")));
    }

    [Fact]
    public async Task A_trial_that_hangs_at_its_end_is_ended_by_force_and_the_next_one_runs()
    {
        var results = await FragileAsync("save", exitCode: 0);

        Assert.Equal([TrialStatus.Terminated, TrialStatus.Terminated], results.Select(r => r.Status));
        Assert.Equal([4, 4], results.Select(r => r.Reports));
        Assert.Equal(["checkpoint_000000", "checkpoint_000001"], results.Select(r => Path.GetFileName(r.Checkpoint!.Path)));
    }

    [Fact]
    public async Task A_trial_whose_process_was_killed_goes_on_from_its_checkpoint_in_another()
    {
        var results = await FragileAsync("once", exitCode: 0);

        Assert.Equal([TrialStatus.Terminated, TrialStatus.Terminated], results.Select(r => r.Status));
        Assert.Equal([6, 6], results.Select(r => r.Reports));
        Assert.Equal(2, Processes(results[1]).Distinct().Count());
        Assert.Single(Processes(results[0]));
    }

    [Fact]
    public async Task A_trial_that_ends_its_process_again_and_again_is_given_up()
    {
        var results = await FragileAsync("always", exitCode: 1);

        Assert.Equal([TrialStatus.Terminated, TrialStatus.Failed], results.Select(r => r.Status));
        Assert.Contains("It is given up: that happened 5 times in a row.", results[1].Error);
    }

    [Fact]
    public async Task Processes_end_with_the_process_that_they_belong_to()
    {
        var truth = Directory.CreateDirectory(Path.Combine(_folder.Path, "truth")).FullName;
        using var process = Start(_folder.Path, truth, "100000", "process");
        while (Directory.GetFiles(truth).Length < 2)
        {
            Assert.False(process.HasExited, "It ended early.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        var children = Descendants(process.Id);
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        // Two supervisors and two processes of trials at least; all are gone soon.
        Assert.InRange(children.Count, 4, 6);
        while (children.Exists(p => Directory.Exists($"/proc/{p}")))
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_process_that_would_not_end_is_gone_also_when_nobody_is_left_to_end_it()
    {
        using var process = Start("fragile", _folder.Path, "stay");
        while (Directory.GetFiles(_folder.Path, "died-0", SearchOption.AllDirectories).Length == 0)
        {
            Assert.False(process.HasExited, "It ended early.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        var children = Descendants(process.Id).ToLookup(p => Words(p).Contains("Tuning.Programs"));
        Assert.NotEmpty(children[false]);
        process.Kill();
        foreach (var supervisor in children[true])
        {
            KillTests.Signal(supervisor);
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        while (children[false].Any(p => Words(p).Length > 0))
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Whatever_runs_where_the_results_are_the_same()
    {
        var reports = new List<string>();
        foreach (var isolation in (string[])["thread", "process"])
        {
            var storage = Directory.CreateDirectory(Path.Combine(_folder.Path, isolation)).FullName;
            using var process = Start(storage, Directory.CreateDirectory(Path.Combine(storage, "truth")).FullName, "20", isolation, "alone");
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, process.ExitCode);
            var results = await ResultGrid.LoadAsync(Path.Combine(storage, "kill"));
            reports.Add(string.Join('\n', results.Select(r =>
                $"{r.Id} {r.Status} {r.Reports} {r.Metrics!.Number("epoch")} {r.Metrics.Number("x")} {Path.GetFileName(r.Checkpoint?.Path)}")));
        }

        Assert.Equal(reports[0], reports[1]);
    }

    private static List<string> Processes(TrialResult trial) =>
        [.. File.ReadAllLines(Path.Combine(trial.Directory, "stdout.log")).Where(l => l.StartsWith("process ", StringComparison.Ordinal))];

    private async Task<ResultGrid> FragileAsync(string how, int exitCode)
    {
        using var process = Start("fragile", _folder.Path, how);
        var printed = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == exitCode, printed);
        return await ResultGrid.LoadAsync(Path.Combine(_folder.Path, "fragile"));
    }

    private static Process Start(params string[] arguments) => Process.Start(
        new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "KillHost.dll"), .. arguments]) { RedirectStandardError = true })!;

    internal static string Words(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    internal static List<int> Descendants(int ancestor)
    {
        var parents = Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(n => int.TryParse(n, out _)).Select(n => (Id: int.Parse(n!,
            CultureInfo.InvariantCulture), Parent: Parent(n!))).ToLookup(p => p.Parent, p => p.Id);
        var (found, at) = (new List<int>(parents[ancestor]), 0);
        while (at < found.Count)
        {
            found.AddRange(parents[found[at++]]);
        }

        return found;
    }

    private static int Parent(string process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(text[(text.LastIndexOf(')') + 4)..].Split(' ')[0], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
