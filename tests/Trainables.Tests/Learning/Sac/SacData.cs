using Tuning.Distributions;
using Tuning.Learning;
using Tuning.Modules;
using Tuning.Randomness;

namespace Tuning.Tests.Learning;

internal static class SacData
{
    public static DefaultSacModule Module(string actions, ModelOptions? model = null, ModelOptions? q = null, bool twin = true, ulong seed = 3)
    {
        ActionDistribution distribution = actions == "continuous" ? ActionDistribution.SquashedGaussian(2) : ActionDistribution.Categorical(3);
        var random = new RandomStream(seed);
        var module = (DefaultSacModule)ModuleRegistry.Create(
            ModuleRegistry.DefaultSacName, new ModuleSpec(4, distribution,
                model ?? new() { HiddenLayers = [9, 7], KernelInitializer = KernelInitializer.KaimingUniform })
            { QModel = q, TwinQ = twin }, random);

        // The targets are others than their networks.
        module.SetState([.. module.GetState()
            .Select(tensor => new NamedTensor(tensor.Name, tensor.Shape.AsSpan(), [.. tensor.Data.Select(x => x + (0.2f * (float)random.NextGaussian()))]))]);
        return module;
    }

    public static SacOptions Options(int rows, bool huber = false, double lr = 0) => new()
    {
        ActorLearningRate = lr,
        CriticLearningRate = lr,
        AlphaLearningRate = lr,
        InitialAlpha = 0.3,
        TrainBatchSize = rows,
        TdErrorLoss = huber ? TdErrorLoss.Huber : TdErrorLoss.Mse,
        StepsBeforeLearningStarts = 0,
        Gamma = 0.95,
        ReplayBufferConfig = new() { Capacity = 1000, Prioritized = false },
    };

    /// <summary>Fills the learner's batch with random rows; some of them are the last of an episode.</summary>
    public static void Fill(ManagedSacLearner learner, int count, RandomStream random)
    {
        var (batch, distribution) = (learner.Rows.Batch, learner.Module.ActionDistribution);
        batch.Count = count;
        foreach (var array in (float[][])[batch.Observations, batch.NextObservations, batch.Rewards, learner.Rows.Noise, learner.Rows.NextNoise])
        {
            foreach (ref var x in array.AsSpan())
            {
                x = (float)random.NextGaussian();
            }
        }

        for (var i = 0; i < count; i++)
        {
            batch.Discounts[i] = random.NextInt32(4) == 0 ? 0 : 0.95f;
            batch.Weights[i] = 0.5f + (random.NextSingle() / 2);
            for (var k = 0; k < distribution.ActionSize; k++)
            {
                batch.Actions[(i * distribution.ActionSize) + k] = distribution.IsDiscrete ? random.NextInt32(distribution.InputSize)
                    : (2 * random.NextSingle()) - 1;
            }
        }
    }
}
