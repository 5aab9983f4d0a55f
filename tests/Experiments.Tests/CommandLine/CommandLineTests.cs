using System.Runtime.InteropServices;
using Tuning.CommandLine;

namespace Tuning.Tests.CommandLine;

public sealed class CommandLineTests : IDisposable
{
    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task A_file_alone_is_run_and_the_best_trial_is_printed()
    {
        Assert.Equal(0, await _run.RunAsync(_run.Toy()));

        Assert.Contains("toy: 2 trials, 1 at once, seed 7, in " + Path.Combine(_run.Storage, "toy"), _run.OutputLines);
        Assert.Contains(_run.OutputLines, l => l.StartsWith("Best trial 00001, loss = 0.33333, 3 reports", StringComparison.Ordinal));
        Assert.Contains("  lr = 1", _run.OutputLines);
        Assert.Contains("Checkpoint: " + Path.Combine(_run.Storage, "toy", "trial_00001", "checkpoint_000000"), _run.OutputLines);
        Assert.DoesNotContain("Resume:", _run.Output, StringComparison.Ordinal);
        Assert.Equal("", _run.Error);
        foreach (var file in new[] { "params.json", "result.json", "progress.csv" })
        {
            Assert.True(File.Exists(Path.Combine(_run.Storage, "toy", "trial_00001", file)), file);
        }
    }

