namespace Tuning.Runners;

/// <summary>The keys of what runners report, RLlib's, made once.</summary>
internal sealed class EpisodeMetricNames(string prefix)
{
    private const string Agent = "/default_agent";
    private const string Module = "/default_policy";

    public Smoothed Return { get; } = new(prefix + "episode_return");

    public Smoothed Length { get; } = new(prefix + "episode_len");

    public string Duration { get; } = prefix + "episode_duration_sec_mean";

    public string AgentReturn { get; } = prefix + "agent_episode_returns_mean" + Agent;

    public string ModuleReturn { get; } = prefix + "module_episode_returns_mean" + Module;

    public string Episodes { get; } = prefix + "num_episodes";

    public string EpisodesLifetime { get; } = prefix + "num_episodes_lifetime";

    public string Steps { get; } = prefix + "num_env_steps_sampled";

    public string StepsLifetime { get; } = prefix + "num_env_steps_sampled_lifetime";

    public string AgentSteps { get; } = prefix + "num_agent_steps_sampled" + Agent;

    public string AgentStepsLifetime { get; } = prefix + "num_agent_steps_sampled_lifetime" + Agent;

    public string ModuleSteps { get; } = prefix + "num_module_steps_sampled" + Module;

    public string ModuleStepsLifetime { get; } = prefix + "num_module_steps_sampled_lifetime" + Module;

    public string WeightsSequenceNumber { get; } = prefix + "weights_seq_no";

    /// <summary>Mean, smallest and largest of the last episodes.</summary>
    public sealed class Smoothed(string name)
    {
        public string Mean { get; } = name + "_mean";

        public string Min { get; } = name + "_min";

        public string Max { get; } = name + "_max";
    }
}
