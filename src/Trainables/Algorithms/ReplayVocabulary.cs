namespace Tuning.Algorithms;

/// <summary>RLlib's older names of what all algorithms with replay share.</summary>
internal static class ReplayVocabulary
{
    private const string ReplayKey = "replay_buffer_config.";

    private static readonly string[] _ignored = ["_enable_replay_buffer_api", "replay_sequence_length", "replay_batch_size", "replay_mode", "storage_unit", "worker_side_prioritization"];

    /// <summary>Older names of options.</summary>
    public static IReadOnlyDictionary<string, string> Parameters { get; } = new Dictionary<string, string>
    {
        ["learning_starts"] = "num_steps_sampled_before_learning_starts",
        ["replay_buffer_config.learning_starts"] = "num_steps_sampled_before_learning_starts",
        ["replay_buffer_config.min_size_for_sampling"] = "num_steps_sampled_before_learning_starts",
        ["buffer_size"] = "replay_buffer_config.capacity",
        ["prioritized_replay"] = "replay_buffer_config.prioritized",
        ["prioritized_replay_alpha"] = "replay_buffer_config.alpha",
        ["prioritized_replay_beta"] = "replay_buffer_config.beta",
        ["prioritized_replay_eps"] = "replay_buffer_config.epsilon",
        ["replay_buffer_config.prioritized_replay"] = "replay_buffer_config.prioritized",
        ["replay_buffer_config.prioritized_replay_alpha"] = "replay_buffer_config.alpha",
        ["replay_buffer_config.prioritized_replay_beta"] = "replay_buffer_config.beta",
        ["replay_buffer_config.prioritized_replay_eps"] = "replay_buffer_config.epsilon",
    };

    /// <summary>Keys that mean nothing here, each with the reason.</summary>
    public static IReadOnlyDictionary<string, string> Ignored { get; } = _ignored.SelectMany(key => (string[])[key, ReplayKey + key])
        .ToDictionary(key => key, _ => "there is one replay buffer of single transitions per policy");
}
