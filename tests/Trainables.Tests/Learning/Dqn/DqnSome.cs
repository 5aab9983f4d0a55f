using Tuning.Distributions;
using Tuning.Learning;
using Tuning.Modules;
using Tuning.Randomness;
using Tuning.Runners;

namespace Tuning.Tests.Learning.Dqn;

/// <summary>Modules, batches and rollouts of a problem with three observations and four actions.</summary>
internal static class DqnSome
{
    public const int Actions = 4;

    public static DefaultDqnModule Module(bool dueling = false, Activation activation = Activation.Tanh, int[]? hidden = null, ulong seed = 11,
        int[]? streams = null) =>
        (DefaultDqnModule)ModuleRegistry.Create(
        ModuleRegistry.DefaultDqnName,
        new(3, ActionDistribution.Categorical(Actions), new() { HiddenLayers = hidden ?? [9, 6], Activation = activation })
        {
            Dueling = dueling,
            Hiddens = streams ?? []
        },
        new RandomStream(seed));

    /// <summary>Other weights in network and target than each other's.</summary>
    public static void Perturb(DefaultDqnModule module, RandomStream random, float amount) => module.SetState(
        [.. module.GetState().Select(t => new NamedTensor(t.Name, t.Shape.AsSpan(), [.. t.Data.Select(x => x + (amount * (float)random.NextGaussian()))]))]);

    public static ReplayBatch Batch(int count, RandomStream random, float rewards = 1)
    {
        var batch = new ReplayBatch(count, 3, 1) { Count = count };
        for (var i = 0; i < 3 * count; i++)
        {
            (batch.Observations[i], batch.NextObservations[i]) = ((float)random.NextGaussian(), (float)random.NextGaussian());
        }

        for (var i = 0; i < count; i++)
        {
            batch.Actions[i] = random.NextInt32(Actions);
            batch.Rewards[i] = rewards * (float)random.NextGaussian();
            batch.Discounts[i] = random.NextInt32(4) == 0 ? 0 : 0.9f;
            batch.Weights[i] = 0.2f + (0.8f * random.NextSingle());
        }

        return batch;
    }

    /// <summary>One environment for some steps: a reward of 1 for the action that the first observation asks for.</summary>
    public static RolloutBuffer Rollout(int steps, RandomStream random)
    {
        var buffer = new RolloutBuffer(steps, 1, 3, 1, Actions);
        buffer.Clear();
        for (var t = 0; t <= steps; t++)
        {
            foreach (ref var value in buffer.Observations(t))
            {
                value = (2 * random.NextSingle()) - 1;
            }

            if (t < steps)
            {
                buffer.Actions(t)[0] = random.NextInt32(Actions);
                buffer.Rewards(t)[0] = buffer.Actions(t)[0] == (buffer.Observations(t)[0] > 0 ? 1 : 2) ? 1 : 0;
                if (random.NextInt32(4) == 0)
                {
                    buffer.MarkTerminated(t, 0);
                }
            }
        }

        return buffer;
    }

    /// <summary>One environment, and so many gradient steps per training step.</summary>
    public static DqnOptions Options(bool prioritized = false, int gradientSteps = 1) => new()
    {
        StepsBeforeLearningStarts = 20,
        TrainBatchSize = 16,
        TrainingIntensity = gradientSteps * 16 / 2,
        TargetNetworkUpdateFrequency = 25,
        Gamma = 0.9,
        NStep = 2,
        ReplayBufferConfig = new() { Capacity = 200, Prioritized = prioritized },
    };

    public static Dictionary<string, double> Report(Learner learner)
    {
        var report = new Dictionary<string, double>();
        learner.WriteTo((name, value) => report.Add(name, value.Number!.Value));
        return report;
    }

    public static float[] Weights(RlModule module) => [.. module.GetState().SelectMany(t => t.Data)];
}
