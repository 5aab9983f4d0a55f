using System.Diagnostics;
using System.Reflection;
using Mono.Cecil;
using Tuning.Environments;
using Tuning.Loggers;

namespace Tuning.Tests.Architecture;

/// <summary>Who uses whom, by what was compiled: every type that a signature, a field, an attribute or an instruction mentions.</summary>
public sealed class LayerTests
{
    private static readonly Dictionary<string, (CompiledSources Sources, string[] Layers)> _projects = new()
    {
        ["src/Tuner"] = (new("src/Tuner", typeof(Tuner).Assembly),
        [
            "Values", "Randomness", "Spaces", "Trials", "Search", "Schedulers", "Stopping", "Control", "Checkpointing", "Training",
            "Callbacks", "Execution", "Running", "Specification", "Simulation", "Results", "Experiments", "Hosting", "",
        ]),
        ["src/CommandLine"] = (new("src/CommandLine", typeof(TunerCommandLine).Assembly), ["Specification", "Logging", "Reporting", ""]),
        ["src/Trainables"] = (new("src/Trainables", typeof(IEnvironment).Assembly),
        [
            "Environments", "Numerics", "Networks", "Distributions", "Modules", "Connectors", "Runners", "Learning", "Policies", "Algorithms", "",
        ]),
        ["src/Programs"] = (new("src/Programs", typeof(ProgramsExtensions).Assembly), [""]),
        ["src/Gymnasium"] = (new("src/Gymnasium", typeof(GymnasiumExtensions).Assembly), [""]),
        ["src/Server"] = (new("src/Server", typeof(ServerExtensions).Assembly), ["Web", ""]),
        ["src/Dashboard"] = (new("src/Dashboard", typeof(DashboardExtensions).Assembly), ["Projection", "Storage", ""]),
        ["src/Torch"] = (new("src/Torch", typeof(TorchRuntime).Assembly), ["Native", ""]),
        ["src/Loggers"] = (new("src/Loggers", typeof(JsonLogger).Assembly), ["Files", "TensorBoard", ""]),
    };

    private static readonly Dictionary<string, string[]> _packages = new()
    {
        ["Quartz"] = ["src/Tuner/Execution/Jobs/"],
        ["YamlDotNet"] = ["src/CommandLine/Specification/"],
        ["System.CommandLine"] = ["src/CommandLine/"],
        ["Serilog"] = ["src/CommandLine/Logging/"],
        ["Spectre.Console"] = ["src/CommandLine/Reporting/"],
        ["MathNet.Numerics"] = ["src/Tuner/Spaces/", "src/Tuner/Search/", "src/Tuner/Schedulers/"],
        ["CsvHelper"] = ["src/Loggers/", "src/Tuner/Results/", "src/Tuner/Simulation/"],
        ["Google.Protobuf"] = ["src/Loggers/TensorBoard/"],
        ["TorchSharp"] = ["src/Torch/"],
        ["Microsoft.AspNetCore"] = ["src/Server/", "src/Dashboard/"],
        ["System.Console"] = ["src/CommandLine/", "src/Tuner/Hosting/StandardErrorLog"],
    };

    // What decides takes its time from events and its luck from a stream that is handed in, so that it decides the same live, in a simulation and in a replay.
    private static readonly string[] _pure = ["Values", "Randomness", "Spaces", "Trials", "Search", "Schedulers", "Stopping", "Control"];

    private static readonly string[] _openings = ["Open", "ReadAll", "ReadLines", "Create", "Append", "Copy"];

    // A study's loop names the study that was disposed of.
    private static readonly (string, string) _disposed = ("StudyLoop", nameof(Study));

    private static readonly HashSet<string> _shell =
    [
        "System.IO.File", "System.IO.Directory", "System.IO.FileStream", "System.IO.StreamReader", "System.IO.StreamWriter", "System.Console",
            "System.Diagnostics.Process",
        "System.Threading.Thread", "System.Threading.ThreadPool", "System.Threading.Tasks.Task", "System.Threading.Tasks.Task`1",
            "System.Threading.Tasks.ValueTask",
        "System.Threading.Tasks.Parallel", "System.Threading.Channels.Channel", "System.Threading.CancellationToken",
            "System.Threading.CancellationTokenSource", "System.TimeProvider",
        "System.Threading.ITimer", "Microsoft.Extensions.Logging.ILogger", "System.Security.Cryptography.RandomNumberGenerator", "System.DateTime",
    ];

    /// <summary>The projects as they were compiled.</summary>
    internal static IEnumerable<CompiledSources> Sources => _projects.Values.Select(p => p.Sources);

