using System.Diagnostics;
using System.Runtime.InteropServices;
using Tuning.CommandLine;
using Tuning.Reporting;

namespace Tuning.Tests.CommandLine;

/// <summary>What is printed: never more important than the run, never obeyed by the terminal, safe to be copied.</summary>
public sealed class ConsoleTests : IDisposable
{
    private readonly CommandRun _run = new();

    public static TheoryData<Exception> Refusals =>
        [new IOException("No space left on device"), new UnauthorizedAccessException("denied"), new ObjectDisposedException("console"),
            new System.ComponentModel.Win32Exception(11)];

    public void Dispose() => _run.Dispose();

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_cannot_be_written_is_dropped_and_remembered(Exception refusal)
    {
        var console = new ConsoleWriter(() => throw refusal);
        console.WriteLine("a");
        console.Write('b');
        console.Flush();
        Assert.NotNull(console.Loss);
    }

    [Fact]
    public void Characters_that_command_a_terminal_are_shown_and_not_obeyed()
    {
        using var text = new StringWriter();
        new ConsoleWriter(() => text).Write("a\u001b[31mred\u009b0m \u202eback\rover\r\n\tnext\a");
        Assert.Equal("a\ufffd[31mred\ufffd0m \ufffdback\ufffdover\r\n\tnext\ufffd", text.ToString());
    }

    [Theory]
    [InlineData("results/a-1", "results/a-1")]
    [InlineData("a b", "'a b'")]
    [InlineData("$(reboot)`x`!*", "'$(reboot)`x`!*'")]
    [InlineData("it's", @"'it'\''s'")]
    [InlineData(@"a\b", @"'a\b'")]
    [InlineData("~", "'~'")]
    [InlineData("=ls", "'=ls'")]
    [InlineData("a\u001b'\\", @"$'a\u001b\'\\'")]
    [InlineData("", "''")]
    public void Command_to_copy_is_quoted_so_that_a_shell_expands_nothing(string argument, string expected) =>
        Assert.Equal(expected, Values.ShellWord.Of(argument, isWindows: false));

    [Fact]
    public void Directory_that_looks_like_an_option_is_none() => Assert.Equal("./-x", StartedAs.Shortest("/here/-x", "/here"));

    [Fact]
    public void Signal_while_all_is_being_closed_is_no_error()
    {
        var signals = new StopSignals(new ConsoleWriter(() => throw new IOException("gone")), TimeSpan.FromHours(1));
        signals.Receive(PosixSignal.SIGHUP);
        signals.Dispose();
        signals.Receive(PosixSignal.SIGINT);
        Assert.Equal(129, signals.ExitCode);
        Assert.Equal("stopped by Ctrl-C", signals.Reason);
    }

    [Theory]
    [Trait("Lane", "Slow")]
    [InlineData("exec dotnet exec \"$0\" run toy.yaml > /dev/full 2> /dev/full")]
    [InlineData("exec dotnet exec \"$0\" run toy.yaml >&- 2>&-")]
    [InlineData("dotnet exec \"$0\" run toy.yaml > /dev/null && { dotnet exec \"$0\" list > /dev/full; test $? = 1; }")]
    public async Task Console_that_cannot_be_written_ends_no_experiment(string command)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full is Linux's");
        _run.Write("toy.yaml", "toy: {run: curve-fit, stop: {training_iteration: 3}, config: {}, num_samples: 3}");
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command, Path.Combine(AppContext.BaseDirectory, "experiments.dll")])
        {
            WorkingDirectory = _run.Directory,
        })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.True((await ResultGrid.LoadAsync(Path.Combine(_run.Storage, "toy"), TestContext.Current.CancellationToken)).IsFinished);
    }
}
