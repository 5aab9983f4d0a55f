using Tuning.Learning;
using Tuning.Numerics;
using Tuning.Randomness;

namespace Tuning.Tests.Learning.Dqn;

/// <summary>Loss, errors and gradient against central differences of the double-precision twin.</summary>
public sealed class DqnGradientTests
{
    [Theory]
    [InlineData(false, false, true, 13)]
    [InlineData(false, true, true, 16)]
    [InlineData(true, false, true, 33)]
    [InlineData(true, true, true, 70)]
    [InlineData(true, true, false, 5)]
    [InlineData(false, false, false, 1)]
    [InlineData(true, true, true, 9, 7)]
    [InlineData(true, false, true, 33, 7, 18, 3)]
    [InlineData(false, true, true, 16, 17, 5)]
    public void Gradient_of_the_loss_equals_central_differences(bool dueling, bool doubleQ, bool huber, int rows, params int[] streams)
    {
        var random = new RandomStream(5);
        var module = DqnSome.Module(dueling, streams: streams, activation: streams.Length > 1 ? Activation.Linear : Activation.Tanh);
        DqnSome.Perturb(module, random, 0.4f);
        var (batch, twin) = (DqnSome.Batch(rows, random, rewards: 1.5f), new DqnTwin(module));
        var gradient = new DqnGradient(module, rows + 7, doubleQ, huber);
        gradient.Refresh();

        // A larger batch before leaves nothing behind.
        gradient.Compute(DqnSome.Batch(rows + 7, random));
        var loss = gradient.Compute(batch);

        var targets = twin.Targets(batch, doubleQ);
        var errors = twin.Errors(batch, targets);
        Assert.Equal(twin.Loss(batch, targets, huber), loss.Loss, 1e-5);
        Assert.Equal(errors.Average(Math.Abs), loss.AbsoluteError, 1e-5);
        for (var i = 0; i < rows; i++)
        {
            Assert.Equal(errors[i], gradient.Errors[i], 1e-5);
        }

        foreach (var tensor in module.Network.Block.Read(gradient.Block))
        {
            var parameters = twin.Parameters[tensor.Name];
            for (var i = 0; i < parameters.Length; i++)
            {
                const double Step = 1e-5;
                var original = parameters[i];
                parameters[i] = original + Step;
                var above = twin.Loss(batch, targets, huber);
                parameters[i] = original - Step;
                var below = twin.Loss(batch, targets, huber);
                parameters[i] = original;
                Assert.Equal((above - below) / (2 * Step), tensor.Data[i], 1e-4);
            }
        }
    }

    [Fact]
    public void Streams_stay_apart_through_training()
    {
        var random = new RandomStream(5);
        var module = DqnSome.Module(dueling: true, streams: [7, 18]);
        var learner = new ManagedDqnLearner(module, DqnSome.Options(), new RandomStream(3));
        for (var i = 0; i < 40; i++)
        {
            learner.Train([DqnSome.Rollout(10, random)], 10 * (i + 1));
        }

        var block = module.Network.Block;
        var named = new FloatBuffer(block.Length);
        foreach (var view in block.Views)
        {
            view.Write(named, Enumerable.Repeat(1f, view.Count).ToArray());
        }

        Assert.All(named.Span.ToArray().Zip(block.Memory.Span.ToArray()), pair => Assert.True(pair.First == 1 || pair.Second == 0));
        var twin = new DqnTwin(module);
        float[] observation = [0.3f, -0.2f, 0.9f];
        Assert.All(twin.Values(observation).Zip(module.ForwardInference(observation)), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void Values_of_taken_actions_are_reported()
    {
        var random = new RandomStream(5);
        var module = DqnSome.Module(dueling: true);
        DqnSome.Perturb(module, random, 0.4f);
        var (batch, twin) = (DqnSome.Batch(9, random), new DqnTwin(module));
        var gradient = new DqnGradient(module, 9, doubleQ: true, huber: true);
        gradient.Refresh();
        var loss = gradient.Compute(batch);
        var taken = Enumerable.Range(0, 9).Select(i => twin.Values(batch.Observations.AsSpan(3 * i, 3))[(int)batch.Actions[i]]).ToArray();
        Assert.Equal(taken.Average(), loss.Mean, 1e-5);
        Assert.Equal(taken.Min(), loss.Least, 1e-5);
        Assert.Equal(taken.Max(), loss.Largest, 1e-5);
    }
}
