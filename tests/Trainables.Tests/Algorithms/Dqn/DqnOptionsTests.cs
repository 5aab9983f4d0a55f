namespace Tuning.Tests.Algorithms.Dqn;

public sealed class DqnOptionsTests
{
    [Fact]
    public void Defaults_are_those_of_RLlib()
    {
        var o = new DqnOptions();
        Assert.Equal((5e-4, 32, 40.0, 0, 1000L),
            (o.LearningRate.At(0), o.TrainBatchSize, o.GradientClip!.Value, o.EnvironmentRunners, o.MinSampleTimestepsPerIteration));
        Assert.Equal((1.0, 0.525, 0.05, 0.05), (o.Epsilon.At(0), o.Epsilon.At(5000), o.Epsilon.At(10_000), o.Epsilon.At(99_999)));
        Assert.Equal((500L, 1.0, 1000L, TdErrorLoss.Huber, 1e-8),
            (o.TargetNetworkUpdateFrequency, o.Tau, o.StepsBeforeLearningStarts, o.TdErrorLoss, o.AdamEpsilon));
        Assert.True(o.DoubleQ && o.Dueling && o.ReplayBufferConfig.IsPrioritized);
        Assert.Equal((50_000, 0.6, 0.4), (o.ReplayBufferConfig.Capacity, o.ReplayBufferConfig.Alpha, o.ReplayBufferConfig.Beta));
    }

    [Theory]
    [InlineData(null, 32, 4, 1, 1, 4)]
    [InlineData(8.0, 32, 4, 1, 1, 4)]
    [InlineData(1000.0, 250, 1, 1, 4, 1)]
    [InlineData(32.0, 64, 256, 1, 128, 256)]
    [InlineData(2.0, 32, 4, 1, 1, 16)]
    [InlineData(1.0, 32, 4, 2, 1, 16)]
    public void Training_intensity_is_trained_transitions_for_each_sampled(double? intensity, int batch, int fragment, int environments, int gradientSteps,
        int steps)
    {
        var o = new DqnOptions
        {
            TrainingIntensity = intensity,
            TrainBatchSize = batch,
            RolloutFragmentLength = fragment,
            EnvironmentsPerRunner = environments
        };
        Assert.Equal((gradientSteps, steps), (o.Weights.GradientSteps, o.StepsPerEnvironment));
    }

    [Fact]
    public void A_rollout_has_as_many_steps_as_rewards_are_summed_up_unless_it_is_said()
    {
        Assert.Equal(3, new DqnOptions { NStep = 3 }.StepsPerEnvironment);
        Assert.Equal(5, new DqnOptions { NStep = new(2, 5) }.StepsPerEnvironment);
        Assert.Equal(7, new DqnOptions { NStep = 3, RolloutFragmentLength = 7 }.StepsPerEnvironment);
    }

    [Theory]
    [InlineData("""{"epsilon": 1.5}""", "epsilon is 1.5; it must be from 0 to 1")]
    [InlineData("""{"n_step": 0}""", "n_step is 0; it must be from 1 to 10,000")]
    [InlineData("""{"n_step": [5, 2]}""", "n_step is [5, 2]; it must be a number, or a range")]
    [InlineData("""{"tau": 0}""", "tau is 0; it must be more than 0")]
    [InlineData("""{"training_intensity": 0}""", "training_intensity is 0")]
    [InlineData("""{"td_error_loss_fn": "l1"}""", "td_error_loss_fn is 'l1'; it must be one of huber, mse")]
    [InlineData("""{"num_atoms": 51}""", "num_atoms is 51; it must be 1")]
    [InlineData("""{"target_network_update_freq": -1}""", "target_network_update_freq is -1")]
    [InlineData("""{"replay_buffer_config": {"type": "ReservoirBuffer"}}""", "replay_buffer_config.type is 'ReservoirBuffer'; it must be one of")]
    [InlineData("""{"replay_buffer_config": {"capacity": 0}}""", "replay_buffer_config.capacity is 0")]
    [InlineData("""{"exploration_config": {"type": "Curiosity"}}""", "exploration_config.type is 'Curiosity'; it must be one of EpsilonGreedy, SoftQ")]
    [InlineData("""{"exploration_config": {"type": "SoftQ", "temperature": 0}}""", "exploration_config.temperature is 0")]
    [InlineData("""{"epsilon": 0.1, "exploration_config": {"final_epsilon": 0.1}}""", "keep one of them")]
    public void Faults_are_named(string options, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => DqnConfig.FromParameters(ParameterSet.Parse(options)).Environment("CartPole-v1").Build(threads: 1));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Actions_that_are_no_choice_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => new DqnConfig().Environment("Pendulum-v1").Build(threads: 1));
        Assert.Contains("Discrete", error.Message, StringComparison.Ordinal);
        Assert.Contains("SAC", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_survive_a_round_trip()
    {
        var config = SomeDqn.Config();
        Assert.Equal(config.ToParameters(), DqnConfig.FromParameters(config.ToParameters()).ToParameters());
        Assert.Equal(new StepRange(1, 3), DqnConfig.FromParameters(config.ToParameters()).Options.NStep);
    }

    [Fact]
    public void What_a_group_leaves_out_has_the_default_of_DQN()
    {
        var options = DqnConfig.FromParameters(ParameterSet.Parse("""{"replay_buffer_config": {"type": "EpisodeReplayBuffer"}}""")).Options;
        Assert.Equal((50_000, false), (options.ReplayBufferConfig.Capacity, options.ReplayBufferConfig.IsPrioritized));
        Assert.Equal(50_000, new DqnOptions().ReplayBufferConfig.Capacity);
    }

    [Fact]
    public void Older_words_for_epsilon_mean_a_schedule()
    {
        var epsilon = new DqnExplorationOptions { InitialEpsilon = 0.9, FinalEpsilon = 0.1, EpsilonTimesteps = 1000, WarmupTimesteps = 500 }.Epsilon;
        Assert.Equal((0.9, 0.9, 0.5, 0.1), (epsilon.At(0), epsilon.At(500), epsilon.At(1000), epsilon.At(5000)));
        Assert.Equal((1, 0.02), (new DqnExplorationOptions { FinalEpsilon = 0.02 }.Epsilon.At(0),
            new DqnExplorationOptions { FinalEpsilon = 0.02 }.Epsilon.At(10_000)));
        Assert.Equal(0.3, new DqnOptions { Epsilon = 0.3 }.Epsilon.At(7));
    }
}
