using System.Text.Json;
using System.Text.Json.Serialization;
using Tuning.Checkpointing;
using Tuning.Randomness;

namespace Tuning.Runners;

/// <summary>The running episodes of a group as the state of a component.</summary>
internal static class EnvRunnerGroupState
{
    private static readonly JsonSerializerOptions _json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static ComponentState Capture(EnvRunnerGroup group, MetricsLogger metrics)
    {
        var runners = new List<ParameterSet>();
        var observations = new List<float>();
        foreach (var runner in group.Runners)
        {
            var state = ParameterSet.From(
            [
                new("random", runner.Random.Save().ToString()),
                new("started", runner.Started),
                new("environments", runner.Episodes.Select(e => CaptureCopy(runner, e)).ToList()),
            ]);
            var exploration = runner.Exploration.GetState();
            runners.Add(exploration.Count == 0 ? state : state.With("exploration", exploration));
            observations.AddRange(runner.Current);
        }

        return ComponentState.Empty with
        {
            Values = ParameterSet.From(
            [
                new("environment", group.Options.Environment.Name),
                new("env_config", group.Options.EnvironmentConfig),
                new("num_envs_per_env_runner", group.Options.NumEnvsPerEnvRunner),
                new("metrics", metrics.GetState()),
                new("runners", runners),
            ]),
            Tensors = ComponentState.Empty.Tensors.Add("observations", StateTensor.Of([.. observations], observations.Count / group.ObservationSize, group.ObservationSize)),
        };
    }

    /// <summary>Continues the episodes of a state, or starts them anew and returns why.</summary>
    public static string? Apply(EnvRunnerGroup group, MetricsLogger metrics, ComponentState state)
    {
        try
        {
            metrics.SetState(state.Value<string>("metrics"));
            var runners = Sets(state.Values!["runners"]);
            if (Difference(group, state, runners) is { } difference)
            {
                foreach (var runner in group.Runners)
                {
                    runner.Started = false;
                }

                return $"The running episodes of the checkpoint are not continued, all episodes start anew: {difference}.";
            }

            var observations = state.Tensor("observations").Floats;
            for (var i = 0; i < runners.Length; i++)
            {
                var current = group.Runners[i].Current;
                observations.Slice(i * current.Length, current.Length).CopyTo(current);
                ApplyRunner(group.Runners[i], runners[i]);
            }

            return null;
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException or InvalidOperationException or KeyNotFoundException or InvalidCastException)
        {
            throw new CheckpointException($"The state of the environment runners in the checkpoint cannot be read: {e.Message}", e);
        }
    }

    private static ParameterSet[] Sets(object? list) => list is ParameterList items
        ? [.. items.Select(item => item as ParameterSet ?? throw new FormatException("a runner or an environment is missing"))]
        : throw new FormatException("the runners or their environments are missing");

    private static string? Difference(EnvRunnerGroup group, ComponentState state, ParameterSet[] runners)
    {
        var environment = state.Value<string>("environment");
        var config = state.Values!["env_config"] as ParameterSet ?? throw new FormatException("env_config is missing");
        var copies = state.Value<int>("num_envs_per_env_runner");
        if (environment != group.Options.Environment.Name)
        {
            return $"they are of {environment}, here it is {group.Options.Environment.Name}";
        }

        if (!config.Equals(group.Options.EnvironmentConfig))
        {
            return $"their env_config is {config}, here it is {group.Options.EnvironmentConfig}";
        }

        if (runners.Length != group.Runners.Count || copies != group.Options.NumEnvsPerEnvRunner)
        {
            return $"they are of {runners.Length} runners with {copies} environments each, here are {group.Runners.Count} with {group.Options.NumEnvsPerEnvRunner}";
        }

        return Array.Exists(runners, r => r.Get<bool>("started") && Array.Exists(Sets(r["environments"]), e => e["state"] is null))
            ? $"{environment} cannot save its state"
            : null;
    }

    private static ParameterSet CaptureCopy(EnvRunner runner, Episode episode) => ParameterSet.From(
    [
        new("random", runner.Vector.SaveStream(episode.EnvironmentIndex).ToString()),
        // As text, so that every number comes back as it was written.
        new("state", runner.Started ? runner.Vector.SaveState(episode.EnvironmentIndex) : null),
        new("number", episode.Number),
        new("return", episode.Return),
        new("length", episode.Length),
        new("data", JsonSerializer.Serialize(episode.AllData, _json)),
    ]);

    private static void ApplyRunner(EnvRunner runner, ParameterSet state)
    {
        runner.Random.Restore(RandomState.Parse(state.Get<string>("random")));
        runner.Started = state.Get<bool>("started");
        runner.Exploration.SetState(state.TryGet("exploration", out var exploration) && exploration is ParameterSet set ? set : ParameterSet.Empty);
        var copies = Sets(state["environments"]);
        foreach (var episode in runner.Episodes)
        {
            var copy = copies[episode.EnvironmentIndex];
            runner.Vector.RestoreStream(episode.EnvironmentIndex, RandomState.Parse(copy.Get<string>("random")));
            episode.Clear();
            episode.StartedAt = 0;
            episode.Number = copy.Get<long>("number");
            episode.Return = copy.Get<double>("return");
            episode.Length = copy.Get<int>("length");
            foreach (var (name, values) in JsonSerializer.Deserialize<Dictionary<string, double[]>>(copy.Get<string>("data"), _json)!)
            {
                foreach (var value in values)
                {
                    episode.Data(name).Add(value);
                }
            }

            if (runner.Started)
            {
                runner.Vector.RestoreState(episode.EnvironmentIndex, copy.Get<string>("state"));
            }
        }
    }
}