    public static TheoryData<string> Projects => [.. _projects.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folder_uses_only_folders_before_it(string project)
    {
        var (sources, layers) = _projects[project];
        var arrows =
            from type in sources.Files.Keys
            let here = sources.Folders(type).Max(f => Array.IndexOf(layers, f))
            from used in CompiledSources.Mentions(type).OfType<TypeDefinition>()
            where sources.Files.ContainsKey(used) && (type.Name, used.Name) != _disposed && sources.Folders(used).Min(f => Array.IndexOf(layers, f)) > here
            select $"{sources.Files[type].First()} uses {sources.Files[used].First()}";

        var found = arrows.Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_folder_has_a_place_in_the_order(string project)
    {
        var (sources, layers) = _projects[project];
        Assert.Equal(layers.Order(StringComparer.Ordinal), sources.Files.Keys.SelectMany(sources.Folders).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Package_is_used_where_it_belongs_only()
    {
        var strays =
            from sources in Sources
            from type in sources.Files
            from used in CompiledSources.Mentions(type.Key)
            let package = used.Scope.Name
            let home = _packages.FirstOrDefault(p => package == p.Key || package.StartsWith(p.Key + ".", StringComparison.Ordinal)).Value
            where home is not null && !type.Value.Any(file => home.Any(folder => $"{sources.Project}/{file}".StartsWith(folder, StringComparison.Ordinal)))
            select $"{sources.Project}/{type.Value.First()} uses {used.FullName}";

        Assert.Empty(strays.ToList());
    }

    [Fact]
    public void File_is_opened_by_one_door_only()
    {
        // Where what is no regular file is refused, no link followed, and no more read than is meant. Resources and /proc are no files of others; what a
        // program keeps is copied with its rights.
        var strays =
            from sources in Sources
            from type in sources.Files
            where type.Key.Name is not ("OwnFiles" or "StartedAs" or "LinuxProcesses" or "ProgramRun")
            from call in CompiledSources.Calls(type.Key)
            let file = call.DeclaringType.FullName
            where (file is "System.IO.File" && _openings.Any(o => call.Name.StartsWith(o, StringComparison.Ordinal)))
                || (file is "System.IO.FileStream" or "System.IO.StreamReader" && call.Name == ".ctor" && call.Parameters[0].ParameterType.Name == "String")
                || (file is "System.IO.FileInfo" && call.Name.StartsWith("Open", StringComparison.Ordinal))
            select $"{sources.Project}/{type.Value.First()} calls {call.Name} of {file}";

        Assert.Empty(strays.Distinct().ToList());
    }

    [Fact]
    public void What_decides_knows_no_file_clock_task_thread_or_logger()
    {
        var engine = _projects["src/Tuner"].Sources;
        Assert.Empty(
            (from type in engine.Files.Keys
             where engine.Folders(type).Any(_pure.Contains)
             from used in CompiledSources.Mentions(type)
             where _shell.Contains(used.FullName)
             select $"{engine.Files[type].First()} uses {used.FullName}").ToList());
    }

    [Theory]
    [InlineData(typeof(Tuner), new string[0])]
    [InlineData(typeof(JsonLogger), new[] { "Tuning" })]
    [InlineData(typeof(IEnvironment), new[] { "Tuning" })]
    [InlineData(typeof(TunerCommandLine), new[] { "Tuning" })]
    [InlineData(typeof(ProgramsExtensions), new[] { "Tuning" })]
    [InlineData(typeof(ServerExtensions), new[] { "Tuning" })]
    [InlineData(typeof(DashboardExtensions), new[] { "Tuning", "Tuning.Server" })]
    [InlineData(typeof(GymnasiumExtensions), new[] { "Tuning", "Tuning.Programs", "Tuning.Trainables" })]
    [InlineData(typeof(TorchRuntime), new[] { "Tuning" })]
    public void Package_sees_of_ours_only_the_engine(Type one, string[] seen) =>
        Assert.Equal(
            seen,
            one.Assembly.GetReferencedAssemblies().Select(a => a.Name!).Where(n => n.StartsWith("Tuning", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal));

    [Fact]
    public void Sources_are_optimised_in_every_configuration() =>
        Assert.False(typeof(Metrics).Assembly.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled ?? false);

    [Fact]
    public void Reader_of_what_was_compiled_sees_every_type_of_a_file()
    {
        var engine = _projects["src/Tuner"].Sources;
        Assert.Equal("Specification/RunConfig.cs", Assert.Single(engine.Files[Named("RunConfig")]));
        Assert.Contains("ITunerDefaults", engine.Files.Keys.Select(t => t.Name));
        Assert.Contains("Microsoft.Extensions.DependencyInjection.IServiceCollection",
            CompiledSources.Mentions(Named("TunerServices")).Select(t => t.FullName));
        TypeDefinition Named(string name) => engine.Files.Keys.Single(t => t.Name == name);
    }
}
