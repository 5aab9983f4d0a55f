using Tuning.Specification;
using Tuning.Testing;

namespace Tuning.Tests.Specification;

public sealed class OverrideTests
{
    private const string Two = """
        one: {run: PPO, env: Pendulum-v1, num_samples: 2, config: {lr: 0.1, num_workers: 3, model: {fcnet_hiddens: [8]}}, storage_path: here}
        two: {run: PPO, env: CartPole-v1, tune: {num_samples: 5}}
        """;

    [Fact]
    public void Set_replaces_creates_and_removes()
    {
        var spec = Read(new()
        {
            Only = ["one"],
            Set = ["config.lr={loguniform: [1e-5, 1e-2]}", "config.model.fcnet_activation=relu",
            "config.model.fcnet_hiddens=[64, 64]", "checkpoint_config.checkpoint_frequency=7", "stop.env_runners/episode_return_mean=5"]
        }).Single();

        Assert.Equal("""{"env":"Pendulum-v1","lr":{"loguniform":[1E-05,0.01]},"model":{"fcnet_activation":"relu","fcnet_hiddens":[64,64]}""" +
            ""","num_env_runners":3}""", spec.Space.ToString());
        Assert.Equal(7, spec.Checkpoints.CheckpointFrequency);
        Assert.Equal([new("env_runners/episode_return_mean", 5)], spec.Stop);
    }

    [Fact]
    public void Set_wins_over_an_old_name_in_the_file_and_the_other_way_round()
    {
        Assert.Equal(0L, Read(new() { Set = ["config.num_env_runners=0"] })[0].Space.Constants.Single(c => c.Key == "num_env_runners").Value);
        Assert.Equal(9L, Read(new() { Set = ["config.num_workers=9"] })[0].Space.Constants.Single(c => c.Key == "num_env_runners").Value);
        Assert.Equal("CartPole-v0", Read(new() { Set = ["config.env=CartPole-v0"] })[1].Space.Constants.Single(c => c.Key == "env").Value);
    }

    [Fact]
    public void Set_with_a_name_changes_one_experiment()
    {
        var specs = Read(new() { Set = ["two:config.gamma=0.5"] });

        Assert.DoesNotContain("gamma", specs[0].Space.ToString());
        Assert.Contains("\"gamma\":0.5", specs[1].Space.ToString());
    }

    [Fact]
    public void Options_win_over_the_file()
    {
        var spec = Assert.Single(Read(new() { Only = ["two"], Name = "renamed", Samples = 7, MaxConcurrent = 3, Seed = ulong.MaxValue, Storage = "out" }));

        Assert.Equal("renamed", spec.Name);
        Assert.Equal(7, spec.NumSamples);
        Assert.Equal(3, spec.MaxConcurrentTrials);
        Assert.Equal(ulong.MaxValue, spec.Seed);
        Assert.Equal(Path.Combine(Directory.GetCurrentDirectory(), "out"), spec.StoragePath);
    }

    [Theory]
    [InlineData("config.lr=fast", "--set config.lr=fast: one.config.lr: is 'fast'; it must be a number.")]
    [InlineData("one:config.learnrate=1", "--set one:config.learnrate=1: one.config.learnrate: 'learnrate' is no parameter of 'PPO'.")]
    [InlineData("three:config.lr=1", "--set three:config.lr=1: The file has no experiment 'three'. Experiments: one, two.")]
    [InlineData("config.lr", "--set config.lr: It must be PATH=VALUE")]
    [InlineData("config..lr=1", "--set config..lr=1: It must be PATH=VALUE")]
    [InlineData("config.lr=[1", "--set config.lr=[1: This is not YAML")]
    [InlineData("one:config.lr.x=1", "--set one:config.lr.x=1: one.config.lr: is 0.1, so nothing can be set below it; set 'config.lr' itself.")]
    [InlineData("num_samples=0", "--set num_samples=0: one.num_samples: is 0; it must be at least 1")]
    public void Errors_point_to_the_option(string set, string expected) =>
        Assert.Contains(Result(new() { Set = [set] }).Problems, p => p.ToString().StartsWith(expected, StringComparison.Ordinal));

    [Fact]
    public void Unknown_experiment_and_one_name_for_two_are_errors()
    {
        Assert.Equal("--only tow: The file has no experiment 'tow'. Did you mean 'two'?", Assert.Single(Result(new() { Only = ["tow"] }).Problems).ToString());
        Assert.Equal("--name x: One name cannot serve 2 experiments; choose one of them with --only: one, two.",
            Assert.Single(Result(new() { Name = "x" }).Problems).ToString());
        Assert.StartsWith("--name a/b: 'a/b' cannot be the name", Assert.Single(Result(new() { Name = "a/b", Only = ["one"] }).Problems).ToString());
        Assert.StartsWith("--num-samples -3: two.num_samples: is -3", Assert.Single(Result(new() { Samples = -3, Only = ["two"] }).Problems).ToString());
    }

    private static ExperimentFileResult Result(ExperimentOverrides overrides) =>
        ExperimentFile.Parse(Two, Path.Combine(Approved.Repository, "two.yaml"), FakeAlgorithm.Catalog(), overrides);

    private static IReadOnlyList<ExperimentSpec> Read(ExperimentOverrides overrides)
    {
        var result = Result(overrides);
        Assert.Empty(result.Problems);
        return result.Experiments;
    }
}
