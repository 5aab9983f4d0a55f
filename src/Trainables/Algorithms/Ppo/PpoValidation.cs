using Tuning.Algorithms;

namespace Tuning.Ppo;

/// <summary>The rules that PPO's options follow. All faults are found at once.</summary>
internal static class PpoValidation
{
    /// <summary>What is wrong with options.</summary>
    public static IReadOnlyList<ParameterIssue> Check(PpoOptions o)
    {
        var rules = AlgorithmValidation.Check(o);
        rules.Range("minibatch_size", o.MinibatchSize, o.MinibatchSize >= 1, "at least 1");
        if (o.MinibatchSize >= 1 && o.TrainBatchSize >= 1 && o.MinibatchSize > o.TrainBatchSize)
        {
            rules.Add("minibatch_size", $"is {o.MinibatchSize}; it must be at most train_batch_size, which is {o.TrainBatchSize}");
        }

        rules.Range("num_epochs", o.NumEpochs, o.NumEpochs >= 1, "at least 1");
        rules.Range("lambda", o.Lambda, o.Lambda is >= 0 and <= 1, "from 0 to 1");
        rules.Range("kl_coeff", o.KlCoeff, o.KlCoeff >= 0 && double.IsFinite(o.KlCoeff), "at least 0");
        rules.Range("kl_target", o.KlTarget, o.KlTarget > 0 && double.IsFinite(o.KlTarget), "above 0");
        rules.Range("vf_loss_coeff", o.VfLossCoeff, o.VfLossCoeff >= 0 && double.IsFinite(o.VfLossCoeff), "at least 0");
        rules.Range("vf_clip_param", o.VfClipParam, o.VfClipParam > 0, "above 0");
        rules.Range("gsde_sample_freq", o.GsdeSampleFreq, o.GsdeSampleFreq is -1 or >= 1, "at least 1, or -1 for once per iteration");
        rules.NotNegative("entropy_coeff", o.EntropyCoeff);
        rules.NotNegative("clip_param", o.ClipParam);
        return rules.Issues;
    }
}
