using Tuning.Distributions;
using Tuning.Learning;
using Tuning.Modules;
using Tuning.Randomness;
using Tuning.Runners;
using Tuning.Testing;

namespace Tuning.Tests.Learning;

public sealed class PpoLearnerTests
{
    internal static readonly PpoOptions Settings = new()
    {
        LearningRate = 3e-3,
        MinibatchSize = 96,
        Epochs = 4,
        Gamma = 0.9,
        Lambda = 0.8,
        EntropyCoefficient = 0.001,
        GradientClip = 0.5,
    };

    [Theory]
    [InlineData(false, GradientClipping.GlobalNorm)]
    [InlineData(false, null)]
    [InlineData(true, GradientClipping.GlobalNorm)]
    [InlineData(false, GradientClipping.Norm)]
    [InlineData(true, GradientClipping.Value)]
    public void Update_any_number_of_threads_gives_the_same_bits(bool shared, GradientClipping? clipBy)
    {
        var options = Settings with
        {
            GradientClip = clipBy is null ? null : clipBy == GradientClipping.Value ? 0.01 : 0.5,
            GradientClipBy = clipBy ?? GradientClipping.GlobalNorm
        };
        var (expected, expectedMetrics) = Train(1);

        foreach (var threads in new[] { 2, 3, 5 })
        {
            var (state, metrics) = Train(threads);
            Equal(expected, state);
            Assert.Equal(expectedMetrics, metrics);
        }

        (IReadOnlyList<NamedTensor>, PpoLearnerMetrics) Train(int threads)
        {
            var module = Module(ActionDistribution.DiagonalGaussian(2), shared);
            using var learner = module.CreatePpoLearner(options, new RandomStream(5), threads);
            learner.Update(PpoData.Collect(module, 50, [4], 1), 200);
            return (module.GetState(), learner.Update(PpoData.Collect(module, 50, [4], 2), 400));
        }
    }

    [Fact]
    public void Update_spread_of_environments_over_buffers_changes_nothing()
    {
        Equal(Train([6]), Train([2, 3, 1]));

        IReadOnlyList<NamedTensor> Train(int[] environments)
        {
            var module = Module(ActionDistribution.Categorical(2), false);
            using var learner = module.CreatePpoLearner(Settings, new RandomStream(5), 2);
            learner.Update(PpoData.Collect(module, 40, environments, 1), 240);
            return module.GetState();
        }
    }

    [Fact]
    public void Update_a_minibatch_that_is_the_whole_batch_needs_no_order()
    {
        var ordered = Train(Settings with { MinibatchSize = 200, ShuffleBatchPerEpoch = false });

        Equal(ordered, Train(Settings with { MinibatchSize = 200 }));
        Assert.NotEqual(ordered[0].Data, Train(Settings with { MinibatchSize = 100 })[0].Data);

        IReadOnlyList<NamedTensor> Train(PpoOptions options)
        {
            var module = Module(ActionDistribution.Categorical(2), false);
            using var learner = module.CreatePpoLearner(options, new RandomStream(5), 2);
            learner.Update(PpoData.Collect(module, 50, [4], 1), 200);
            return module.GetState();
        }
    }

    [Theory]
    [InlineData(1e-12, 1.5)]
    [InlineData(1e6, 0.5)]
    public void Update_adapts_the_kl_coefficient_once(double target, double factor)
    {
        var module = Module(ActionDistribution.DiagonalGaussian(1), false);
        using var learner = module.CreatePpoLearner(Settings with { KlTarget = target }, new RandomStream(5), 1);

        var metrics = learner.Update(PpoData.Collect(module, 50, [4], 1), 200);

        Assert.Equal(0.2 * factor, metrics.CurrKlCoeff, 1e-12);
        Assert.True(metrics.MeanKlLoss > 0);
    }