    [Fact]
    public async Task A_file_that_is_wrong_is_not_run_and_all_errors_are_shown()
    {
        var file = _run.Write("bad.yaml", "toy:\n  run: toi\n  num_samples: many\n  storage_path: ./results\n");
        Assert.Equal(2, await _run.RunAsync(file));
        Assert.Contains(file + ":2:", _run.Error, StringComparison.Ordinal);
        Assert.Contains(file + ":3:", _run.Error, StringComparison.Ordinal);
        Assert.Contains("'toy'", _run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_run.Storage));
    }

    [Fact]
    public async Task A_trial_that_fails_makes_the_exit_code_1_and_is_named_with_its_error()
    {
        Assert.Equal(1, await _run.RunAsync("run", _run.Toy(), "--set", "config.fail=true", "--quiet"));
        Assert.Equal("", _run.Output);
        Assert.Contains("Trial 00000 failed: the disk is full", _run.Error, StringComparison.Ordinal);
        Assert.Contains("error.txt", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_is_said_when_it_happens_and_in_the_summary_and_nowhere_else()
    {
        Assert.Equal(1, await _run.RunAsync(_run.Toy(), "--set", "config.fail=true", "--set", "config.lr=1"));
        Assert.Equal(["00000 failed after 1 report", "Trial 00000 failed: the disk is full"],
            _run.OutputLines.Where(l => l.Contains("the disk is full", StringComparison.Ordinal)).Select(l => l.Split(',', '(')[0].TrimEnd()));
        Assert.Equal("", _run.Error);
    }

    [Fact]
    public async Task An_experiment_that_fails_does_not_stop_the_next()
    {
        var file = _run.Toy("""
            next:
              run: toy
              config: {lr: 1.0, steps: 1, fail: false}
              storage_path: ./results
            """);
        Assert.Equal(1, await _run.RunAsync(file, "--set", "toy:config.fail=true"));
        Assert.True(File.Exists(Path.Combine(_run.Storage, "next", "journal.jsonl")));
        Assert.Contains(_run.OutputLines, l => l.StartsWith("next finished", StringComparison.Ordinal));

        Assert.Equal(0, await _run.RunAsync(file, "--only", "next"));
        Assert.True(Directory.Exists(Path.Combine(_run.Storage, "next-2")));
        Assert.False(Directory.Exists(Path.Combine(_run.Storage, "toy-2")));
    }

    [Fact]
    public async Task A_name_that_is_given_must_be_free()
    {
        Assert.Equal(0, await _run.RunAsync(_run.Toy(), "--name", "mine", "-q"));
        Assert.Equal(2, await _run.RunAsync(_run.Toy(), "--name", "mine", "-q"));
        Assert.Contains("exists already", _run.Error, StringComparison.Ordinal);
        Assert.Contains("resume", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_is_told_once()
    {
        Assert.Equal(1, await _run.RunAsync(_run.Toy(), "--set", "config.fail=true", "--set", "failure_config.max_failures=1", "--num-samples", "1", "--set",
            "config.lr=1"));
        Assert.Equal(
            ["00000 fails and is tried again after 1 report", "00000 failed after 1 report"],
            _run.OutputLines.Where(l => l.StartsWith("00000 fail", StringComparison.Ordinal) && l.EndsWith(": the disk is full", StringComparison.Ordinal))
                .Select(l => l[..l.IndexOf(',', StringComparison.Ordinal)]));
        Assert.Equal("", _run.Error);
        var log = await File.ReadAllTextAsync(Path.Combine(_run.Storage, "toy", "tuner.log"), TestContext.Current.CancellationToken);
        Assert.Single(log.Split('\n'), l => l.Contains(" ERR ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_journal_that_cannot_be_read_does_not_hide_the_other_experiments()
    {
        await _run.RunAsync(_run.Toy(), "-q");
        await _run.RunAsync(_run.Toy(), "-q", "--name", "newer");
        var journal = Path.Combine(_run.Storage, "newer", "journal.jsonl");
        await File.WriteAllTextAsync(journal, (await File.ReadAllTextAsync(journal, TestContext.Current.CancellationToken))
            .Replace("{\"tuner_journal\":1", "{\"tuner_journal\":9", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Equal(0, await _run.RunAsync("list", "--storage", _run.Storage));
        Assert.Contains(_run.OutputLines, l => l.StartsWith("toy ", StringComparison.Ordinal));
        Assert.Matches("^newer +unreadable$", _run.OutputLines[^2]);
        Assert.Matches("^newer is unreadable: .* has format 9", _run.OutputLines[^1]);
        foreach (var command in new[] { "resume", "show", "verify" })
        {
            Assert.Equal(2, await _run.RunAsync(command, Path.Combine(_run.Storage, "newer")));
        }
    }

    [Theory]
    [InlineData("Serilog")]
    [InlineData("TunerLog")]
    public async Task Settings_of_the_program_configure_the_log(string section)
    {
        var extra = Path.Combine(_run.Directory, "extra.log").Replace('\\', '/');
        _run.Write("appsettings.json", "{\"" + section
            + "\": {\"MinimumLevel\": {\"Default\": \"Debug\"}, \"WriteTo\": [{\"Name\": \"File\", \"Args\": {\"path\": \"" + extra + "\"}}]}}");
        Assert.Equal(0, await _run.RunAsync(_run.Toy(), "-q"));
        Assert.Contains("[DBG] Trial 00000 starts", await File.ReadAllTextAsync(extra, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("DBG Trial 00000 reported (1)",
            await File.ReadAllTextAsync(Path.Combine(_run.Storage, "toy", "tuner.log"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_that_cannot_be_read_are_an_error()
    {
        _run.Write("appsettings.json", "{\"Serilog\": {");
        Assert.Equal(2, await _run.RunAsync(_run.Toy(), "-q"));
        Assert.Contains("appsettings.json cannot be read: ", _run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_run.Storage));
    }

    [Fact]
    public async Task A_command_that_is_misspelt_is_named()
    {
        Assert.Equal(2, await _run.RunAsync("resmue", "results/toy"));
        Assert.Contains("'resmue' is neither a command nor a file. Did you mean 'resume'?", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_shows_status_and_best()
    {
        await _run.RunAsync(_run.Toy(), "-q");
        Assert.Equal(0, await _run.RunAsync("list", "--storage", _run.Storage));
        Assert.Matches("^toy +finished +2/2 +loss=0.33333 \\(00001\\) +\\d+ s$", _run.OutputLines[1]);
        Assert.Equal(2, await _run.RunAsync("list", "--storage", Path.Combine(_run.Directory, "nowhere")));
    }

    [Fact]
    public async Task Trials_of_an_experiment_that_was_stopped_are_counted_against_those_that_are_planned()
    {
        await StopAsync(_run.Toy("  num_samples: 3"));
        Assert.Equal(0, await _run.RunAsync("list", "--storage", _run.Storage));
        Assert.Matches("^toy +stopped +0/6 ", _run.OutputLines[1]);

        Assert.Equal(0, await _run.RunAsync("show", Path.Combine(_run.Storage, "toy")));
        Assert.Contains(_run.OutputLines, l => l.Contains(" 1 trial of 6 planned ", StringComparison.Ordinal));

        await _run.RunAsync("resume", Path.Combine(_run.Storage, "toy"), "-q");
        await _run.RunAsync("list", "--storage", _run.Storage);
        Assert.Matches("^toy +finished +6/6 ", _run.OutputLines[1]);
    }

    [Fact]
    public async Task Components_are_listed_with_their_options()
    {
        Assert.Equal(0, await _run.RunAsync("components"));
        string[] lines = ["trainables", "  counter  by, steps", "environments: none", "  asha        time_attr, max_t, grace_period, ", "loggers", "stoppers"];
        foreach (var line in lines)
        {
            Assert.Contains(_run.OutputLines, l => l.StartsWith(line, StringComparison.Ordinal));
        }

        var catalog = new Specification.ComponentCatalog();
        Assert.All(catalog.Searchers.Names.Concat(catalog.Schedulers.Names).Concat(catalog.Stoppers.Names),
            n => Assert.Contains(_run.OutputLines, l => l.TrimStart().Split(' ')[0] == n));
    }

    [Theory]
    [InlineData("asha", @"^max_t +100 +a number, more than 0$")]
    [InlineData("ASHAScheduler", "^asha, a scheduler; also ")]
    [InlineData("counter", @"^steps +2 +a whole number$")]
    [InlineData("maximum_iterations", @"^max_iter +required +a whole number, at least 1$")]
    public async Task Component_is_shown_with_each_option(string name, string line)
    {
        Assert.Equal(0, await _run.RunAsync("components", name));
        Assert.Contains(_run.OutputLines, l => System.Text.RegularExpressions.Regex.IsMatch(l, line));
    }

    [Fact]
    public async Task Component_that_is_not_there_is_answered_with_the_nearest()
    {
        Assert.Equal(2, await _run.RunAsync("components", "ahsa"));
        Assert.Contains("There is no component 'ahsa'. Did you mean 'asha'?", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_prints_the_best_first_and_writes_csv()
    {
        await _run.RunAsync(_run.Toy(), "-q");
        var directory = Path.Combine(_run.Storage, "toy");
        Assert.Equal(0, await _run.RunAsync("show", directory));
        Assert.StartsWith("00001  completed  3 ", _run.OutputLines[1], StringComparison.Ordinal);

        var csv = Path.Combine(_run.Directory, "out.csv");
        Assert.Equal(0, await _run.RunAsync("show", directory, "--csv", csv));
        Assert.Equal(3, File.ReadLines(csv).Count());
        Assert.Equal(0, await _run.RunAsync("show", directory, "--csv", csv, "--history"));
        Assert.Equal(7, File.ReadLines(csv).Count());
        Assert.Equal(2, await _run.RunAsync("show", directory, "--history"));
        Assert.Contains("--history needs --csv FILE.", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_finds_every_decision_as_it_is_recorded()
    {
        await _run.RunAsync(_run.Toy(), "-q");
        Assert.Equal(0, await _run.RunAsync("verify", Path.Combine(_run.Storage, "toy")));
        Assert.Contains("comes out as it is recorded", _run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_runs_nothing()
    {
        Assert.Equal(0, await _run.RunAsync("validate", _run.Toy()));
        Assert.Contains("is valid: 1 experiment.", _run.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_run.Storage));
        Assert.Equal(2, await _run.RunAsync("validate", Path.Combine(_run.Directory, "none.yaml")));
    }

    [Theory]
    [InlineData("--num-samples a", "--num-samples is 'a'; it must be a whole number.")]
    [InlineData("--grace 3x", "--grace is '3x'; it must be a time such as 30s, 5m, 1h or 1:30.")]
    [InlineData("--nonsense", "--nonsense")]
    public async Task Wrong_options_are_explained(string options, string message)
    {
        Assert.Equal(2, await _run.RunAsync([_run.Toy(), .. options.Split(' ')]));
        Assert.Contains(message, _run.Error, StringComparison.Ordinal);
        Assert.Contains("--help", _run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_run.Storage));
    }

    [Theory]
    [InlineData("99", "There is no trial 99; there are 2, from 0 to 1.")]
    [InlineData("abc", "There is no trial abc; there are 2, from 0 to 1.")]
    public async Task A_trial_that_is_not_there_is_told_in_a_line(string trial, string message)
    {
        Assert.Equal(0, await _run.RunAsync(_run.Toy()));

        Assert.Equal(2, await _run.RunAsync("explain", Path.Combine(_run.Storage, "toy"), trial));
        Assert.Equal(message, _run.Error.Trim());
    }

    private Task<int> StopAsync(string file) => _run.RunAsync(file, context =>
    {
        var signals = new StopSignals(context.Error, null);
        _run.AtSecondStep = () =>
        {
            _run.AtSecondStep = null;
            signals.Receive(PosixSignal.SIGINT);
        };
        return signals;
    });

    [Fact]
    public async Task Help_shows_examples_and_all_commands()
    {
        Assert.Equal(0, await _run.RunAsync("--help"));
        Assert.Contains("Examples:", _run.Output, StringComparison.Ordinal);
        Assert.All(["run", "validate", "resume", "verify", "list", "show"], c => Assert.Contains($"  {c} ", _run.Output, StringComparison.Ordinal));
        Assert.Equal(2, await _run.RunAsync());
        Assert.Contains("Examples:", _run.Output, StringComparison.Ordinal);
    }
}
