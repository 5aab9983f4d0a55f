using System.Text.Json;
using System.Text.Json.Serialization;
using Tuning.Checkpointing;

namespace Tuning.Runners;

/// <summary>What the states of all groups of environment runners have in common: the arrangement of copies, and running episodes.</summary>
internal static class EpisodeState
{
    private static readonly JsonSerializerOptions _json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>The environment and how many copies of it there are.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> Arrangement(EnvRunnerOptions options) =>
    [
        new("environment", options.Environment.Name),
        new("env_config", options.EnvironmentConfig),
        new("num_envs_per_env_runner", options.NumEnvsPerEnvRunner),
    ];

    /// <summary>Why running episodes of a state cannot go on here; null when they can.</summary>
    public static string? Difference(EnvRunnerOptions options, ComponentState state, ParameterSet[] runners)
    {
        var environment = state.Value<string>("environment");
        var config = state.Values!["env_config"] as ParameterSet ?? throw new FormatException("env_config is missing");
        var copies = state.Value<int>("num_envs_per_env_runner");
        if (environment != options.Environment.Name)
        {
            return $"they are of {environment}, here it is {options.Environment.Name}";
        }

        if (!config.Equals(options.EnvironmentConfig))
        {
            return $"their env_config is {config}, here it is {options.EnvironmentConfig}";
        }

        if (runners.Length != options.Runners || copies != options.NumEnvsPerEnvRunner)
        {
            return $"they are of {runners.Length} runners with {copies} environments each, here are {options.Runners} with {options.NumEnvsPerEnvRunner}";
        }

        return Array.Exists(runners, r => r.Get<bool>("started") && Array.Exists(Sets(r["environments"]), e => e["state"] is null))
            ? $"{environment} cannot save its state"
            : null;
    }

    /// <summary>What a restore that starts all episodes anew says.</summary>
    public static string Notice(string difference) => $"The running episodes of the checkpoint are not continued, all episodes start anew: {difference}.";

    /// <summary>A list of sets.</summary>
    public static ParameterSet[] Sets(object? list) => list is ParameterList items
        ? [.. items.Select(item => item as ParameterSet ?? throw new FormatException("a runner or an environment is missing"))]
        : throw new FormatException("the runners or their environments are missing");

    /// <summary>A running episode, without what its agents see.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> Capture(Episode episode) =>
    [
        new("number", episode.Number),
        new("return", episode.Return),
        new("length", episode.Length),
        // As text, so that every number comes back as it was written.
        new("data", JsonSerializer.Serialize(episode.AllData, _json)),
    ];

    /// <summary>Goes on with a running episode.</summary>
    public static void Apply(Episode episode, ParameterSet state)
    {
        episode.Clear();
        episode.StartedAt = 0;
        episode.Number = state.Get<long>("number");
        episode.Return = state.Get<double>("return");
        episode.Length = state.Get<int>("length");
        foreach (var (name, values) in JsonSerializer.Deserialize<Dictionary<string, double[]>>(state.Get<string>("data"), _json)!)
        {
            foreach (var value in values)
            {
                episode.Data(name).Add(value);
            }
        }
    }

    /// <summary>Reads a state; whatever is wrong with it is a fault of the checkpoint.</summary>
    /// <exception cref="CheckpointException">It cannot be read.</exception>
    public static string? Read(Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException or InvalidOperationException or KeyNotFoundException or InvalidCastException)
        {
            throw new CheckpointException($"The state of the environment runners in the checkpoint cannot be read: {e.Message}", e);
        }
    }
}
