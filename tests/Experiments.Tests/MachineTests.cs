using System.Diagnostics;
using Tuning.Checkpointing;
using Tuning.Execution;
using Tuning.Tests.CommandLine;

namespace Tuning.Tests;

/// <summary>What the machine does to an experiment: disks that are full, directories that go, files that are none, checkpoints that are damaged.</summary>
public sealed class MachineTests : IDisposable
{
    private const int NoSpace = 28, TooManyFiles = 24;

    private readonly CommandRun _run = new();

    private string Toy => Path.Combine(_run.Storage, "toy");

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData(NoSpace, "the disk is full")]
    [InlineData(TooManyFiles, "ulimit -n")]
    public async Task Fault_of_the_machine_suspends_the_experiment_and_a_resume_loses_nothing(int error, string said)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "numbers of errors are Unix'");
        var times = 0;
        _run.AtSecondStep = () => _ = Interlocked.Increment(ref times) == 1 ? throw new IOException("No more", error) : 0;

        Assert.Equal(75, await _run.RunAsync(_run.Toy()));
        Assert.Equal(1, _run.Error.Split("suspended").Length - 1);
        Assert.Contains(said, _run.Error, StringComparison.Ordinal);
        Assert.Contains("resume", _run.Error, StringComparison.Ordinal);

        Assert.Equal(0, await _run.RunAsync("resume", Toy));
        var results = await ResultGrid.LoadAsync(Toy, TestContext.Current.CancellationToken);
        Assert.All(results, t => Assert.Equal((TrialStatus.Terminated, 3), (t.Status, t.Reports)));
        Assert.Equal(0, await _run.RunAsync("verify", Toy));
    }

    [Fact]
    public void Fault_of_the_machine_is_found_in_what_wraps_it_and_nowhere_else()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "numbers of errors are Unix'");
        Assert.NotNull(MachineFault.Of(new AggregateException(new InvalidOperationException("a", new IOException("full", NoSpace)))));
        Assert.Null(MachineFault.Of(new FileNotFoundException("no such file")));
        Assert.Null(MachineFault.Of(new InvalidOperationException("a")));
        Assert.Null(MachineFault.Of(new OutOfMemoryException()));
        Assert.Contains("ulimit -u", MachineFault.Of(new ThreadStateFault())!.Message, StringComparison.Ordinal);
        Assert.Contains("ulimit -u", MachineFault.Of(new System.ComponentModel.Win32Exception(11))!.Message, StringComparison.Ordinal);
        Assert.True(MachineFault.MostFiles() > 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Directory_that_goes_while_the_experiment_runs_is_noticed(bool renamed)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps a directory in which a file is open");
        var times = 0;
        _run.AtSecondStep = () =>
        {
            if (Interlocked.Increment(ref times) == 1)
            {
                Directory.Move(Toy, Toy + "-gone");
                _ = renamed ? 0 : Delete(Toy + "-gone");
            }
        };
        Assert.Equal(1, await _run.RunAsync(_run.Toy()));
        Assert.Contains("was deleted or renamed while the experiment ran", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_that_cannot_be_written_ends_its_logger_for_that_trial_alone()
    {
        var times = 0;
        _run.AtSecondStep = () =>
        {
            if (Interlocked.Increment(ref times) == 1)
            {
                Directory.CreateDirectory(Path.Combine(Toy, "trial_00001", "result.json"));
            }
        };
        Assert.Equal(1, await _run.RunAsync(_run.Toy()));
        Assert.Contains("1 file of loggers is incomplete", _run.Error, StringComparison.Ordinal);
        Assert.Equal(3, File.ReadLines(Path.Combine(Toy, "trial_00000", "result.json")).Count());
        Assert.Equal(4, File.ReadLines(Path.Combine(Toy, "trial_00001", "progress.csv")).Count());

        Directory.Delete(Path.Combine(Toy, "trial_00001", "result.json"));
        Assert.Equal(0, await _run.RunAsync("resume", Toy));
        Assert.Equal(3, File.ReadLines(Path.Combine(Toy, "trial_00001", "result.json")).Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Damaged_checkpoint_gives_way_to_an_older_one(int damaged)
    {
        var times = 0;
        _run.AtSecondStep = () => _ = Interlocked.Increment(ref times) == 2 ? throw new IOException("full", NoSpace) : 0;
        var file = _run.Toy("  checkpoint_config: {checkpoint_frequency: 1}").Replace('\\', '/');
        _ = await _run.RunAsync(file);
        var trials = Directory.GetDirectories(Toy, "trial_*").SelectMany(t => Directory.GetDirectories(t, "checkpoint_*")
            .OrderDescending(StringComparer.Ordinal).Take(damaged)).ToList();
        Assert.NotEmpty(trials);
        foreach (var checkpoint in trials)
        {
            File.AppendAllText(Path.Combine(checkpoint, "step.json"), " ");
        }

        Assert.Equal(0, await _run.RunAsync("resume", Toy));
        Assert.Contains("is damaged", _run.Error + _run.Output, StringComparison.Ordinal);
        Assert.All(await ResultGrid.LoadAsync(Toy, TestContext.Current.CancellationToken),
            t => Assert.Equal((TrialStatus.Terminated, 3), (t.Status, t.Reports)));
    }

    [Fact]
    public async Task Cut_that_would_lose_what_trials_took_over_is_refused_with_a_line_that_works()
    {
        var ran = await _run.RunAsync(_run.Write("toy.yaml", """
            toy:
              run: toy
              config: {lr: {uniform: [0.1, 1.0]}, steps: 20, fail: false}
              num_samples: 4
              storage_path: ./results
              checkpoint_config: {checkpoint_frequency: 1, num_to_keep: 1}
              tune:
                {metric: loss, mode: min, max_concurrent_trials: 4, seed: 7, scheduler:
                  {type: pbt, time_attr: training_iteration, perturbation_interval: 2, hyperparam_mutations: {lr: {uniform: [0.1, 1.0]}}}}
            """));
        Assert.True(ran == 0, _run.Error);
        Assert.Contains("adopt", await File.ReadAllTextAsync(Path.Combine(Toy, "journal.jsonl"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        var lines = File.ReadLines(Path.Combine(Toy, "journal.jsonl")).Count();
        var refused = 0;
        for (var line = 2L; line <= lines; line += 37)
        {
            var copy = Copy(Toy, line);
            var code = await _run.RunAsync("resume", copy, "--up-to-line", line.ToString(System.Globalization.CultureInfo.InvariantCulture));
            if (code == 2)
            {
                refused++;
                Assert.Contains("nothing was changed", _run.Error, StringComparison.Ordinal);
                Assert.Equal(lines, File.ReadLines(Path.Combine(copy, "journal.jsonl")).Count());
                code = await _run.RunAsync("resume", copy, "--up-to-line", _run.Error.Split("--up-to-line ")[1].Split('.')[0]);
            }

            Assert.True(code == 0, $"{line}: {_run.Error}");
        }

        Assert.NotEqual(0, refused);
    }

    private string Copy(string directory, long number)
    {
        var copy = Path.Combine(_run.Directory, "copies", $"{number}");
        foreach (var file in Directory.GetFiles(directory, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(copy, Path.GetRelativePath(directory, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        return copy;
    }

    [Theory]
    [InlineData("pipe")]
    [InlineData("link")]
    [InlineData("zeros")]
    [InlineData("denied")]
    [InlineData("content")]
    [InlineData("directory")]
    public async Task What_is_no_journal_is_refused_in_a_sentence_and_spoils_nothing_else(string kind)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pipes and devices are Unix'");
        Assert.Equal(0, await _run.RunAsync(_run.Toy()));
        var bad = Path.Combine(_run.Storage, "bad");
        Directory.CreateDirectory(bad);
        Make(kind, Path.Combine(bad, "journal.jsonl"));
        foreach (var command in new[] { "show", "explain", "verify", "resume" })
        {
            Assert.Equal(2, await _run.RunAsync(command, bad));
            Assert.InRange(_run.Error.Trim().Split('\n').Length, 1, 2);
            Assert.DoesNotContain("   at ", _run.Error, StringComparison.Ordinal);
        }

        Assert.Equal(0, await _run.RunAsync("list", "--storage", _run.Storage));
        Assert.Contains("toy ", _run.Output, StringComparison.Ordinal);
        Assert.Equal(0, await _run.RunAsync(_run.Toy(name: "bad")));
    }

    [Theory]
    [InlineData("pipe")]
    [InlineData("link")]
    [InlineData("zeros")]
    [InlineData("directory")]
    public async Task What_is_no_file_is_not_read(string kind)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pipes and devices are Unix'");
        var checkpoint = Path.Combine(_run.Directory, "checkpoint_000000");
        CheckpointStore.Write(checkpoint, d => d.WriteJson("a.json", 1));
        foreach (var name in new[] { "manifest.json", "a.json" })
        {
            var path = Path.Combine(checkpoint, name);
            var kept = File.ReadAllBytes(path);
            File.Delete(path);
            Make(kind, path);
            Assert.InRange(await _run.RunAsync("inspect", checkpoint), 1, 2);
            Assert.DoesNotContain("   at ", _run.Error, StringComparison.Ordinal);
            _ = Directory.Exists(path) ? Delete(path) : 0;
            File.Delete(path);
            File.WriteAllBytes(path, kept);
        }

        Make(kind, Path.Combine(_run.Directory, "run.yaml"));
        Assert.Equal(2, await _run.RunAsync("run", Path.Combine(_run.Directory, "run.yaml")));
    }

    [Theory]
    [InlineData("doubled")]
    [InlineData("dropped")]
    [InlineData("swapped")]
    public async Task Lines_that_stand_otherwise_than_they_were_written_are_told_in_a_sentence(string how)
    {
        Assert.Equal(0, await _run.RunAsync(_run.Toy()));
        var journal = Path.Combine(Toy, "journal.jsonl");
        var lines = File.ReadAllLines(journal);
        for (var at = 1; at < lines.Length - 1; at++)
        {
            List<string> changed = [.. lines];
            switch (how)
            {
                case "doubled":
                    changed.Insert(at, lines[at]);
                    break;
                case "dropped":
                    changed.RemoveAt(at);
                    break;
                default:
                    (changed[at], changed[at + 1]) = (changed[at + 1], changed[at]);
                    break;
            }

            File.WriteAllLines(journal, changed);
            Assert.InRange(await _run.RunAsync("show", Toy), 0, 2);
            Assert.DoesNotContain("   at ", _run.Error, StringComparison.Ordinal);
        }
    }

    // As the runtime throws it where a thread cannot be started.
    private sealed class ThreadStateFault : OutOfMemoryException
    {
        public override string StackTrace => "   at System.Threading.Thread.StartCore()";
    }

    private static int Delete(string directory)
    {
        Directory.Delete(directory, recursive: true);
        return 0;
    }

    private void Make(string kind, string path)
    {
        switch (kind)
        {
            case "pipe":
                using (var made = Process.Start("mkfifo", [path]))
                {
                    made.WaitForExit();
                }

                break;
            case "link":
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            case "zeros":
                using (var zeros = new FileStream(path, FileMode.Create))
                {
                    zeros.SetLength(1L << 31);
                }

                break;
            case "denied":
                File.WriteAllText(path, "{}");
                if (!OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(path, UnixFileMode.None);
                }

                break;
            case "directory":
                Directory.CreateDirectory(path);
                break;
            default:
                var buffer = new Running.JournalBuffer();
                new Running.JournalHeader { Product = "test", Seed = 1, Specification = "{\"name\":[1]}" }.Write(buffer);
                File.WriteAllBytes(path, buffer.Written.ToArray());
                break;
        }
    }
}
