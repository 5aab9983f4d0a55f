namespace Tuning.Algorithms;

/// <summary>All names of metrics that an algorithm reports with its options. Agents are known by the environment only: any name stands for theirs.</summary>
internal static class ReportedMetrics
{
    private const string EvaluationTimer = "timers/evaluation_iteration";

    private static readonly string[] _always =
    [
        "num_env_steps_sampled_lifetime", "num_training_step_calls_per_iteration", "training_iteration", "iterations_since_restore", "time_since_restore",
        "timers/training_iteration", "timers/training_step", "timers/env_runner_sampling_timer", "timers/learner_update_timer", "timers/synch_weights",
        .. Algorithm.SummedPaths,
    ];

    /// <summary>The names.</summary>
    /// <param name="plan">The algorithm.</param>
    /// <param name="own">What hooks say that they log; null when they say nothing.</param>
    /// <param name="hasHooks">Whether there are any.</param>
    public static MetricDeclaration Of(AlgorithmBlueprint plan, IReadOnlyCollection<string>? own, bool hasHooks)
    {
        var (options, names) = (plan.Options, new List<string>(_always));
        names.AddRange(own ?? []);
        var several = options.PolicyIds.ToList();
        var isMultiAgent = !EnvironmentRegistry.TryGet(options.Environment, out var environment) || environment.IsMultiAgent;
        var isOwn = options.Learner != Learning.LearnerRegistry.DefaultName;
        names.AddRange(several.Where(plan.Trains)
            .SelectMany(id => ((isOwn ? null : plan.Of(id).LearnerMetrics) ?? ["*"]).Select(name => $"learners/{id}/{name}")));
        AddRunners("env_runners/", options.Explore);
        names.Add("env_runners/weights_seq_no");
        var evaluates = options.EvaluationInterval > 0;
        if (evaluates)
        {
            names.Add(EvaluationTimer);
            AddRunners("evaluation/env_runners/", options.EvaluationConfig?.Explore ?? plan.EvaluationExplore ?? options.Explore);
        }

        return new(names, own is not null || !hasHooks)
        {
            Absent = ((string[])["evaluation/", EvaluationTimer]).Where(_ => !evaluates).ToDictionary(
                name => name, _ => "nothing is evaluated without evaluation_interval"),
        };

        void AddRunners(string prefix, bool explores)
        {
            names.AddRange(EpisodeStatistics.Keys(isMultiAgent ? "*" : OneAgent.Id, several, isMultiAgent).Select(key => prefix + key));
            if (explores)
            {
                plan.Exploration().WriteTo((name, _) => names.Add(prefix + name));
            }
        }
    }
}
