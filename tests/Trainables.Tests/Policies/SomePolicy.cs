using Tuning.Connectors;
using Tuning.Distributions;
using Tuning.Environments;
using Tuning.Modules;
using Tuning.Randomness;

namespace Tuning.Tests.Policies;

/// <summary>Policies with random weights.</summary>
internal static class SomePolicy
{
    public static Policy Of(Space observations, Space actions, bool filter = false, bool normalize = true, bool clip = false, ModelOptions? model = null)
    {
        var spaces = new PolicySpaces(observations, actions, filter ? ObservationFilter.MeanStdFilter : ObservationFilter.NoFilter, normalize, clip);
        var spec = new ModuleSpec(observations.EncodedSize, ActionDistribution.For(actions), model ?? new() { HiddenLayers = [8, 8] });
        var policy = new Policy(new(ModuleRegistry.DefaultName, spec), spaces);
        policy.CopyFrom(ModuleRegistry.Create(ModuleRegistry.DefaultName, spec, new RandomStream(7)), Pipeline(spaces));
        return policy;
    }

    /// <summary>So many observations, laid end to end; two thirds of those of boxes reach outside their bounds.</summary>
    /// <param name="space">Their space.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">Where they come from.</param>
    /// <param name="far">How far the last third reaches.</param>
    public static float[] Observations(Space space, int count, ulong seed = 5, float far = 100)
    {
        var random = new RandomStream(seed);
        var all = new float[count * space.Size];
        for (var i = 0; i < count; i++)
        {
            space.Sample(random, all.AsSpan(i * space.Size, space.Size));
        }

        for (var i = 0; i < all.Length && !space.IsDiscrete; i++)
        {
            all[i] *= (i / space.Size % 3) switch { 0 => 1, 1 => 2, _ => far };
        }

        return all;
    }

    private static EnvToModulePipeline Pipeline(PolicySpaces spaces)
    {
        var pipeline = EnvToModulePipeline.Build(spaces.Observations, spaces.ObservationFilter);
        var result = new float[pipeline.OutputSize];
        var seen = Observations(spaces.Observations, 50, seed: 3);
        for (var i = 0; i < 50; i++)
        {
            pipeline.Apply(seen.AsSpan(i * spaces.Observations.Size, spaces.Observations.Size), result, learn: true);
        }

        return pipeline;
    }
}
