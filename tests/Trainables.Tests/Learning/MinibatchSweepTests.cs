using Tuning.Distributions;
using Tuning.Learning;
using Tuning.Modules;
using Tuning.Randomness;
using Tuning.Runners;
using Tuning.Tests.Algorithms;
using Tuning.Tests.Learning.Dqn;

namespace Tuning.Tests.Learning;

/// <summary>Every learner with minibatches of every size, whole ones and smaller last ones, and nothing is written beyond a buffer.</summary>
public sealed class MinibatchSweepTests
{
    /// <summary>Around multiples of vectors and blocks, what is common, and some that are not.</summary>
    private static readonly int[] _sizes =
    [
        1, 2, 7, 15, 16, 17, 24, 31, 32, 33, 40, 47, 48, 49, 60, 63, 64, 65, 72, 79, 80, 81, 95, 96, 97, 100, 112, 127, 128, 129,
        130, 144, 150, 160, 191, 192, 193, 200, 250, 256, 257, 300, 319, 320, 321, 384, 400, 449, 500, 511, 512, 513, 520, 576, 600, 640, 700, 777, 1000, 1100,
    ];

    public static TheoryData<string> Networks => ["narrow", "shared", "wide", "noise", "none"];

    public static TheoryData<int> Few => [1, 17, 48, 65, 80, 96, 144, 520];

    [Theory]
    [MemberData(nameof(Few))]
    public void Ppo_with_some_remainders_stays_in_its_buffers(int size) =>
        Ppo("narrow", size, remainders: [.. Enumerable.Range(1, size).Where(r => r % 7 == 0 || r % 64 is 0 or 1 || r == size)]);

    [Theory]
    [MemberData(nameof(Networks))]
    public void Ppo_with_other_networks_stays_in_its_buffers(string network) => Ppo(network, 80, [1, 33, 48, 49, 63, 64, 65, 80]);

    [Theory(Explicit = true)]
    [Trait("Speed", "Slow")]
    [MemberData(nameof(Networks))]
    public void Ppo_with_all_remainders_of_all_sizes_stays_in_its_buffers(string network)
    {
        foreach (var size in _sizes)
        {
            Ppo(network, size, [.. Enumerable.Range(1, size)]);
        }
    }

    [Theory]
    [InlineData(80, 7)]
    [InlineData(33, 1)]
    public void A_module_of_ones_own_stays_in_its_buffers(int size, int step) => Differentiable(size, step);

    [Fact(Explicit = true)]
    [Trait("Speed", "Slow")]
    public void A_module_of_ones_own_with_all_sizes_stays_in_its_buffers() => Assert.All(_sizes, size => Differentiable(size, 1));

    [Fact]
    public void Dqn_and_Sac_with_some_sizes_stay_in_their_buffers() => Assert.All(_sizes.Where((s, i) => s < 150 && i % 3 == 0), OffPolicy);

    [Fact(Explicit = true)]
    [Trait("Speed", "Slow")]
    public void Dqn_and_Sac_with_all_sizes_stay_in_their_buffers() => Assert.All(Enumerable.Range(1, 700), OffPolicy);

    [Theory]
    [InlineData("CartPole-v1", 1024, 80, BatchMode.TruncateEpisodes)]
    [InlineData("Acrobot-v1", 1000, 96, BatchMode.TruncateEpisodes)]
    [InlineData("MultiAgentCartPole", 800, 80, BatchMode.TruncateEpisodes)]
    [InlineData("MultiAgentCartPole", 800, 80, BatchMode.CompleteEpisodes)]
    [InlineData("CartPole-v1", 800, 80, BatchMode.CompleteEpisodes)]
    public void Ppo_trains_where_the_last_minibatch_is_smaller(string env, int batch, int minibatch, BatchMode mode)
    {
        using var algorithm = Some.Ppo(env).EnvRunners(batchMode: mode).Training(trainBatchSize: batch, minibatchSize: minibatch).Build(threads: 2);
        for (var i = 0; i < 3; i++)
        {
            Assert.All(algorithm.Train().Where(m => m.Key.EndsWith("total_loss", StringComparison.Ordinal)),
                m => Assert.True(double.IsFinite(m.Value.Number!.Value)));
        }
    }

