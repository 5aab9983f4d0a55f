using Tuning.Algorithms;
using Tuning.Specification;

namespace Tuning.Tests;

/// <summary>An algorithm outside the library, the sample A2C, has options, validation, messages and checkpoints as the built-in ones;
/// <see cref="SamplesTests"/> trains it.</summary>
public sealed class OwnAlgorithmTests
{
    [Theory]
    [InlineData("vf_loss_coeff: -1", "vf_loss_coeff: is -1; it must be at least 0")]
    [InlineData("vf_loss_coef: 1", "Did you mean 'vf_loss_coeff'?")]
    [InlineData("vf_loss_coeff: much", "a number")]
    [InlineData("gamma: 2", "gamma: is 2")]
    [InlineData("minibatch_size: 2", "no parameter of 'A2C'")]
    [InlineData("module: default_sac", "ModuleTrainer trains a DefaultPpoModule")]
    public void Options_are_validated_as_those_of_built_in_algorithms(string option, string message)
    {
        var problem = Assert.Single(Problems($"a: {{run: A2C, env: CartPole-v1, config: {{{option}}}}}"));

        Assert.Contains(message, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_of_its_own_can_be_searched_and_reach_the_learner()
    {
        Assert.Empty(Problems("a: {run: a2c, env: CartPole-v1, stop: {training_iteration: 1}, config: {vf_loss_coeff: {uniform: [0.1, 1]}, train_batch_size: " +
            "64}}"));
        using var algorithm = new A2cConfig
        {
            Options =
            new() { Environment = "CartPole-v1", TrainBatchSize = 64, EnvironmentRunners = 1, VfLossCoeff = 0.25, Seed = 1 }
        }.Build(threads: 1);
        var metrics = algorithm.Train();

        Assert.Equal(64, metrics.Number("num_env_steps_sampled_lifetime"));
        Assert.True(double.IsFinite(metrics.Number("learners/default_policy/policy_loss")!.Value));
        Assert.Equal(0.25, algorithm.Config.ToParameters().Get<double>("vf_loss_coeff"));
    }

    [Fact]
    public void Rules_between_options_are_told_with_those_of_single_ones()
    {
        var config = new Strict { Options = new() { Environment = "CartPole-v1", TrainBatchSize = 65, VfLossCoeff = -1 } };

        var message = Assert.Throws<ArgumentException>(() => config.Build(threads: 1)).Message;

        Assert.Contains("train_batch_size is 65; it must be even.", message);
        Assert.Contains("vf_loss_coeff is -1; it must be at least 0", message);
    }

    [Fact]
    public void A_name_belongs_to_one_configuration()
    {
        AlgorithmRegistry.Register(new A2cConfig());
        AlgorithmRegistry.Register(new A2cConfig());

        Assert.Contains("A2C", AlgorithmRegistry.Names);
        Assert.Contains("'PPO' is registered already", Assert.Throws<InvalidOperationException>(() => AlgorithmRegistry.Register(new Impostor())).Message);
    }

    private static IReadOnlyList<string> Problems(string text)
    {
        AlgorithmRegistry.Register(new A2cConfig());
        return [.. ExperimentFile.Parse(text, "a.yaml", new ComponentCatalog().AddTrainables()).Problems.Select(p => p.ToString()!)];
    }

    private sealed class Strict : AlgorithmConfig<Strict, A2cOptions>
    {
        public override string Name => "Strict";

        protected override void CheckOptions(OptionRules rules) =>
            rules.Require("train_batch_size", Options.TrainBatchSize % 2 == 0, $"is {Options.TrainBatchSize}; it must be even");

        protected internal override AlgorithmBlueprint Blueprint() => throw new NotSupportedException();
    }

    private sealed class Impostor : AlgorithmConfig<Impostor, A2cOptions>
    {
        public override string Name => "PPO";

        protected internal override AlgorithmBlueprint Blueprint() => throw new NotSupportedException();
    }
}
