namespace Tuning.Algorithms;

/// <summary>Which options can be others for one policy of several: what its learner and its networks follow, but nothing of the environments that sample for
/// all.</summary>
internal static class PolicyOptionRules
{
    private static readonly string[] _shared = ["lr", "gamma", "grad_clip", "grad_clip_by", "model"];
    private static readonly string[] _sampling = ["epsilon", "exploration_config", "training_intensity", "gsde_sample_freq"];

    /// <summary>Whether an option is one of them.</summary>
    /// <param name="name">Its name in files, without what is below it.</param>
    /// <param name="options">The options of the algorithm.</param>
    public static bool IsOfOne(string name, Type options) =>
        OptionSchema.Of(options).Options.Any(o => o.Name == name && o.DeclaredBy == typeof(AlgorithmOptions)) ? _shared.Contains(name)
            : !_sampling.Contains(name) && options != typeof(AlgorithmOptions);
}