    [Fact]
    public void Update_schedules_follow_the_lifetime_steps()
    {
        var module = Module(ActionDistribution.DiagonalGaussian(1), false);
        var options = Settings with
        {
            LearningRate = Schedule.Linear([new(0, 1e-3), new(1000, 0)]),
            EntropyCoefficient = Schedule.Linear([new(0, 0.1), new(1000, 0)])
        };
        using var learner = module.CreatePpoLearner(options, new RandomStream(5), 1);

        var metrics = learner.Update(PpoData.Collect(module, 50, [4], 1), 250);

        Assert.Equal(7.5e-4, metrics.LearningRate, 1e-12);
        Assert.Equal(0.075, metrics.CurrEntropyCoeff, 1e-12);
    }

    [Fact]
    public void Update_counts_rows_and_gradient_steps_with_a_smaller_last_minibatch()
    {
        var module = Module(ActionDistribution.DiagonalGaussian(1), true);
        using var learner = module.CreatePpoLearner(Settings, new RandomStream(5), 1);

        learner.Update(PpoData.Collect(module, 50, [4], 1), 200);
        var metrics = learner.Update(PpoData.Collect(module, 50, [4], 2), 400);

        Assert.Equal(800, metrics.StepsTrained);
        Assert.Equal(1600, metrics.StepsTrainedLifetime);
        Assert.Equal(4 * 3, metrics.GradientSteps);
        Assert.Equal(module.ParameterCount, metrics.ParameterCount);
        Assert.Equal(24, learner.CaptureState().Value<long>("optimizer_steps"));
    }

