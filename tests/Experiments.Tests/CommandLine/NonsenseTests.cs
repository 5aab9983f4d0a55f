using System.CommandLine;
using System.Diagnostics;
using Tuning.CommandLine;

namespace Tuning.Tests.CommandLine;

/// <summary>No command prints a stack, whatever it is given: every argument and option of all commands, with everything that they were not made for.</summary>
[Trait("Lane", "Slow")]
public sealed class NonsenseTests : IDisposable
{
    private static readonly TimeSpan _hangs = TimeSpan.FromMinutes(2);
    private static readonly string[] _damages = ["doubled", "dropped", "swapped", "torn", "letter", "empty"];

    private readonly CommandRun _run = new() { HasPolicies = true };
    private readonly HashSet<int> _codes = ExitCodeTests.Table();
    private readonly List<string> _stacks = [];

    public static TheoryData<string> Commands => [.. Tree().Subcommands.Select(c => c.Name)];

    private string Toy => Path.Combine(_run.Storage, "toy");

    public void Dispose() => _run.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Arguments_that_mean_nothing_are_told_in_sentences(string name)
    {
        var command = Tree().Subcommands.Single(c => c.Name == name);
        var valid = await ValidAsync(command);
        foreach (var value in Values().Concat(Directories()))
        {
            for (var i = 0; i < command.Arguments.Count; i++)
            {
                string[] arguments = [.. valid];
                arguments[i] = value;
                await ExpectSentencesAsync([name, .. arguments, .. Required(command)]);
            }
        }

        foreach (var value in Values())
        {
            // Without end on purpose: --num-samples -1.
            foreach (var option in command.Options.Where(o => o.Name != "--num-samples" || value != "-1"))
            {
                await ExpectSentencesAsync([name, .. valid, .. Required(command).Where(_ => !option.Required), option.Name, value]);
            }

            await ExpectSentencesAsync([name, .. valid, .. Required(command), value]);
            await ExpectSentencesAsync([value, name]);
        }

        Assert.True(_stacks.Count == 0, string.Join('\n', _stacks));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Journals_that_somebody_changed_are_told_in_sentences(string name)
    {
        var command = Tree().Subcommands.Single(c => c.Name == name);
        if (command.Arguments is not [{ Name: "DIR" or "CHECKPOINT" }, ..])
        {
            return;
        }

        await ValidAsync(command);
        var journal = Path.Combine(Toy, "journal.jsonl");
        var lines = File.ReadAllLines(journal);
        for (var at = 0; at < lines.Length; at += 1 + (lines.Length / 12))
        {
            foreach (var damage in _damages)
            {
                File.WriteAllLines(journal, Damaged(lines, at, damage));
                await ExpectSentencesAsync([name, Toy, .. Required(command)]);
            }
        }

        Assert.True(_stacks.Count == 0, string.Join('\n', _stacks));
    }

    [Theory]
    [InlineData("pipe")]
    [InlineData("directory")]
    [InlineData("[1")]
    [InlineData("{\"Tuner\": {\"MaxConcurrentTrials\": \"many\"}}")]
    [InlineData("{\"Serilog\": {\"MinimumLevel\": \"Loud\"}}")]
    public async Task Settings_that_cannot_be_read_are_told_in_a_sentence(string content)
    {
        var file = Path.Combine(_run.Directory, "appsettings.json");
        if (content == "pipe")
        {
            Assert.SkipWhen(OperatingSystem.IsWindows(), "pipes are Unix'");
            Node("appsettings.json", "p");
        }
        else if (content == "directory")
        {
            Directory.CreateDirectory(file);
        }
        else
        {
            File.WriteAllText(file, content);
        }

        await ExpectSentencesAsync(["run", _run.Toy()]);
        Assert.True(_stacks.Count == 0, string.Join('\n', _stacks));
    }

    [Fact]
    public async Task Fault_of_the_program_is_one_sentence_and_its_stack_is_kept()
    {
        using var run = new CommandRun { Program = tuner => tuner.AddCommand(new("fall", "Falls.", (_, _) => throw new KeyNotFoundException("no\nkey"))) };
        Assert.Equal(1, await run.RunAsync("fall"));
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("Internal fault, KeyNotFoundException: no key. It is one of the program", run.Error, StringComparison.Ordinal);
        var file = run.Error.Split("report it with ")[1].Split(", which")[0];
        Assert.Contains("   at " + typeof(NonsenseTests).FullName, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    private static RootCommand Tree() => CommandTree.Make([], new() { Host = () => new(tuner => tuner.AddTrainables(), TimeProvider.System) });

    private static string[] Required(Command command) =>
        [.. command.Options.Where(o => o.Required).SelectMany(o => (string[])[o.Name, Path.Combine(Path.GetTempPath(), "tuner-nonsense.onnx")])];

    private static IEnumerable<string> Damaged(string[] lines, int at, string how) => how switch
    {
        "doubled" => [.. lines[..at], lines[at], .. lines[at..]],
        "dropped" => [.. lines[..at], .. lines[(at + 1)..]],
        "swapped" => at + 1 < lines.Length ? [.. lines[..at], lines[at + 1], lines[at], .. lines[(at + 2)..]] : lines,
        "torn" => [.. lines[..at], lines[at][..(lines[at].Length / 2)], .. lines[(at + 1)..]],
        "letter" => [.. lines[..at], lines[at].Replace("\"", "\\", StringComparison.Ordinal), .. lines[(at + 1)..]],
        _ => [.. lines[..at], "", .. lines[at..]],
    };

    // Runs as far as is needed that each command has something to do.
    private async Task<string[]> ValidAsync(Command command)
    {
        if (!Directory.Exists(Toy))
        {
            Assert.Equal(0, await _run.RunAsync(_run.Toy()));
        }

        return [.. command.Arguments.Select(a => a.Name switch
        {
            "FILE" => _run.Toy(),
            "DIR" => Toy,
            "CHECKPOINT" => Checkpoint(),
            "TRIAL" => "0",
            _ => "asha",
        })];
    }

    private string Checkpoint()
    {
        var path = Path.Combine(_run.Directory, "policy", "checkpoint_000000");
        if (!Directory.Exists(path))
        {
            using var algorithm = new PpoConfig().Environment("CartPole-v1").Training(trainBatchSize: 64, minibatchSize: 32, numEpochs: 1)
                .Model(fcnetHiddens: [8]).Build(threads: 1);
            algorithm.SaveToPath(path);
        }

        return path;
    }

    private IEnumerable<string> Values()
    {
        yield return Path.Combine(_run.Directory, "none");
        string[] texts = ["", " ", "99", "-1", "1e400", "none", "=", "a=b", "--", "-", "~", ".", "/", "\0", "é\u001b[2J", new string('x', 5000)];
        foreach (var text in texts)
        {
            yield return text;
        }

        var empty = Path.Combine(_run.Directory, "empty");
        var binary = Path.Combine(_run.Directory, "binary.yaml");
        File.WriteAllText(empty, "");
        File.WriteAllBytes(binary, [.. Enumerable.Range(0, 4096).Select(i => (byte)(i * 7919 >> 3))]);
        yield return empty;
        yield return binary;
        if (!OperatingSystem.IsWindows())
        {
            yield return Node("pipe", "p");
            if (Environment.IsPrivilegedProcess)
            {
                // Devices of the test's own: what overwrites them must not do so to the machine's.
                yield return Node("full", "c", "1", "7");
                yield return Node("zero", "c", "1", "5");
            }
        }
    }

    // Directories that look like experiments or checkpoints and are none.
    private IEnumerable<string> Directories()
    {
        var round = Path.Combine(_run.Directory, "round");
        if (!Directory.Exists(round))
        {
            Directory.CreateDirectory(Path.Combine(round, "trial_00000"));
            Directory.CreateSymbolicLink(Path.Combine(round, "trial_00000", "checkpoint_000000"), round);
            Directory.CreateSymbolicLink(Path.Combine(round, "again"), round);
            Directory.CreateSymbolicLink(round + "-link", round + "-link");
        }

        yield return round;
        yield return round + "-link";
        (string File, string Content)[] files =
        [
            ("journal.jsonl", ""), ("journal.jsonl", "{}\n"), ("journal.jsonl", "null\n"), ("journal.jsonl", "\0\0\0"), ("manifest.json", ""),
            ("manifest.json", "null"), ("manifest.json", "[]"), ("manifest.json", "{\"files\": null}"),
            ("manifest.json", "{\"format_version\": 1, \"product_version\": \"1\", \"files\": null}"),
            ("manifest.json", "{\"format_version\": 1, \"product_version\": \"1\", \"files\": {\"../a\": null}}"),
            ("manifest.json", "{\"format_version\": 1, \"product_version\": null, \"files\": {\"a\": {\"sha256\": null, \"size\": -1}}}"),
        ];
        foreach (var (i, (file, content)) in files.Index())
        {
            var directory = Path.Combine(_run.Directory, $"like-{i}");
            Directory.CreateDirectory(directory);
            File.WriteAllText(Path.Combine(directory, file), content);
            yield return directory;
        }
    }

    private string Node(string name, params string[] kind)
    {
        var path = Path.Combine(_run.Directory, name);
        if (!Path.Exists(path))
        {
            using var made = Process.Start("mknod", [path, .. kind]);
            made.WaitForExit();
        }

        return path;
    }

    private async Task ExpectSentencesAsync(string[] arguments)
    {
        var what = string.Join(' ', arguments.Select(a => a.Length == 0 ? "''" : Readable(a)));
        var running = Task.Run(() => _run.RunAsync(arguments));
        if (await Task.WhenAny(running, Task.Delay(_hangs, TestContext.Current.CancellationToken)) != running)
        {
            Assert.Fail($"{what}: hangs");
        }

        var code = await running;
        if (!_codes.Contains(code) || (_run.Error + _run.Output).Contains("   at ", StringComparison.Ordinal)
            || _run.Error.Contains("Internal fault", StringComparison.Ordinal) || (code != 0 && _run.Error.Length == 0))
        {
            _stacks.Add($"{what}: {code} {_run.Error}");
        }
    }

    private static string Readable(string text) => text.Length > 200 ? text[..200] : text;
}
