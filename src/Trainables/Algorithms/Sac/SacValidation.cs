using Tuning.Algorithms;

namespace Tuning.Sac;

/// <summary>The rules that SAC's options follow. All faults are found at once.</summary>
internal static class SacValidation
{
    /// <summary>What is wrong with options.</summary>
    public static IReadOnlyList<ParameterIssue> Check(SacOptions o)
    {
        var rules = AlgorithmValidation.Check(o);
        if (o.BatchMode == AlgorithmOptions.CompleteEpisodes)
        {
            rules.Add("batch_mode", $"is '{o.BatchMode}'; it must be {AlgorithmOptions.TruncateEpisodes}: SAC learns from single steps while episodes go on");
        }

        if (!o.Lr.Equals(new SacOptions().Lr))
        {
            rules.Add("lr", $"is {o.Lr}; SAC has three learning rates: set actor_lr, critic_lr and alpha_lr");
        }

        if (!OptionsCodec.ToParameters(o.Model).Equals(OptionsCodec.ToParameters(new SacOptions().Model)))
        {
            rules.Add("model", "is given; SAC's networks are described by policy_model_config and q_model_config");
        }

        CheckModel("q_model_config", o.QModelConfig, rules);
        CheckModel("policy_model_config", o.PolicyModelConfig, rules);
        SpaceRules.CheckGsde(o, "policy_model_config.use_gsde", o.PolicyModelConfig.UseGsde, rules);
        rules.Range("tau", o.Tau, o.Tau is > 0 and <= 1, "above 0 and at most 1");
        rules.Range("target_network_update_freq", o.TargetNetworkUpdateFreq, o.TargetNetworkUpdateFreq >= 0, "at least 0");
        rules.Range("initial_alpha", o.InitialAlpha, o.InitialAlpha > 0 && double.IsFinite(o.InitialAlpha), "above 0; for a fixed weight of the entropy set alpha_lr to 0");
        rules.Range("target_entropy", o.TargetEntropy, o.TargetEntropy is null || double.IsFinite(o.TargetEntropy.Value), "a finite number, or auto");
        rules.Range("n_step", o.NStep, o.NStep is >= 1 and <= 1000, "from 1 to 1,000");
        rules.NotNegative("actor_lr", o.ActorLr);
        rules.NotNegative("critic_lr", o.CriticLr);
        rules.NotNegative("alpha_lr", o.AlphaLr);
        rules.OneOf("td_error_loss_fn", o.TdErrorLossFn, "huber", "mse");
        rules.Range("num_steps_sampled_before_learning_starts", o.NumStepsSampledBeforeLearningStarts, o.NumStepsSampledBeforeLearningStarts >= 0, "at least 0");
        rules.OneOf("exploration_config.type", o.ExplorationConfig.Type, "StochasticSampling");
        rules.Range("exploration_config.random_timesteps", o.ExplorationConfig.RandomTimesteps, o.ExplorationConfig.RandomTimesteps >= 0, "at least 0");
        rules.Range("training_intensity", o.TrainingIntensity, o.TrainingIntensity is null || (o.TrainingIntensity > 0 && double.IsFinite(o.TrainingIntensity.Value)), "above 0, or null");
        rules.Range("gsde_sample_freq", o.GsdeSampleFreq, o.GsdeSampleFreq is -1 or >= 1, "-1, or at least 1");
        ReplayVocabulary.Check(o.ReplayBufferConfig, rules);
        return rules.Issues;
    }

    private static void CheckModel(string path, SacModelOptions model, OptionRules rules) => AlgorithmValidation.CheckModel(path, model.ToModelOptions(), rules);
}