    [Theory]
    [InlineData("gaussian", false)]
    [InlineData("gaussian", true)]
    [InlineData("categorical", false)]
    [InlineData("multi", true)]
    public void Update_learns_a_trivial_problem(string kind, bool shared)
    {
        var actions = kind switch
        {
            "gaussian" => ActionDistribution.DiagonalGaussian(1),
            "categorical" => ActionDistribution.Categorical(2),
            _ => ActionDistribution.MultiCategorical(2, 3),
        };
        var module = Module(actions, shared);
        using var learner = module.CreatePpoLearner(new() { LearningRate = 3e-3, MinibatchSize = 64, Epochs = 10, Gamma = 0.1, Lambda = 0.9 },
            new RandomStream(5), 1);
        var (before, after) = (0f, 0f);
        PpoLearnerMetrics metrics = default;
        for (var i = 0; i < 40; i++)
        {
            var batch = PpoData.Collect(module, 64, [4], (ulong)i);
            after = Enumerable.Range(0, 64).Average(t => batch[0].Rewards(t).ToArray().Average());
            before = i == 0 ? after : before;
            metrics = learner.Update(batch, 256 * (i + 1));
        }

        Assert.True(after > before + (0.7f * (1 - before)), $"mean reward went from {before} to {after} of 1");
        Assert.InRange(metrics.VfExplainedVar, -1, 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Update_allocates_nothing(int threads)
    {
        var module = Module(ActionDistribution.DiagonalGaussian(1), false);
        using var learner = module.CreatePpoLearner(Settings, new RandomStream(5), threads);
        var batch = PpoData.Collect(module, 50, [4], 1);
        learner.Update(batch, 200);
        learner.Update(batch, 400);

        Assert.Equal(0, Allocations.Least(() => learner.Update(batch, 600)));
    }

    [Fact]
    public void Update_without_critic_leaves_the_value_function_alone()
    {
        var module = Module(ActionDistribution.DiagonalGaussian(1), false);
        using var learner = module.CreatePpoLearner(Settings with { UseCritic = false }, new RandomStream(5), 2);
        var before = module.GetState();

        var metrics = learner.Update(PpoData.Collect(module, 50, [4], 1), 200);

        foreach (var (old, now) in before.Zip(module.GetState()))
        {
            Assert.Equal(old.Name.StartsWith("vf.", StringComparison.Ordinal) || old.Name.Contains("critic", StringComparison.Ordinal),
                old.Data.AsSpan().SequenceEqual(now.Data));
        }

        Assert.Equal(0, metrics.VfLoss);
    }

    [Fact]
    public void Update_a_tight_gradient_bound_slows_nothing_but_the_first_moments()
    {
        // Adam is blind to the scale of the gradient, so only the moments show it.
        var module = Module(ActionDistribution.DiagonalGaussian(1), false);
        using var learner = module.CreatePpoLearner(Settings with { GradientClip = 1e-3, Epochs = 1, MinibatchSize = 200 }, new RandomStream(5), 1);

        var metrics = learner.Update(PpoData.Collect(module, 50, [4], 1), 200);

        var squares = learner.CaptureState().Tensors.Values.Where(tensor => tensor.Name.StartsWith("exp_avg.", StringComparison.Ordinal))
            .Sum(tensor => tensor.Data.Sum(x => (double)x * x));
        Assert.Equal(0.1 * 1e-3, Math.Sqrt(squares), 1e-7);
        Assert.True(metrics.GradientNorm > 1e-3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Update_clips_each_parameter_or_each_number_of_both_networks(bool byNorm)
    {
        const double Bound = 1e-3;
        var options = Settings with { GradientClip = null, Epochs = 1, MinibatchSize = 200 };
        var free = Moments(options);
        var bound = Moments(options with { GradientClip = Bound, GradientClipBy = byNorm ? GradientClipping.Norm : GradientClipping.Value });

        // The first moments are a tenth of the gradient.
        Assert.Contains(free, t => t.Name.Contains("vf", StringComparison.Ordinal));
        foreach (var (tensor, clipped) in free.Zip(bound))
        {
            var norm = 10 * Math.Sqrt(tensor.Data.Sum(x => (double)x * x));
            var expected = byNorm ? tensor.Data.Select(x => (float)(x * Math.Min(1, Bound / norm)))
                : tensor.Data.Select(x => (float)Math.Clamp(x, -0.1 * Bound, 0.1 * Bound));
            Assert.All(expected.Zip(clipped.Data), pair => Assert.Equal(pair.First, pair.Second, 1e-8f));
        }

        Assert.NotEqual(free[0].Data, bound[0].Data);

        static IReadOnlyList<NamedTensor> Moments(PpoOptions options)
        {
            var module = Module(ActionDistribution.DiagonalGaussian(1), false);
            using var learner = module.CreatePpoLearner(options, new RandomStream(5), 2);
            learner.Update(PpoData.Collect(module, 50, [4], 1), 200);
            return [.. learner.CaptureState().Tensors.Values.Where(t => t.Name.StartsWith("exp_avg.", StringComparison.Ordinal))];
        }
    }

    [Fact]
    public void Update_refuses_a_batch_of_another_shape()
    {
        var module = Module(ActionDistribution.DiagonalGaussian(1), false);
        using var learner = module.CreatePpoLearner(Settings, new RandomStream(5), 1);

        Assert.Contains("observations of 4", Assert.Throws<ArgumentException>(() => learner.Update([new RolloutBuffer(100, 1, 4, 1, 2)], 1)).Message);
    }

    [Fact]
    public void Options_out_of_range_are_listed_together()
    {
        var module = Module(ActionDistribution.DiagonalGaussian(1), false);

        var error = Assert.Throws<ArgumentException>(() =>
            module.CreatePpoLearner(Settings with { Gamma = 1.5, Epochs = 0, GradientClipBy = (GradientClipping)7 }, new RandomStream(5), 1));

        Assert.Contains("gamma is 1.5", error.Message);
        Assert.Contains("num_epochs is 0", error.Message);
        Assert.Contains("grad_clip_by is 7; it must be one of global_norm, norm, value", error.Message);
    }

    internal static DefaultPpoModule Module(ActionDistribution actions, bool shared, ulong seed = 3) =>
        new(new(3, actions, new() { HiddenLayers = [32, 20], ValueSharesLayers = shared }), new RandomStream(seed));

    internal static void Equal(IReadOnlyList<NamedTensor> expected, IReadOnlyList<NamedTensor> actual)
    {
        Assert.Equal(expected.Select(tensor => tensor.Name), actual.Select(tensor => tensor.Name));
        foreach (var (e, a) in expected.Zip(actual))
        {
            Assert.True(e.Data.AsSpan().SequenceEqual(a.Data), e.Name);
        }
    }
}
