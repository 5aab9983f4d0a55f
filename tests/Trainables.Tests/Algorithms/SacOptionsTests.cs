using Tuning.Training;

namespace Tuning.Tests.Algorithms;

public sealed class SacOptionsTests
{
    [Fact]
    public void Defaults_are_RLlibs()
    {
        var o = new SacOptions();

        Assert.Equal((256, 0, 100, 0.99, 1, 0.005, 0, 1.0, 1500),
            (o.TrainBatchSize, o.EnvironmentRunners, o.MinSampleTimestepsPerIteration, o.Gamma, o.NStep, o.Tau,
            o.TargetNetworkUpdateFrequency, o.InitialAlpha, o.StepsBeforeLearningStarts));
        Assert.Equal((3e-5, 3e-4, 3e-4), (o.ActorLearningRate.At(0), o.CriticLearningRate.At(0), o.AlphaLearningRate.At(0)));
        Assert.Equal((1_000_000, 0.6, 0.4, true),
            (o.ReplayBufferConfig.Capacity, o.ReplayBufferConfig.Alpha, o.ReplayBufferConfig.Beta, o.ReplayBufferConfig.IsPrioritized));
        Assert.Equal([256, 256], o.QModelConfig.HiddenLayers);
        Assert.Equal((Activation.Relu, Activation.Relu), (o.QModelConfig.Activation, o.PolicyModelConfig.Activation));
        Assert.True(o.TwinQ && o.TargetEntropy is null && o.TrainingIntensity is null && !o.PolicyModelConfig.UseGsde);
    }

    [Fact]
    public void Parameters_come_back_as_the_same_options()
    {
        var config = new SacConfig().Environment("Pendulum-v1")
            .Training(targetEntropy: -0.5, actorLr: Schedule(), replayBufferConfig: new() { Prioritized = false }, trainingIntensity: 512)
            .Networks(policy: new() { UseGsde = true, HiddenLayers = [64] }, gsdeSampleFreq: 4);

        var back = SacConfig.FromParameters(ParameterSet.Parse(config.ToParameters().ToString()));

        Assert.Equal(config.ToParameters(), back.ToParameters());
        Assert.Equal(-0.5, back.Options.TargetEntropy);
        Assert.True(back.Options.PolicyModelConfig.UseGsde);
        Assert.Null(SacConfig.FromParameters(ParameterSet.Parse("""{"target_entropy": "auto"}""")).Options.TargetEntropy);

        static global::Tuning.Learning.Schedule Schedule() => global::Tuning.Learning.Schedule.Linear([new(0, 1e-3), new(100, 0.0)]);
    }

    [Fact]
    public void One_option_of_a_network_leaves_the_others()
    {
        var options = SacConfig.FromParameters(ParameterSet.Parse("""{"q_model_config": {"fcnet_hiddens": [64]}}""")).Options;

        Assert.Equal((Activation.Relu, KernelInitializer.KaimingUniform), (options.QModelConfig.Activation, options.QModelConfig.KernelInitializer));
    }

    [Theory]
    [InlineData(null, 1, 1, 1, 1)]
    [InlineData(256.0, 1, 1, 1, 1)]
    [InlineData(512.0, 1, 1, 1, 2)]
    [InlineData(256.0, 32, 1, 1, 32)]
    [InlineData(64.0, 1, 1, 4, 1)]
    [InlineData(256.0, 1, 4, 1, 4)]
    public void Intensity_gives_whole_numbers_of_steps(double? intensity, int fragment, int copies, int trainingSteps, int updates)
    {
        var learner = new SacOptions { TrainingIntensity = intensity, RolloutFragmentLength = fragment, EnvironmentsPerRunner = copies };

        Assert.Equal((trainingSteps, updates), learner.Round);
    }

    [Theory]
    [InlineData("""{"lr": 1e-3}""", "lr is 0.001; SAC has three learning rates: set actor_lr, critic_lr and alpha_lr")]
    [InlineData("""{"model": {"fcnet_hiddens": [3]}}""", "model is given; SAC's networks are described by policy_model_config and q_model_config")]
    [InlineData("""{"tau": 0}""", "tau is 0; it must be more than 0 and at most 1")]
    [InlineData("""{"initial_alpha": 0}""", "initial_alpha is 0; it must be more than 0; for a fixed weight of the entropy set alpha_lr to 0")]
    [InlineData("""{"target_entropy": "small"}""", "target_entropy is 'small'; it must be a number, or auto")]
    [InlineData("""{"n_step": 0}""", "n_step is 0; it must be from 1 to 1,000")]
    [InlineData("""{"td_error_loss_fn": "hubber"}""", "td_error_loss_fn is 'hubber'; it must be one of huber, mse. Did you mean 'huber'?")]
    [InlineData("""{"replay_buffer_config": {"type": "PrioritisedReplayBuffer"}}""", "Did you mean 'PrioritizedReplayBuffer'?")]
    [InlineData("""{"replay_buffer_config": {"capacity": 0}}""", "replay_buffer_config.capacity is 0; it must be at least 1")]
    [InlineData("""{"q_model_config": {"fcnet_activation": "rely"}}""",
        "q_model_config.fcnet_activation is 'rely'; it must be one of linear, tanh, relu, swish, silu. Did you mean 'relu'?")]
    [InlineData("""{"training_intensity": -1}""", "training_intensity is -1; it must be more than 0, or null")]
    [InlineData("""{"gsde_sample_freq": 0}""", "gsde_sample_freq is 0; it must be at least 1, or -1 for once per training step")]
    [InlineData("""{"env": "CartPole-v1", "policy_model_config": {"use_gsde": true}}""",
        "policy_model_config.use_gsde is true, and the actions of CartPole-v1 are Discrete(2); state-dependent exploration is for continuous actions (Box)")]
    [InlineData("""{"horizon": 0}""", "horizon is 0; it must be at least 1, or null")]
    public void Bad_options_are_told(string json, string expected) =>
        Assert.Contains(((TrainableDefinition)new SacConfig().Environment("Pendulum-v1")).Validate(ParameterSet.Parse(json)),
            i => $"{i.Path} {i.Message}".Contains(expected, StringComparison.Ordinal));
}
