using System.Diagnostics;
using System.Reflection;

namespace Tuning.Tests.Architecture;

public sealed class LayerTests
{
    private static readonly Dictionary<string, string[]> _layers = new()
    {
        ["src/Tuner"] =
        [
            "Values", "Randomness", "Spaces", "Trials", "Search", "Schedulers", "Stopping", "Control", "Checkpointing", "Training",
            "Callbacks", "Execution", "Running", "Specification", "Simulation", "Results", "Experiments", "", "Hosting",
        ],
        ["src/CommandLine"] = ["Specification", "Logging", "Reporting", ""],
        ["src/Trainables"] =
        [
            "Environments", "Numerics", "Networks", "Distributions", "Modules", "Connectors", "Runners", "Learning", "Policies", "Algorithms", "",
        ],
    };

    private static readonly Dictionary<string, string[]> _packages = new()
    {
        ["Quartz"] = ["src/Tuner/Execution/Jobs/"],
        ["YamlDotNet"] = ["src/CommandLine/Specification/"],
        ["System.CommandLine"] = ["src/CommandLine/"],
        ["Serilog"] = ["src/CommandLine/Logging/"],
        ["Spectre.Console"] = ["src/CommandLine/Reporting/"],
        ["MathNet.Numerics"] = ["src/Tuner/Spaces/", "src/Tuner/Search/", "src/Tuner/Schedulers/"],
        ["CsvHelper"] = ["src/Loggers/"],
        ["Google.Protobuf"] = ["src/Loggers/TensorBoard/"],
    };

    // What decides takes its time from events and its luck from a stream that is handed in, so that it decides the same live, in a simulation and in a replay.
    private static readonly string[] _pure = ["Values", "Randomness", "Spaces", "Trials", "Search", "Schedulers", "Stopping", "Control"];

    private static readonly string[] _shell =
    [
        "File", "Directory", "FileStream", "StreamReader", "StreamWriter", "Console", "Process", "Task", "ValueTask", "Thread", "ThreadPool", "Parallel", "Channel",
        "CancellationToken", "CancellationTokenSource", "TimeProvider", "ITimer", "ILogger", "RandomNumberGenerator",
    ];

    [Theory]
    [InlineData("src/Tuner")]
    [InlineData("src/CommandLine")]
    [InlineData("src/Trainables")]
    public void Folder_uses_only_folders_before_it(string project)
    {
        var order = _layers[project];
        var owner = new Dictionary<string, string>();
        var ambiguous = SourceTree.Files(project).SelectMany(SourceTree.MemberNames).ToHashSet();
        foreach (var file in SourceTree.Files(project))
        {
            foreach (var type in SourceTree.DeclaredTypes(file))
            {
                if (!owner.TryAdd(type, Folder(project, file)) && owner[type] != Folder(project, file))
                {
                    ambiguous.Add(type);
                }
            }
        }

        var arrows =
            from file in SourceTree.Files(project)
            let here = Array.IndexOf(order, Folder(project, file))
            from name in SourceTree.Identifiers(file)
            where owner.ContainsKey(name) && !ambiguous.Contains(name) && Array.IndexOf(order, owner[name]) > here
            select $"{SourceTree.Relative(file)} uses {name} of {owner[name]}";

        Assert.Empty(arrows.ToList());
    }

    [Theory]
    [InlineData("src/Tuner")]
    [InlineData("src/CommandLine")]
    [InlineData("src/Trainables")]
    public void Every_folder_has_a_place_in_the_order(string project) =>
        Assert.Empty(SourceTree.Files(project).Select(f => Folder(project, f)).Distinct().Except(_layers[project]));

    [Fact]
    public void Package_is_used_where_it_belongs_only()
    {
        var strays =
            from file in SourceTree.Files("src")
            let relative = SourceTree.Relative(file)
            from package in _packages
            where SourceTree.Code(file).Split('\n').Any(l => l.StartsWith($"using {package.Key};", StringComparison.Ordinal) || l.StartsWith($"using {package.Key}.", StringComparison.Ordinal))
            where !package.Value.Any(folder => relative.StartsWith(folder, StringComparison.Ordinal))
            select $"{relative} uses {package.Key}";

        Assert.Empty(strays.ToList());
    }

    [Fact]
    public void What_decides_knows_no_file_clock_task_thread_or_logger() => Assert.Empty(
        from folder in _pure
        from file in SourceTree.Files("src/Tuner/" + folder)
        from name in SourceTree.Identifiers(file).Intersect(_shell)
        select $"{SourceTree.Relative(file)} uses {name}");

    [Fact]
    public void Engine_references_none_of_ours() =>
        Assert.DoesNotContain(typeof(Metrics).Assembly.GetReferencedAssemblies(), a => a.Name!.StartsWith("Tuning", StringComparison.Ordinal));

    [Fact]
    public void Loggers_and_trainables_do_not_see_each_other()
    {
        Assert.DoesNotContain("Tuning.Trainables", string.Concat(SourceTree.Files("src/Loggers").Select(SourceTree.Code)), StringComparison.Ordinal);
        Assert.DoesNotContain("Tuning.Loggers", string.Concat(SourceTree.Files("src/Trainables").Select(SourceTree.Code)), StringComparison.Ordinal);
    }

    [Fact]
    public void Sources_are_optimised_in_every_configuration()
    {
        var debuggable = typeof(Metrics).Assembly.GetCustomAttribute<DebuggableAttribute>();

        Assert.False(debuggable?.IsJITOptimizerDisabled ?? false);
    }

    [Fact]
    public void No_source_file_is_longer_than_400_lines() =>
        Assert.Empty(SourceTree.Files("src").Where(f => File.ReadLines(f).Count() > 400).Select(SourceTree.Relative));

    private static string Folder(string project, string file)
    {
        var parts = Path.GetRelativePath(Path.Combine(SourceTree.Root, project), file).Split(Path.DirectorySeparatorChar);
        return parts.Length == 1 ? "" : parts[0];
    }
}
