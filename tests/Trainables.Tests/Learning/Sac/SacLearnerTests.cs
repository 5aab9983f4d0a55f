using Tuning.Distributions;
using Tuning.Learning;
using Tuning.Modules;
using Tuning.Randomness;
using Tuning.Runners;
using Tuning.Testing;

namespace Tuning.Tests.Learning;

public sealed class SacLearnerTests
{
    [Theory]
    [InlineData("continuous")]
    [InlineData("discrete")]
    public void Weights_do_not_depend_on_the_number_of_threads(string actions) =>
        Assert.Equal(Trained(actions, 1, 5), Trained(actions, 3, 5));

    [Theory]
    [InlineData("continuous", false)]
    [InlineData("continuous", true)]
    [InlineData("discrete", true)]
    public void Going_on_from_a_state_gives_the_same_weights(string actions, bool prioritized)
    {
        using var whole = Learner(SacData.Module(actions), 1, prioritized);
        var random = new RandomStream(9);
        Train(whole, 4, random);
        var (state, weights, rest) = (whole.CaptureState(), whole.Module.GetState(), random.Save());
        Train(whole, 4, random, 4);

        using var second = Learner(SacData.Module(actions, seed: 77), 1, prioritized);
        second.ApplyState(state);
        second.Module.SetState(weights);
        Train(second, 4, new RandomStream(rest), 4);

        Assert.Equal(Weights(whole), Weights(second));
        Assert.Equal(whole.Alpha, second.Alpha);
    }

    [Theory]
    [InlineData(0.3, false)]
    [InlineData(0.8, true)]
    public void Adapted_alpha_gives_way_to_another_configured_start(double configured, bool begins)
    {
        using var first = Learner(SacData.Module("continuous"), 1);
        Train(first, 4, new RandomStream(9));
        Assert.NotEqual(0.3, first.Alpha, 1e-6);

        using var second = new ManagedSacLearner(SacData.Module("continuous"), Options() with { InitialAlpha = configured }, new RandomStream(1), 1);
        second.ApplyState(first.CaptureState());

        Assert.Equal(begins ? configured : first.Alpha, second.Alpha, 1e-12);
    }

    [Fact]
    public void State_without_experience_empties_the_buffer()
    {
        using var first = new ManagedSacLearner(SacData.Module("continuous"), Options() with { StoreBufferInCheckpoints = false }, new RandomStream(1), 1);
        Train(first, 4, new RandomStream(9));
        var state = first.CaptureState();

        first.ApplyState(state);

        Assert.DoesNotContain(state.Tensors.Keys, k => k.StartsWith("replay", StringComparison.Ordinal));
        Assert.Equal(0, first.Replay.Count);
    }

    [Fact]
    public void State_of_other_networks_is_refused()
    {
        using var first = Learner(SacData.Module("continuous"), 1);
        using var second = Learner(SacData.Module("continuous", new() { HiddenLayers = [9, 8] }), 1);

        Assert.Throws<CheckpointException>(() => second.ApplyState(first.CaptureState()));
    }

    [Fact]
    public void Targets_follow_by_tau_and_only_as_often_as_asked()
    {
        var module = SacData.Module("continuous");
        using var learner = new ManagedSacLearner(module, Options(updates: 1) with { Tau = 0.25, TargetNetworkUpdateFrequency = 10 },
            new RandomStream(1), 1);
        var before = Target(module);
        var random = new RandomStream(9);

        learner.Train([Buffer(random, 8)], 8);

        var own = module.GetState().First(t => t.Name == "qf.net.mlp.0.weight").Data;
        Assert.Equal(before.Zip(own, (t, p) => (0.75f * t) + (0.25f * p)), Target(module), (a, b) => Math.Abs(a - b) < 1e-6);
        before = Target(module);
        learner.Train([Buffer(random, 8)], 16);
        Assert.Equal(before, Target(module));
        learner.Train([Buffer(random, 8)], 18);
        Assert.NotEqual(before, Target(module));

        static float[] Target(DefaultSacModule module) => module.GetState().First(t => t.Name == "target_qf.net.mlp.0.weight").Data;
    }

    [Theory]
    [InlineData(20, 3, 1, 2)]
    [InlineData(0, 1, 5, 20)]
    public void Rounds_say_how_often_is_trained(int start, int stepsPerRound, int updates, long expected)
    {
        using var learner = new ManagedSacLearner(SacData.Module("continuous"), Options(updates: updates / (double)stepsPerRound) with
        {
            StepsBeforeLearningStarts = start,
        }, new RandomStream(1), 1);

        // 8 steps at each: 8, 16, 24 …
        Train(learner, start == 0 ? 4 : 9, new RandomStream(9));

        Assert.Equal(expected, Reported(learner)["num_gradient_steps_lifetime"]);
    }

    [Fact]
    public void Gradient_is_clipped_network_by_network()
    {
        using var free = Learner(SacData.Module("continuous"), 1);
        using var bound = new ManagedSacLearner(SacData.Module("continuous"), Options() with { GradientClip = 1e-9 }, new RandomStream(5), 1);
        var before = Weights(bound);
        Train(free, 1, new RandomStream(9));
        Train(bound, 1, new RandomStream(9));

        // Adam's ε takes over where gradients all but vanish.
        Assert.True(Change(bound) < 0.2 * Change(free));

        // The policy's: targets move by themselves.
        double Change(ManagedSacLearner learner) => Weights(learner).Zip(before, (a, b) => Math.Abs(a - b)).Take(9 * 4).Max();
    }

