using Tuning.Learning;
using Tuning.Randomness;
using Tuning.Testing;

namespace Tuning.Tests.Learning.Dqn;

public sealed class DqnLearnerTests
{
    [Fact]
    public void Nothing_is_learnt_before_there_is_enough_experience()
    {
        var module = DqnSome.Module();
        var before = DqnSome.Weights(module);
        using var learner = new ManagedDqnLearner(module, DqnSome.Options(), new RandomStream(1));
        var random = new RandomStream(2);
        learner.Train([DqnSome.Rollout(10, random)], 10);
        Assert.Equal(before, DqnSome.Weights(module));
        Assert.Equal(0, module.WeightsSequenceNumber);
        Assert.False(DqnSome.Report(learner).ContainsKey("qf_loss"));

        learner.Train([DqnSome.Rollout(10, random)], 20);
        Assert.NotEqual(before, DqnSome.Weights(module));
        Assert.Equal(1, module.WeightsSequenceNumber);
    }

    [Theory]
    [InlineData(GradientClipping.GlobalNorm)]
    [InlineData(GradientClipping.Norm)]
    [InlineData(GradientClipping.Value)]
    public void A_gradient_step_is_Adams_with_the_clipped_gradient(GradientClipping by)
    {
        var module = DqnSome.Module(dueling: true);
        DqnSome.Perturb(module, new RandomStream(3), 0.4f);
        var (before, options) = (new DqnTwin(module),
            DqnSome.Options() with { GradientClip = 0.01, GradientClipBy = by, LearningRate = 0.01, AdamEpsilon = 1e-3, TargetNetworkUpdateFrequency = 1000 });

        // The first draw, by a twin of buffer and stream.
        var rollout = DqnSome.Rollout(30, new RandomStream(2));
        var (replay, batch) = (new ReplayBuffer(options.ReplayBufferConfig.ToBufferOptions(options.Gamma, 2), 3, 1), new ReplayBatch(16, 3, 1));
        replay.Add([rollout]);
        replay.Sample(16, new RandomStream(1), batch);
        var gradient = new DqnGradient(module, 16, doubleQ: true, huber: true);
        gradient.Refresh();
        gradient.Compute(batch);
        var slopes = module.Network.Block.Read(gradient.Block).ToDictionary(t => t.Name, t => t.Data);
        var norm = Math.Sqrt(slopes.Values.SelectMany(d => d).Sum(x => (double)x * x));
        Assert.True(norm > 0.01);

        using var learner = new ManagedDqnLearner(module, options, new RandomStream(1));
        learner.Train([rollout], 30);
        foreach (var tensor in module.Network.Block.Read())
        {
            var own = Math.Sqrt(slopes[tensor.Name].Sum(x => (double)x * x));
            for (var i = 0; i < tensor.Data.Length; i++)
            {
                // Adam's first step: the moments are g and g² once their bias is corrected.
                var slope = slopes[tensor.Name][i];
                var g = by switch
                {
                    GradientClipping.GlobalNorm => slope * 0.01 / norm,
                    GradientClipping.Norm => slope * Math.Min(1, 0.01 / Math.Max(1e-30, own)),
                    _ => Math.Clamp(slope, -0.01, 0.01),
                };
                Assert.Equal(before.Parameters[tensor.Name][i] - (0.01 * g / (Math.Abs(g) + 1e-3)), tensor.Data[i], 1e-5);
            }
        }

        var report = DqnSome.Report(learner);
        Assert.Equal(norm, report["gradients_default_optimizer_global_norm"], 1e-4);
        Assert.Equal(0.01, report["default_optimizer_learning_rate"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.25)]
    public void The_target_moves_when_its_time_has_come(double tau)
    {
        var module = DqnSome.Module();
        using var learner = new ManagedDqnLearner(module, DqnSome.Options(gradientSteps: 2) with { Tau = tau }, new RandomStream(1));
        var random = new RandomStream(2);
        var first = Target();
        learner.Train([DqnSome.Rollout(24, random)], 24);
        Assert.Equal(first, Target());

        // 25 steps after the start; the second gradient step of the same training step finds it moved already.
        learner.Train([DqnSome.Rollout(1, random)], 25);
        Assert.NotEqual(first, Target());
        Assert.Equal(1, DqnSome.Report(learner)["num_target_updates"]);
        learner.Train([DqnSome.Rollout(24, random)], 49);
        Assert.Equal(1, DqnSome.Report(learner)["num_target_updates"]);
        learner.Train([DqnSome.Rollout(1, random)], 50);
        var report = DqnSome.Report(learner);
        Assert.Equal((2, 50), (report["num_target_updates"], report["last_target_update_ts"]));

        float[] Target() => [.. module.Target.Block.Read().SelectMany(t => t.Data)];
    }

    [Fact]
    public void A_soft_target_moves_by_its_share()
    {
        var module = DqnSome.Module();
        DqnSome.Perturb(module, new RandomStream(2), 0.5f);
        var (network, target) = (module.Network.Block.Read().SelectMany(t => t.Data).ToArray(), module.Target.Block.Read().SelectMany(t => t.Data).ToArray());
        module.UpdateTarget(0.25);
        var moved = module.Target.Block.Read().SelectMany(t => t.Data).ToArray();
        for (var i = 0; i < moved.Length; i++)
        {
            Assert.Equal((0.25f * network[i]) + (0.75f * target[i]), moved[i], 1e-6f);
        }

        module.UpdateTarget(1);
        Assert.Equal(network, module.Target.Block.Read().SelectMany(t => t.Data));
    }

    [Fact]
    public void Schedules_and_counts_follow_the_steps()
    {
        using var learner = new ManagedDqnLearner(DqnSome.Module(),
            DqnSome.Options(gradientSteps: 3) with { LearningRate = Schedule.Linear([new(0, 0.01), new(100, 0)]) }, new RandomStream(1));
        var random = new RandomStream(2);
        learner.Train([DqnSome.Rollout(25, random)], 25);
        learner.Train([DqnSome.Rollout(25, random)], 50);
        var report = DqnSome.Report(learner);
        Assert.Equal(0.005, report["default_optimizer_learning_rate"], 1e-9);
        Assert.Equal((2 * 3 * 16, 2 * 3 * 16), (report["num_module_steps_trained"], report["num_module_steps_trained_lifetime"]));
        Assert.Equal(learner.Module.ParameterCount, report["num_trainable_parameters"]);
        Assert.True(report["qf_min"] <= report["qf_mean"] && report["qf_mean"] <= report["qf_max"]);
        Assert.Equal((0, 96), (DqnSome.Report(learner)["num_module_steps_trained"], DqnSome.Report(learner)["num_module_steps_trained_lifetime"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_problem_of_one_step_is_learnt(bool prioritized)
    {
        var module = DqnSome.Module(dueling: true, Activation.Relu, [32]);
        using var learner = new ManagedDqnLearner(module, DqnSome.Options(prioritized, gradientSteps: 4) with
        {
            LearningRate = 5e-3,
            Gamma = 0,
            ReplayBufferConfig = new() { Capacity = 1000, Prioritized = prioritized },
        }, new RandomStream(1));
        var random = new RandomStream(2);
        for (var i = 1; i <= 50; i++)
        {
            learner.Train([DqnSome.Rollout(20, random)], 20 * i);
        }

        var (right, inputs) = (0, new float[DqnSome.Actions]);
        for (var i = 0; i < 200; i++)
        {
            float[] observation = [(2 * random.NextSingle()) - 1, (2 * random.NextSingle()) - 1, (2 * random.NextSingle()) - 1];
            inputs = module.ForwardInference(observation);
            right += Array.IndexOf(inputs, inputs.Max()) == (observation[0] > 0 ? 1 : 2) ? 1 : 0;
        }

        Assert.InRange(right, 185, 200);
    }

    [Fact]
    public void A_training_step_allocates_nothing_once_the_buffer_is_full()
    {
        using var learner = new ManagedDqnLearner(DqnSome.Module(dueling: true), DqnSome.Options(prioritized: true), new RandomStream(1));
        var random = new RandomStream(2);
        for (var i = 1; i <= 20; i++)
        {
            learner.Train([DqnSome.Rollout(20, random)], 20 * i);
        }

        var batch = new[] { DqnSome.Rollout(20, random) };
        Assert.Equal(0, Allocations.Least(() => learner.Train(batch, 420)));
    }
}