    [Fact]
    public void Observations_of_three_thousand_numbers_are_learned_from()
    {
        var module = Module("wide", observationSize: 3000);
        using var learner = module.CreatePpoLearner(Options(48), new RandomStream(5), 2);
        var canaries = new Canaries(module, learner);

        var metrics = learner.Update(PpoData.Collect(module, 50, [2, 1], 1), 100);

        Assert.True(double.IsFinite(metrics.TotalLoss));
        Assert.Empty(canaries.Dead());
    }

    private static void Ppo(string network, int size, int[] remainders)
    {
        var module = Module(network, 3);
        using var learner = module.CreatePpoLearner(Options(size), new RandomStream(5), (size % 2) + 1);
        var canaries = new Canaries(module, learner);
        Assert.True(canaries.Count > 20, "the test must test something");
        RolloutBuffer whole = PpoData.Collect(module, size, [1], 1)[0];
        foreach (var remainder in remainders)
        {
            var metrics = learner.Update([whole, .. PpoData.Collect(module, remainder, [1], (ulong)remainder)], 100);
            Assert.True(double.IsFinite(metrics.TotalLoss), $"{network}, {size} and {remainder} rows: {metrics.TotalLoss}");
            Assert.True(canaries.Dead() is [], $"{network}, {size} and {remainder} rows: {string.Join(", ", canaries.Dead())}");
        }
    }

    private static void Differentiable(int size, int step)
    {
        var module = new DifferentiablePpoLearnerTests.Affine(new ModuleSpec(3, ActionDistribution.Categorical(2), new()), new RandomStream(1));
        using var learner = module.CreatePpoLearner(Options(size), new RandomStream(5), 1);
        var canaries = new Canaries(module, learner);
        for (var remainder = 1; remainder <= size; remainder += step)
        {
            learner.Update(PpoData.Collect(module, size + remainder, [1], 1), 100);
            Assert.True(canaries.Dead() is [], $"{size} and {remainder} rows: {string.Join(", ", canaries.Dead())}");
        }
    }

    private static void OffPolicy(int size)
    {
        var random = new RandomStream(3);
        var (dqn, module) = (DqnSome.Options() with { TrainBatchSize = size, TrainingIntensity = null, StepsBeforeLearningStarts = 1 },
            DqnSome.Module(dueling: size % 2 == 0));
        using var learner = new ManagedDqnLearner(module, dqn, new RandomStream(1));
        var canaries = new Canaries(learner, module);
        learner.Train([DqnSome.Rollout(20, random)], 20);
        Assert.True(canaries.Dead() is [], $"DQN, {size} rows: {string.Join(", ", canaries.Dead())}");
        foreach (var actions in (string[])["continuous", "discrete"])
        {
            using var sac = new ManagedSacLearner(SacData.Module(actions), SacData.Options(size, lr: 1e-3), new RandomStream(1), 1 + (size % 2));
            canaries = new Canaries(sac, sac.Module);
            foreach (var count in (int[])[size, Math.Max(1, size / 2), 1])
            {
                SacData.Fill(sac, count, random);
                sac.Step(0);
                Assert.True(canaries.Dead() is [], $"SAC, {count} of {size} rows: {string.Join(", ", canaries.Dead())}");
            }
        }
    }

    private static PpoOptions Options(int size) =>
        new() { LearningRate = 1e-3, MinibatchSize = size, Epochs = 1, EntropyCoefficient = 0.001, GradientClip = 0.5 };

    private static DefaultPpoModule Module(string network, int observationSize)
    {
        ModelOptions model = network switch
        {
            "narrow" => new() { HiddenLayers = [5] },
            "shared" => new() { HiddenLayers = [17, 3], ValueSharesLayers = true, FreeLogStandardDeviation = true },
            "noise" => new() { HiddenLayers = [20], UseGsde = true },
            "none" => new() { HiddenLayers = [] },
            _ => new() { HiddenLayers = [64, 16], Activation = Activation.Swish },
        };
        var actions = network is "narrow" or "none" ? ActionDistribution.Categorical(2) : ActionDistribution.DiagonalGaussian(3);
        return (DefaultPpoModule)ModuleRegistry.Create(ModuleRegistry.DefaultName, new ModuleSpec(observationSize, actions, model), new RandomStream(1));
    }
}