    [Theory]
    [InlineData(GradientClipping.Norm, 1)]
    [InlineData(GradientClipping.Norm, 3)]
    [InlineData(GradientClipping.Value, 2)]
    public void Gradient_is_clipped_parameter_by_parameter_or_number_by_number(GradientClipping by, int threads)
    {
        const double Bound = 0.001;
        var once = Options(updates: 1);
        var (free, bound) = (Moments(once), Moments(once with { GradientClip = Bound, GradientClipBy = by }));

        // After one step the first moments are a tenth of the gradient.
        foreach (var (name, before) in free)
        {
            var norm = 10 * Math.Sqrt(before.Sum(x => (double)x * x));
            var expected = by == GradientClipping.Value ? before.Select(x => (float)Math.Clamp(x, -0.1 * Bound, 0.1 * Bound))
                : before.Select(x => (float)(x * Math.Min(1, Bound / Math.Max(1e-30, norm))));
            Assert.All(expected.Zip(bound[name]), pair => Assert.Equal(pair.First, pair.Second, 1e-8f));
        }

        Assert.Contains(free, t => !t.Value.SequenceEqual(bound[t.Key]));

        Dictionary<string, float[]> Moments(SacOptions options)
        {
            using var learner = new ManagedSacLearner(SacData.Module("continuous"), options, new RandomStream(5), threads);
            Train(learner, 1, new RandomStream(9));
            return learner.CaptureState().Tensors.Where(t => t.Key.StartsWith("exp_avg.", StringComparison.Ordinal))
                .ToDictionary(t => t.Key, t => t.Value.Floats.ToArray());
        }
    }

    [Fact]
    public void Report_has_RLlibs_names()
    {
        using var learner = Learner(SacData.Module("continuous"), 1);
        Train(learner, 2, new RandomStream(9));

        var report = Reported(learner);

        string[] names =
        [
            "actor_loss", "critic_loss", "qf_loss", "qf_twin_loss", "alpha_loss", "alpha_value", "log_alpha_value", "target_entropy", "qf_mean", "qf_max",
                "qf_min",
            "td_error_mean", "logps_mean", "num_module_steps_trained", "num_module_steps_trained_lifetime", "num_trainable_parameters",
        ];
        Assert.All(names, name => Assert.True(double.IsFinite(report[name]), name));
        Assert.Equal(-2, report["target_entropy"]);
        Assert.InRange(report["qf_mean"], report["qf_min"], report["qf_max"]);
        Assert.Equal(0, Reported(learner)["num_module_steps_trained"]);
    }

    [Fact]
    public void Training_allocates_nothing()
    {
        using var learner = Learner(SacData.Module("continuous"), 1);
        var random = new RandomStream(9);
        RolloutBuffer[] batch = [Buffer(random, 8)];
        for (var i = 1; i < 200; i++)
        {
            learner.Train(batch, 8 * i);
        }

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 200; i < 210; i++)
            {
                learner.Train(batch, 8 * i);
            }
        }));
    }

    private static SacOptions Options(bool prioritized = false, double updates = 2) => SacData.Options(70, huber: true, lr: 1e-2) with
    {
        TrainingIntensity = updates * 70 / 2,
        Gamma = 0.9,
        NStep = 2,
        ReplayBufferConfig = new() { Capacity = 1000, Prioritized = prioritized },
    };

    private static ManagedSacLearner Learner(DefaultSacModule module, int threads, bool prioritized = false) =>
        new(module, Options(prioritized), new RandomStream(5), threads);

    private static void Train(ManagedSacLearner learner, int times, RandomStream random, int from = 0)
    {
        for (var i = 0; i < times; i++)
        {
            learner.Train([Buffer(random, 8, learner.Module.ActionDistribution)], (from + i + 1) * 8);
        }
    }

    private static float[] Trained(string actions, int threads, int times)
    {
        using var learner = Learner(SacData.Module(actions), threads);
        Train(learner, times, new RandomStream(9));
        return Weights(learner);
    }

    private static float[] Weights(ManagedSacLearner learner) => [.. learner.Module.GetState().SelectMany(t => t.Data)];

    private static Dictionary<string, double> Reported(ManagedSacLearner learner)
    {
        var report = new Dictionary<string, double>();
        learner.WriteTo((name, value) => report.Add(name, value.Number ?? double.NaN));
        return report;
    }

    private static RolloutBuffer Buffer(RandomStream random, int steps, ActionDistribution? distribution = null)
    {
        distribution ??= ActionDistribution.SquashedGaussian(2);
        var buffer = new RolloutBuffer(steps, 1, 4, distribution.ActionSize, distribution.InputSize);
        for (var step = 0; step <= steps; step++)
        {
            foreach (ref var x in buffer.Observations(step))
            {
                x = (float)random.NextGaussian();
            }

            if (step < steps)
            {
                buffer.Rewards(step)[0] = (float)random.NextGaussian();
                foreach (ref var action in buffer.Actions(step))
                {
                    action = distribution.IsDiscrete ? random.NextInt32(distribution.InputSize) : (2 * random.NextSingle()) - 1;
                }
            }
        }

        buffer.MarkTerminated(steps / 2, 0);
        return buffer;
    }
}
