using System.Diagnostics;
using Tuning.Programs;
using Tuning.Testing;

namespace Tuning.Tests;

/// <summary>Programs as trials, from their start to their end, whatever they do.</summary>
public sealed class ProgramTrialTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private int _runs;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Parameters_arrive_by_words_variables_and_file()
    {
        var results = await RunAsync(Shell("""
            printf '%s|%s|%s|%s\n' "$0" "$1" "$TUNER_PARAM_X" "$MORE" > "$TUNER_TRIAL_DIR/seen"
            cat "$TUNER_CONFIG" >> "$TUNER_TRIAL_DIR/seen"
            echo '{"loss": 1}' >> "$TUNER_METRICS"
            """, "--x=${x}", "a b '$HOME'") with { Env = new Dictionary<string, string> { ["MORE"] = "x is ${x}" } },
            new SearchSpace().Add("x", Domain.Choice(0.1)));

        var trial = Assert.Single(results);
        Assert.Equal(TrialStatus.Terminated, trial.Status);
        Assert.Equal("--x=0.1|a b '$HOME'|0.1|x is 0.1\n{\"x\":0.1}", File.ReadAllText(Path.Combine(trial.Directory, "seen")));
    }

    [Fact]
    public async Task Reports_come_from_file_output_and_patterns()
    {
        var file = Shell("for i in 3 2 1; do echo \"{\\\"loss\\\": $i}\" >> $TUNER_METRICS; done");
        var lines = Shell("for i in 3 2 1; do echo \"{\\\"loss\\\": $i}\"; echo other; done") with { Metrics = ProgramMetrics.StandardOutput };
        var pattern = Shell("for i in 3 2 1; do echo \"epoch: loss=$i\"; done")
            with
        { Metrics = ProgramMetrics.Matching(new Dictionary<string, string> { ["loss"] = "loss=${number}" }) };
        foreach (var options in (ProgramOptions[])[file, lines, pattern])
        {
            var trial = Assert.Single(await RunAsync(options));
            Assert.Equal((TrialStatus.Terminated, 3, 1.0), (trial.Status, trial.Reports, trial.Metrics!.Number("loss")));
        }
    }

    [Theory]
    [InlineData("echo so much >&2; exit 3", "ended with exit code 3.\nso much")]
    [InlineData("echo printed; kill -SEGV $$", "was ended by SIGSEGV.\nprinted")]
    [InlineData("exit 137", "ended with exit code 137")]
    public async Task Program_that_fails_fails_its_trial_with_what_it_said(string script, string message)
    {
        var trial = Assert.Single(await RunAsync(Shell(script)));

        Assert.Equal(TrialStatus.Failed, trial.Status);
        Assert.Contains(message.Split('\n')[0], trial.Error, StringComparison.Ordinal);
        Assert.Contains(message, File.ReadAllText(Path.Combine(trial.Directory, "error.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_that_is_not_there_fails_its_trial()
    {
        var trial = Assert.Single(await RunAsync(new() { Command = new("no-such-program", "x") }));

        Assert.Contains("cannot be started: no-such-program: No such file", trial.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_is_stopped_with_all_that_it_started()
    {
        // Children in sessions of their own, orphaned, and deaf to SIGTERM; reports that come after the decision.
        var trial = Assert.Single(await RunAsync(Shell("""
            trap '' TERM
            setsid sh -c 'trap "" TERM; (trap "" TERM; sleep 600) & sleep 600' &
            (setsid sh -c 'trap "" TERM; sleep 600' &) &
            i=0; while [ $i -lt 50 ]; do i=$((i+1)); echo "{\"loss\": $i}" >> $TUNER_METRICS; done
            sleep 600
            """) with { Grace = 0.2 }, stop: 3));

        Assert.Equal((TrialStatus.Terminated, 3), (trial.Status, trial.Reports));
        Assert.Empty(Left(trial));
        Assert.Equal(47, File.ReadAllLines(Path.Combine(trial.Directory, "late_reports.jsonl")).Length);
    }

    [Fact]
    public async Task Program_that_ends_leaves_nothing_behind()
    {
        var trial = Assert.Single(await RunAsync(Shell("(setsid sleep 600 &) & echo '{\"loss\": 1}' >> $TUNER_METRICS")));

        Assert.Equal(TrialStatus.Terminated, trial.Status);
        Assert.Empty(Left(trial));
    }

    [Fact]
    public async Task Supervisor_that_is_killed_takes_the_program_with_it()
    {
        var trial = Assert.Single(await RunAsync(Shell("(setsid sleep 600 &) & sleep 600 & kill -KILL $PPID; sleep 600")));

        Assert.Contains("lost its supervisor", trial.Error, StringComparison.Ordinal);
        Assert.Empty(Left(trial));
    }

    [Fact]
    public async Task Supervisor_whose_leash_is_cut_ends_everything()
    {
        var script = Path.Combine(_folder.Path, "started");
        using var supervisor = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                "exec", "--runtimeconfig", Path.ChangeExtension(typeof(ProgramTrialTests).Assembly.Location, ".runtimeconfig.json"),
                typeof(Supervisor).Assembly.Location,
            },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Supervisor.WriteStart(supervisor.StandardInput.BaseStream, Path.Combine(_folder.Path, "status"), _folder.Path,
            ["/bin/sh", "-c", "trap '' TERM HUP; (setsid sleep 600 &) & echo up; sleep 600"], [$"TUNER_RUN={script}", "PATH=/usr/bin:/bin"],
            []);
        supervisor.StandardInput.BaseStream.Flush();
        Assert.Equal("up", await supervisor.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.NotEmpty(LinuxProcesses.WithVariable("TUNER_RUN", script));

        // What a terminal sends to everybody is for the tuner to act upon.
        foreach (var signal in (int[])[1, 2, 3, LinuxProcesses.SigTerm])
        {
            LinuxProcesses.Signal(supervisor.Id, signal);
        }

        supervisor.StandardInput.Close();
        await supervisor.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Empty(LinuxProcesses.WithVariable("TUNER_RUN", script));
    }

    [Fact]
    public async Task What_an_earlier_run_left_is_killed_before_a_trial_starts()
    {
        var directory = Path.Combine(_folder.Path, "programs", "trial_00000");
        using var left = Process.Start(new ProcessStartInfo("sleep", "600") { Environment = { ["TUNER_RUN"] = directory } })!;

        Assert.Single(await RunAsync(Shell("echo '{\"loss\": 1}' >> $TUNER_METRICS")));

        await left.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(128 + LinuxProcesses.SigKill, left.ExitCode);
    }

    [Theory]
    [InlineData("head -c 100000000 /dev/zero | tr '\\0' x; echo; echo '{\"loss\": 1}'")]
    [InlineData("head -c 3000000 /dev/urandom; echo; echo '{\"loss\": 1}'")]
    [InlineData("yes '{\"loss\": [' | head -n 300000; echo '{\"loss\": 1}'")]
    [InlineData("printf '\\377\\376{\"loss\": 7}\\n{\"loss\": 1}\\n'")]
    public async Task Output_of_any_kind_is_borne_in_bounded_memory(string script)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var trial = Assert.Single(await RunAsync(Shell(script) with { Metrics = ProgramMetrics.StandardOutput, MaxLogSize = 1 }));

        Assert.Equal((TrialStatus.Terminated, 1.0), (trial.Status, trial.Metrics!.Number("loss")));
        Assert.InRange(new DirectoryInfo(trial.Directory).EnumerateFiles("stdout.log*").Sum(f => f.Length), 1, 2_100_000);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 20_000_000);
    }

    [Fact]
    public async Task Report_that_cannot_be_read_fails_the_trial_by_name()
    {
        var trial = Assert.Single(await RunAsync(Shell("""printf '%s\n' '{"a\nb": 1}' >> $TUNER_METRICS; exec sleep 600""")));

        Assert.Equal(TrialStatus.Failed, trial.Status);
        Assert.Contains("control characters", trial.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_goes_on_from_the_checkpoint_that_it_handed_over()
    {
        // Hands over its state with each report, and counts on from what it is given.
        var options = Shell("""
            i=0; [ -n "$TUNER_CHECKPOINT" ] && i=$(cat "$TUNER_CHECKPOINT/i")
            echo "from $i"
            while [ $i -lt 4 ]; do
              i=$((i+1)); mkdir -p state; echo $i > state/i
              printf '{"loss": %s, "checkpoint": "%s"}\n' $i "$PWD/state"
              [ $i = 2 ] && [ ! -e failed ] && touch failed && sleep 0.5 && exit 1
            done
            exit 0
            """) with { Metrics = ProgramMetrics.StandardOutput, Checkpoints = true, Cwd = _folder.Path };
        var results = await RunAsync(options, checkpoint: new() { CheckpointFrequency = 1 }, failure: new() { MaxFailures = 1 });

        var trial = Assert.Single(results);
        Assert.Equal((TrialStatus.Terminated, 4, 4.0), (trial.Status, trial.Reports, trial.Metrics!.Number("loss")));
        Assert.Equal("from 0\n", string.Concat(File.ReadLines(Path.Combine(trial.Directory, "stdout.log")).Where(l => l == "from 0").Select(l => l + "\n")));
        Assert.Contains(File.ReadLines(Path.Combine(trial.Directory, "stdout.log")), l => l is "from 1" or "from 2");
    }

    [Fact]
    public async Task Several_run_side_by_side_and_none_hears_of_another()
    {
        var results = await RunAsync(Shell("for i in 1 2 3; do echo \"{\\\"loss\\\": $TUNER_PARAM_X}\" >> $TUNER_METRICS; done"),
            new SearchSpace().Add("x", Domain.GridSearch(1, 2, 3, 4, 5, 6)));

        Assert.All(results, r => Assert.Equal(r.Config.Get<double>("x"), r.Metrics!.Number("loss")));
        Assert.All(results, r => Assert.Equal(3, r.Reports));
    }

    private static ProgramOptions Shell(string script, params string[] words) =>
        new() { Command = new(["/bin/sh", "-c", script.ReplaceLineEndings("\n").Replace("${", "$${", StringComparison.Ordinal), .. words]) };

    private static List<int> Left(TrialResult trial) => [.. LinuxProcesses.WithVariable("TUNER_RUN", trial.Directory)];

    [Fact(Timeout = 120_000)]
    public async Task Program_that_is_told_to_stop_while_it_reports_nothing_ends_by_itself_within_its_grace()
    {
        var script = Shell("""
            trap 'touch "$TUNER_TRIAL_DIR/ended"; exit 0' TERM
            touch "$TUNER_TRIAL_DIR/ready"
            while :; do sleep 0.05; done
            """);
        var tuner = new Tuner(script.ToTrainable(), new SearchSpace(), new TuneConfig { Metric = "loss", Mode = Mode.Min },
            new RunConfig { Name = "told", StoragePath = _folder.Path, Loggers = [] });
        await using var run = await tuner.StartAsync(TestContext.Current.CancellationToken);
        var trial = Path.Combine(run.Directory, "trial_00000");
        while (!File.Exists(Path.Combine(trial, "ready")))
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        run.RequestStop();
        await run.Completion;

        Assert.True(File.Exists(Path.Combine(trial, "ended")));
    }

    [Fact(Timeout = 120_000)]
    public async Task Connection_of_a_program_is_closed_when_the_program_closes_it()
    {
        var socket = Path.Combine(_folder.Path, "s");
        var reports = System.Threading.Channels.Channel.CreateUnbounded<ProgramReport>();
        await using var listening = new ReportSocket(socket, reports.Writer, _ => { });
        using var client = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream,
            System.Net.Sockets.ProtocolType.Unspecified);
        await client.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(socket), TestContext.Current.CancellationToken);

        client.Shutdown(System.Net.Sockets.SocketShutdown.Send);

        // Ends where the other side has closed, too.
        Assert.Equal(0, await client.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Program_that_hangs_while_it_saves_at_its_end_is_ended_and_its_trial_has_come_to_its_stop()
    {
        // Answers the order to save by sleeping, and is deaf to SIGTERM.
        var script = new ProgramOptions { Command = new("python3", "-c", """
            import signal, time, tuner
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            def save(directory):
                while True:
                    time.sleep(600)
            while True:
                tuner.report(loss=1, save=save)
            """), Checkpoints = true, Grace = 0.3 };

        var trial = Assert.Single(await RunAsync(script, stop: 3));

        Assert.Equal((TrialStatus.Terminated, 3), (trial.Status, trial.Reports));
        Assert.Null(trial.Checkpoint);
        Assert.Empty(Left(trial));
    }

    [Fact]
    public async Task Program_that_dies_while_it_saves_fails_by_its_own_end()
    {
        var script = new ProgramOptions { Command = new("python3", "-c", """
            import os, tuner
            while True:
                tuner.report(loss=1, save=lambda directory: os._exit(7))
            """), Checkpoints = true };

        var trial = Assert.Single(await RunAsync(script, checkpoint: new() { CheckpointFrequency = 2 }));

        Assert.Equal((TrialStatus.Failed, 2), (trial.Status, trial.Reports));
        Assert.Contains("ended with exit code 7", trial.Error, StringComparison.Ordinal);
    }

    private async Task<ResultGrid> RunAsync(ProgramOptions options, SearchSpace? space = null, int? stop = null, CheckpointConfig? checkpoint = null,
        FailureConfig? failure = null) =>
        await new Tuner(options.ToTrainable(), space ?? new SearchSpace(), new TuneConfig { Metric = "loss", Mode = Mode.Min, MaxConcurrentTrials = 3 },
            new RunConfig
            {
                Name = "programs" + (++_runs == 1 ? "" : _runs),
                StoragePath = _folder.Path,
                Loggers = [],
                Stop = stop is { } at ? new() { ["training_iteration"] = at } : [],
                Checkpoint = checkpoint ?? new(),
                Failure = failure ?? new(),
            }).FitAsync(TestContext.Current.CancellationToken);
}
