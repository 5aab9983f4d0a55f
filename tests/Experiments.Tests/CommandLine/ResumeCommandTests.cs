using System.Runtime.InteropServices;
using System.Text.Json;
using Tuning.CommandLine;
using Tuning.Testing;

namespace Tuning.Tests.CommandLine;

public sealed class ResumeCommandTests : IDisposable
{
    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Resume_extends_a_finished_experiment()
    {
        await _run.RunAsync(_run.Toy(), "-q");
        var directory = Path.Combine(_run.Storage, "toy");
        Assert.Equal(0, await _run.RunAsync("resume", directory, "--add-samples", "1"));
        Assert.Contains(_run.OutputLines, l => l.Contains("4 trials completed", StringComparison.Ordinal));
        Assert.Equal(4, (await ResultGrid.LoadAsync(directory, TestContext.Current.CancellationToken)).Count);
        Assert.Equal(3, File.ReadLines(Path.Combine(directory, "trial_00003", "result.json")).Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Resume_says_when_nothing_was_to_do(bool isExtended)
    {
        await _run.RunAsync(_run.Toy(), "-q");
        Assert.Equal(0, await _run.RunAsync(["resume", Path.Combine(_run.Storage, "toy"), .. isExtended ? (string[])["--add-samples", "1"] : []]));

        Assert.Equal(!isExtended, _run.Output.Contains("Nothing was to do: it had finished.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Resume_trains_trials_longer_that_had_come_to_the_old_stop_criterion()
    {
        await _run.RunAsync(_run.Toy("  stop: {training_iteration: 2}"), "-q");
        var directory = Path.Combine(_run.Storage, "toy");
        Assert.All(await ResultGrid.LoadAsync(directory, TestContext.Current.CancellationToken), t => Assert.Equal(2, t.Reports));
        Assert.Equal(0, await _run.RunAsync("resume", directory, "--stop", "training_iteration=3"));
        Assert.All(await ResultGrid.LoadAsync(directory, TestContext.Current.CancellationToken), t => Assert.Equal(3, t.Reports));
        Assert.Equal(3, File.ReadLines(Path.Combine(directory, "trial_00000", "result.json")).Count());
        Assert.Equal(2, await _run.RunAsync("resume", directory, "--stop", "training_iteration"));
        Assert.Contains("--stop training_iteration: it must be a metric and a number", _run.Error, StringComparison.Ordinal);
        Assert.Equal(0, await _run.RunAsync("show", directory, "--scope", "min"));
    }

    [Fact]
    public async Task Resume_counts_on_and_knows_the_best_of_earlier_sessions()
    {
        await _run.RunAsync(_run.Toy(), "-q");
        await _run.RunAsync("resume", Path.Combine(_run.Storage, "toy"), "--add-samples", "1");
        var summary = _run.OutputLines.Last(l => l.StartsWith('['));
        Assert.Contains("] 4 completed; best 00001 loss=0.33333", summary, StringComparison.Ordinal);
        Assert.DoesNotContain("left", summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_extension_that_cannot_be_is_wrong_use()
    {
        await _run.RunAsync(_run.Toy(), "-q", "--num-samples", "2");
        Assert.Equal(2, await _run.RunAsync("resume", Path.Combine(_run.Storage, "toy"), "--num-samples", "1"));
        Assert.Contains("num_samples 1 makes 2 trials, and 4 have been created already", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_earlier_run_that_has_not_finished_is_named_once()
    {
        await _run.RunAsync(_run.Toy(), context =>
        {
            var signals = new StopSignals(context.Error, null);
            _run.AtSecondStep = () => signals.Receive(PosixSignal.SIGINT);
            return signals;
        });
        _run.AtSecondStep = null;
        Assert.Equal(0, await _run.RunAsync(_run.Toy()));
        Assert.Single(_run.OutputLines, l => l.Contains("has not finished", StringComparison.Ordinal));
        Assert.Equal("", _run.Error);
    }

    [Fact]
    public async Task Resume_of_something_else_lists_what_there_is()
    {
        await _run.RunAsync(_run.Toy(), "-q");
        Assert.Equal(2, await _run.RunAsync("resume", Path.Combine(_run.Storage, "tooy")));
        Assert.Contains($"Experiments in {_run.Storage}: toy.", _run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT, 130, "Ctrl-C")]
    [InlineData(PosixSignal.SIGTERM, 143, "SIGTERM")]
    public async Task A_signal_stops_gracefully_and_the_printed_command_continues(PosixSignal signal, int code, string name)
    {
        Assert.Equal(code, await _run.RunAsync(_run.Toy(), context =>
        {
            var signals = new StopSignals(context.Error, null);
            _run.AtSecondStep = () => signals.Receive(signal);
            return signals;
        }));
        _run.AtSecondStep = null;
        var directory = Path.Combine(_run.Storage, "toy");
        Assert.Contains(_run.OutputLines,
            l => l.StartsWith($"toy stopped after ", StringComparison.Ordinal) && l.Contains($"stopped by {name}", StringComparison.Ordinal));
        Assert.Contains(_run.OutputLines,
            l => l.StartsWith("Resume:  ", StringComparison.Ordinal) && l.EndsWith("resume " + directory, StringComparison.Ordinal));
        Assert.True(Directory.Exists(Path.Combine(directory, "trial_00000", "checkpoint_000000")));

        Assert.Equal(0, await _run.RunAsync("resume", directory));
        foreach (var trial in new[] { "trial_00000", "trial_00001" })
        {
            var lines = File.ReadAllLines(Path.Combine(directory, trial, "result.json"));
            Assert.Equal([1, 2, 3], lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("training_iteration").GetInt32()));
            Assert.Equal([false, false, true], lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("done").GetBoolean()));
            Assert.Equal(4, File.ReadLines(Path.Combine(directory, trial, "progress.csv")).Count());
        }
    }

    [Fact]
    public async Task Grace_that_runs_out_aborts_and_the_experiment_can_be_resumed()
    {
        var time = new ManualTimeProvider();
        Assert.Equal(143, await _run.RunAsync(_run.Toy(), context =>
        {
            var signals = new StopSignals(context.Error, TimeSpan.FromSeconds(30), time);
            _run.AtSecondStep = () =>
            {
                signals.Receive(PosixSignal.SIGTERM);
                time.Advance(TimeSpan.FromSeconds(29));
                Assert.False(signals.Abort.IsCancellationRequested);
                time.Advance(TimeSpan.FromSeconds(2));
                Assert.True(signals.Abort.IsCancellationRequested);
            };
            return signals;
        }));
        _run.AtSecondStep = null;
        Assert.Contains("within 30 s", _run.Output + _run.Error, StringComparison.Ordinal);
        Assert.Contains("30 s have passed: aborting.", _run.Output + _run.Error, StringComparison.Ordinal);
        var directory = Path.Combine(_run.Storage, "toy");
        Assert.False(Directory.Exists(Path.Combine(directory, "trial_00000", "checkpoint_000000")));

        Assert.Equal(0, await _run.RunAsync("resume", directory, "-q"));
        Assert.Equal([3, 3], (await ResultGrid.LoadAsync(directory, TestContext.Current.CancellationToken)).Select(t => t.Reports));
    }
}
