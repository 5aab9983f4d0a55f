using Tuning.Algorithms;

namespace Tuning.Dqn;

/// <summary>The rules that DQN's options follow. All faults are found at once.</summary>
internal static class DqnValidation
{
    /// <summary>What is wrong with options.</summary>
    public static IReadOnlyList<ParameterIssue> Check(DqnOptions o)
    {
        var rules = AlgorithmValidation.Check(o);
        if (o.BatchMode == AlgorithmOptions.CompleteEpisodes)
        {
            rules.Add("batch_mode", $"is '{o.BatchMode}'; it must be {AlgorithmOptions.TruncateEpisodes}: DQN learns from single steps while episodes go on");
        }

        if (o.Epsilon.Points.Any(p => p.Value is < 0 or > 1))
        {
            rules.Add("epsilon", $"is {o.Epsilon}; it must be from 0 to 1");
        }

        CheckExploration(o, rules);
        rules.Range("n_step", o.NStep, o.NStep.Least >= 1 && o.NStep.Most >= o.NStep.Least && o.NStep.Most <= 10_000, "at least 1, or a range [least, most] from 1 on");
        rules.Range("target_network_update_freq", o.TargetNetworkUpdateFreq, o.TargetNetworkUpdateFreq >= 0, "at least 0");
        rules.Range("tau", o.Tau, o.Tau is > 0 and <= 1, "above 0 and at most 1");
        rules.Range("num_steps_sampled_before_learning_starts", o.NumStepsSampledBeforeLearningStarts, o.NumStepsSampledBeforeLearningStarts >= 0, "at least 0");
        rules.Range("training_intensity", o.TrainingIntensity, o.TrainingIntensity is null || (o.TrainingIntensity > 0 && double.IsFinite(o.TrainingIntensity.Value)), "above 0, or null");
        rules.OneOf("td_error_loss_fn", o.TdErrorLossFn, "huber", "mse");
        rules.Range("adam_epsilon", o.AdamEpsilon, o.AdamEpsilon > 0 && double.IsFinite(o.AdamEpsilon), "above 0");
        rules.Range("num_atoms", o.NumAtoms, o.NumAtoms == 1, "1: distributions of returns are not learnt here, only their means");
        ReplayVocabulary.Check(o.ReplayBufferConfig, rules);
        return rules.Issues;
    }

    private static void CheckExploration(DqnOptions o, OptionRules rules)
    {
        const string Path = "exploration_config.";
        var e = o.ExplorationConfig;
        rules.OneOf(Path + "type", e.Type, DqnExplorationOptions.Types);
        rules.Range(Path + "initial_epsilon", e.InitialEpsilon, e.InitialEpsilon is null or (>= 0 and <= 1), "from 0 to 1");
        rules.Range(Path + "final_epsilon", e.FinalEpsilon, e.FinalEpsilon is null or (>= 0 and <= 1), "from 0 to 1");
        rules.Range(Path + "epsilon_timesteps", e.EpsilonTimesteps, e.EpsilonTimesteps is null or (>= 1 and <= 1L << 50), "at least 1");
        rules.Range(Path + "warmup_timesteps", e.WarmupTimesteps, e.WarmupTimesteps is null or (>= 0 and <= 1L << 50), "at least 0");
        rules.Range(Path + "temperature", e.Temperature, e.Temperature > 0 && double.IsFinite(e.Temperature), "above 0");
        if (e.GivesEpsilon && !o.Epsilon.Equals(new DqnOptions().Epsilon))
        {
            rules.Add("epsilon", $"is {o.Epsilon}, and exploration_config speaks of ε, too; keep one of them");
        }
    }
}
