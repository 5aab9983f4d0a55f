using Tuning.Specification;
using Tuning.Values;

namespace Tuning.Tests;

/// <summary>Whole numbers of every component: what something is made of, counted or allocated by has an upper bound that a file is held to.</summary>
public sealed class IntegerOptionTests
{
    // Only compared with, held to another option, or a seed: nothing becomes larger by them.
    private static readonly HashSet<string> _compared =
    [
        "n_startup_trials", "max_best", "min_points_in_model", "max_concurrent", "max_t", "min_samples_required", "n_startup_steps", "max_iter", "grace_period",
        "patience", "num_results", "top", "epsilon_timesteps", "warmup_timesteps", "target_network_update_freq", "num_steps_sampled_before_learning_starts",
        "horizon", "random_timesteps", "min_sample_timesteps_per_iteration", "evaluation_interval", "evaluation_duration", "gsde_sample_freq", "seed",
        "minibatch_size", "metrics_num_episodes_for_smoothing",
    ];

    [Fact]
    public void Whole_number_that_something_is_made_by_has_an_upper_bound()
    {
        var unbounded = new List<string>();
        var count = 0;
        foreach (var (name, schema) in Components())
        {
            foreach (var (path, option) in Numbers(schema, name))
            {
                count++;
                if (!_compared.Contains(option.Name) && option.Broken(Largest(option)) is null && !IsRefused(path))
                {
                    unbounded.Add(path);
                }
            }
        }

        Assert.True(count > 60, $"{count}");
        Assert.True(unbounded.Count == 0, string.Join('\n', unbounded));
    }

    [Theory]
    [InlineData("tune: {search_alg: {type: tpe, n_ei_candidates: 2147483648}}", "it must be from 1 to 1,000,000.")]
    [InlineData("tune: {search_alg: {type: nsga2, population_size: 2147483648}}", "it must be from 2 to 100,000, so that there are two parents, or null.")]
    [InlineData("tune: {search_alg: {type: cma_es, population_size: 4294967296}}", "it must be from 3 to 100,000")]
    [InlineData("tune: {search_alg: {type: gp, n_candidates: 2147483647}}", "it must be from 16 to 1,000,000.")]
    public async Task Size_that_is_too_large_is_refused_with_its_range(string tune, string expected)
    {
        using var run = new CommandLine.CommandRun();
        var file = run.Write("a.yaml", $"a:\n  run: toy\n  config: {{lr: {{uniform: [0, 1]}}, steps: 1, fail: false}}\n  {tune}\n");
        Assert.Equal(2, await run.RunAsync("validate", file));
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<(string Name, OptionSchema Schema)> Components()
    {
        var catalog = new ComponentCatalog();
        catalog.AddTrainables();
        return [
            .. catalog.Searchers.Names.Select(n => (n, catalog.Searchers.SchemaOf(n))),
            .. catalog.Schedulers.Names.Select(n => (n, catalog.Schedulers.SchemaOf(n))),
            .. catalog.Stoppers.Names.Select(n => (n, catalog.Stoppers.SchemaOf(n))), .. catalog.Loggers.Names.Select(n => (n, catalog.Loggers.SchemaOf(n))),
            .. EnvironmentOf.Keys.Select(n => (n, OptionSchema.Of(catalog.FindTrainable(n)!.ConfigurationType!))),
        ];
    }

    private static IEnumerable<(string Path, Option Option)> Numbers(OptionSchema schema, string path) => schema.Options.SelectMany(option =>
    {
        var type = option.ItemType ?? option.Type;
        type = Nullable.GetUnderlyingType(type) ?? type;
        return option.Group is { } group ? Numbers(group, $"{path}.{option.Name}")
            : type == typeof(int) || type == typeof(long) ? [($"{path}.{option.Name}", option)] : (IEnumerable<(string, Option)>)[];
    });

    // What an algorithm is made of is held to more than its own bound: environments times steps, weights of layers.
    private static bool IsRefused(string path)
    {
        if (!EnvironmentOf.TryGetValue(path.Split('.')[0], out var environment))
        {
            return false;
        }

        using var run = new CommandLine.CommandRun { HasPolicies = true };
        var (trainable, option) = (path[..path.IndexOf('.', StringComparison.Ordinal)], path[(path.IndexOf('.', StringComparison.Ordinal) + 1)..]);
        var catalog = new ComponentCatalog();
        catalog.AddTrainables();
        var file = run.Write("a.yaml", $"a: {{run: {trainable}, env: {environment}}}");
        return !ExperimentFile.Read(file, catalog, ExperimentOverrides.None with { Set = [$"config.{option}=2147483647"] }).IsValid;
    }

    private static Dictionary<string, string> EnvironmentOf { get; } = new() { ["PPO"] = "CartPole-v1", ["DQN"] = "CartPole-v1", ["SAC"] = "Pendulum-v1" };

    private static object Largest(Option option) =>
        option.ItemType is not null ? System.Collections.Immutable.ImmutableArray.Create(int.MaxValue) : int.MaxValue;
}
