namespace Tuning.Modules;

/// <summary>Says that training has diverged, where it shows first and in one wording, so that nothing of it is sampled with or saved.</summary>
internal static class Divergence
{
    /// <summary>What is thrown.</summary>
    /// <param name="where">What shows it: "the total loss is NaN after gradient step 64".</param>
    public static InvalidOperationException Of(string where) =>
        new($"Training has diverged: {where}. A smaller learning rate (lr), or a bound for gradients (grad_clip), may help.");

    /// <summary>Fails unless all weights are finite.</summary>
    /// <param name="weights">A multiple of 16.</param>
    /// <param name="steps">Gradient steps so far.</param>
    public static void RefuseWeights(Floats weights, long steps)
    {
        if (!Kernels.AreFinite(weights, weights.Length))
        {
            var bad = 0;
            foreach (var weight in weights.Span)
            {
                bad += float.IsFinite(weight) ? 0 : 1;
            }

            throw Of($"{bad} weights of the module are NaN or infinite after gradient step {steps}");
        }
    }

    /// <summary>Fails unless all actions are finite: the environment is not to blame for what it makes of others.</summary>
    public static void RefuseActions(ReadOnlySpan<float> actions)
    {
        var finite = true;
        foreach (var action in actions)
        {
            finite &= float.IsFinite(action);
        }

        if (!finite)
        {
            throw Of("the policy's actions are NaN or infinite, although its weights are not");
        }
    }
}
