using Tuning.Learning;
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
    public void Gradient_of_the_loss_equals_central_differences(bool dueling, bool doubleQ, bool huber, int rows)
    {
        var random = new RandomStream(5);
        var module = DqnSome.Module(dueling);
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
