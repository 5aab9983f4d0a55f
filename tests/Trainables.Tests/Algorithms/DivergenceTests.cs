using Tuning.Modules;

namespace Tuning.Tests.Algorithms;

/// <summary>Training that ends in NaN is said to have, before a checkpoint is made of it, and the environment is not blamed.</summary>
public sealed class DivergenceTests
{
    [Theory]
    [InlineData("CartPole-v1", 1e30, Activation.Relu)]
    [InlineData("Pendulum-v1", 100, Activation.Tanh)]
    [InlineData("Pendulum-v1", 1e30, Activation.Relu)]
    [InlineData("MultiAgentCartPole", 1e30, Activation.Relu)]
    public void Ppo_says_that_it_diverged(string env, double lr, Activation activation) =>
        Diverges(Some.Ppo(env).Training(lr: lr).RlModule(new ModelOptions { HiddenLayers = [8, 8], Activation = activation }).Build(threads: 2));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Dqn_and_Sac_say_that_they_diverged(bool dqn) => Diverges(dqn
        ? new DqnConfig { Options = new() { GradientClip = null, Model = new() { HiddenLayers = [8, 8], Activation = Activation.Relu } } }
            .Environment("CartPole-v1").Training(lr: 1e30, trainBatchSize: 8, numStepsSampledBeforeLearningStarts: 16, tdErrorLossFn: TdErrorLoss.Mse)
                .Debugging(seed: 1)
                .Build(threads: 1)
        : new SacConfig().Environment("Pendulum-v1").Training(actorLr: 1e30, criticLr: 1e30, trainBatchSize: 8, numStepsSampledBeforeLearningStarts: 16)
            .Debugging(seed: 1).Build(threads: 1));

    private static void Diverges(Algorithm algorithm)
    {
        using (algorithm)
        {
            var error = Assert.Throws<InvalidOperationException>(() =>
            {
                for (var i = 0; i < 40; i++)
                {
                    algorithm.Train();
                    Assert.All(algorithm.GetModule(algorithm.PolicyIds[0]).GetState().SelectMany(t => t.Data), x => Assert.True(float.IsFinite(x)));
                }
            });
            Assert.Contains("has diverged", error.Message);
            Assert.Contains("lr", error.Message);
        }
    }
}
