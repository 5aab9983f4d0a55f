using System.Runtime.InteropServices;
using Tuning.CommandLine;
using Tuning.Hosting;

namespace Tuning.Tests.CommandLine;

public sealed class PartsTests
{
    [Theory]
    [InlineData("30s", 30)]
    [InlineData("1.5m", 90)]
    [InlineData("2h", 7200)]
    [InlineData("250ms", 0.25)]
    [InlineData("45", 45)]
    [InlineData("1:30", 90)]
    [InlineData("1:00:30", 3630)]
    public void Durations_are_read_as_people_write_them(string text, double seconds)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1d")]
    [InlineData("1:2:3:4")]
    [InlineData("1:30s")]
    [InlineData("nan")]
    [InlineData("1e300")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData("/home/me/experiments/bin/experiments", "x.dll", "bash", "./experiments/bin/experiments")]
    [InlineData("/usr/bin/dotnet", "/home/me/out/experiments.dll", "bash", "dotnet out/experiments.dll")]
    [InlineData("/usr/bin/dotnet", "/opt/a b/experiments.dll", "bash", "dotnet '/opt/a b/experiments.dll'")]
    [InlineData("/home/me/e/bin/e", "x", "dotnet run --project e -c Release -- e/x.yaml --seed 1", "dotnet run --project e -c Release --")]
    [InlineData("/home/me/e/bin/e", "x", "/usr/bin/dotnet run -c Release x.yaml --seed 1", "dotnet run -c Release --")]
    [InlineData("/home/me/e/bin/e", "x", "dotnet run --project=e --no-build x.yaml", "dotnet run --project=e --no-build --")]
    public void Commands_begin_as_this_program_was_started(string process, string assembly, string parent, string expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The paths are those of Unix.");
        var found = StartedAs.Find(process, assembly, parent.Split(' '), "/home/me");
        Assert.Equal(expected, found is ['e', ..] ? "./" + found : found);
    }

    [Fact]
    public void Commands_of_a_tool_on_the_path_begin_with_its_name()
    {
        var directory = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).First(d => d.Length > 0);
        Assert.Equal("tuner", StartedAs.Find(Path.Combine(directory, "tuner"), "tuner.dll", ["bash"], "/home/me"));
    }

    [Fact]
    public void Signals_first_stop_then_abort_then_end_the_process()
    {
        var output = new StringWriter();
        using var signals = new StopSignals(output, null);
        Assert.True(signals.Receive(PosixSignal.SIGTERM));
        Assert.True(signals.Stop.IsCancellationRequested);
        Assert.False(signals.Abort.IsCancellationRequested);
        Assert.Equal("stopped by SIGTERM", signals.Reason);
        Assert.True(signals.Receive(PosixSignal.SIGINT));
        Assert.True(signals.Abort.IsCancellationRequested);
        Assert.False(signals.Receive(PosixSignal.SIGINT));
        Assert.Equal(143, signals.ExitCode);
        Assert.Contains("aborting", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Grace_turns_a_stop_into_an_abort()
    {
        using var signals = new StopSignals(new StringWriter(), TimeSpan.FromMilliseconds(1));
        var aborted = new TaskCompletionSource();
        using var registration = signals.Abort.Register(aborted.SetResult);
        signals.Receive(PosixSignal.SIGINT);
        await aborted.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal(130, signals.ExitCode);
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("greet")]
    public void A_command_whose_name_is_taken_is_refused(string name)
    {
        TunerCommand command = new(name, "Say hello.", (_, _) => Task.FromResult(0));
        var e = Assert.Throws<ArgumentException>(() =>
            new ExperimentHost(t => t.AddCommand(new("greet", "Say hello.", command.Run)).AddCommand(command), TimeProvider.System));
        Assert.StartsWith($"There is a command '{name}' already", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x.yaml --seed 1", "run x.yaml --seed 1")]
    [InlineData("--only a x.yaml", "run --only a x.yaml")]
    [InlineData("resume x", "resume x")]
    [InlineData("--help", "--help")]
    [InlineData("help run", "run --help")]
    public void A_command_is_put_in_where_none_is_named(string given, string expected) =>
        Assert.Equal(expected.Split(' '), CommandTree.WithDefault(given.Split(' '), Documents.Commands.Context));
}
