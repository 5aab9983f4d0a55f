using System.Text.Json;
using Tuning.Specification;

namespace Tuning.Tests.Specification;

public sealed class ExperimentSpecTests
{
    private static readonly ExperimentSpec _full = new()
    {
        Name = "pendulum",
        Run = "PPO",
        Space = new SearchSpace().Add("lr", Domain.LogUniform(1e-5, 1e-2)).Add("gamma", 0.95).Add("model.sizes", new object[] { 64, 64 })
            .Add("batch", Domain.GridSearch(1, 2)),
        Constraints = ["batch <= 2"],
        Stop = [new("loss", StopAt.Most(0.01)), new("training_iteration", 100), new("reward", double.PositiveInfinity)],
        Stoppers = [new("timeout", ParameterSet.Empty.With("seconds", 600))],
        Objectives = [new("loss", Mode.Min)],
        NumSamples = -1,
        MaxConcurrentTrials = 2,
        TimeBudget = TimeSpan.FromSeconds(90.5),
        Seed = ulong.MaxValue,
        SearchAlg = new("random", ParameterSet.Empty.With("constant_grid_search", true)),
        Checkpoints = new()
        {
            CheckpointFrequency = 10,
            CheckpointAtEnd = true,
            MaxToKeep = 2,
            CheckpointScoreAttribute = "loss",
            CheckpointScoreOrder = Mode.Min
        },
        Failures = new() { MaxFailures = 3, FailFast = true },
        Hooks = [new("on_algorithm_init", "restore_from_path", ParameterSet.Empty.With("path", "/a"))],
        Loggers = [new("json", ParameterSet.Empty)],
        CpuPerTrial = 0.5,
        ResourcesPerTrial = new() { Gpu = 0.25, Memory = 4L << 30, MaxProcesses = 9, Other = new Dictionary<string, double> { ["license"] = 2 } },
        Resources = new() { Gpu = new("0", "GPU-7"), Other = new Dictionary<string, DeviceList> { ["license"] = 3 } },
        StoragePath = "/results",
    };

    [Fact]
    public void Json_reads_back_to_an_equal_experiment()
    {
        var copy = ExperimentSpec.FromJson(_full.ToJson());

        Assert.Equal(_full, copy);
        Assert.Equal(_full.Digest, copy.Digest);
        Assert.Equal(ulong.MaxValue, copy.Seed);
        Assert.Equal(_full.Checkpoints, copy.Checkpoints);
        Assert.Equal(_full.TimeBudget, copy.TimeBudget);
        Assert.Equal(_full.ResourcesPerTrial, copy.ResourcesPerTrial);
        Assert.Equal(_full.Resources, copy.Resources);
        Assert.Equal(double.PositiveInfinity, copy.Stop[2].Threshold.Value);
    }

    [Fact]
    public void Json_of_the_least_experiment_reads_back()
    {
        var least = new ExperimentSpec { Name = "a", Run = "b", Space = new SearchSpace(), StoragePath = "/r" };

        var copy = ExperimentSpec.FromJson(least.ToJson());

        Assert.Equal(least, copy);
        Assert.Null(copy.Loggers);
        Assert.Null(copy.Seed);
    }

    [Fact]
    public void Digest_changes_with_any_part() =>
        Assert.Equal(7, new[]
        {
            _full, _full with { NumSamples = 2 }, _full with { Stop = [] }, _full with { Seed = 1 }, _full with { Loggers = null },
            _full with { Space = _full.Space.Copy().Set("gamma", 0.9) }, _full with { Hooks = [] },
        }.Select(s => s.Digest).Distinct().Count());

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"name":3}""")]
    public void Other_json_is_refused(string json) => Assert.Throws<JsonException>(() => ExperimentSpec.FromJson(json));

    /// <summary>Whatever stands in the place of any value, it is read or refused by name, and nothing else is thrown.</summary>
    [Fact]
    public void Damaged_json_is_refused_with_the_place()
    {
        var whole = _full.ToParameters();
        foreach (var name in whole.Names)
        {
            foreach (var value in new object?[] { null, true, -5L, 0.5, 1e300, "text", ParameterSet.Parse("""{"a":[{}]}"""), new ParameterList([null]),
                new ParameterList([ParameterSet.Empty]), new ParameterList(["x", 3L]) })
            {
                try
                {
                    ExperimentSpec.FromParameters(ParameterSet.From(whole.Where(p => p.Key != name).Append(new(name, value))));
                }
                catch (JsonException e)
                {
                    Assert.NotEmpty(e.Message);
                }
            }
        }

        foreach (var name in new[] { "name", "run", "config", "constraints", "stop", "objectives", "num_samples", "search_alg", "checkpoint_config",
            "callbacks", "storage_path" })
        {
            Assert.Contains($"'{name}' is missing.", Assert.Throws<JsonException>(() =>
                ExperimentSpec.FromParameters(ParameterSet.From(whole.Where(p => p.Key != name)))).Message, StringComparison.Ordinal);
        }
    }
}
