using Tuning.Learning;
using Tuning.Modules;
using Tuning.Randomness;

namespace Tuning.Tests.Learning;

/// <summary>The gradients of SAC's losses by every parameter, against central differences of the double-precision twin.</summary>
[Trait("Lane", "Slow")]
public sealed class SacGradientTests
{
    [Theory]
    [InlineData("continuous", true, false, 13)]
    [InlineData("continuous", true, true, 80)]
    [InlineData("continuous", false, false, 16)]
    [InlineData("discrete", true, false, 13)]
    [InlineData("discrete", true, true, 70)]
    [InlineData("discrete", false, false, 16)]
    public void Gradients_equal_central_differences(string actions, bool twin, bool huber, int rows) => Check(SacData.Module(actions, twin: twin), huber, rows);

    [Theory]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Tanh)]
    [InlineData(Activation.Swish)]
    public void Gradients_through_other_activations_equal_central_differences(Activation activation) =>
        Check(SacData.Module("continuous", new() { HiddenLayers = [8, 5], Activation = activation }), false, 17);

    [Fact]
    public void Gradients_of_networks_that_differ_equal_central_differences() =>
        Check(SacData.Module("continuous", new() { HiddenLayers = [6] }, new() { HiddenLayers = [18, 5, 4], Activation = Activation.Swish }), false, 20);

    [Fact]
    public void Gradients_without_hidden_layers_equal_central_differences() =>
        Check(SacData.Module("continuous", new() { HiddenLayers = [] }), false, 17);

    [Fact]
    public void Gradients_of_state_dependent_noise_equal_central_differences() =>
        Check(SacData.Module("continuous", new() { HiddenLayers = [9, 7], UseGsde = true, InitialLogStandardDeviation = -1 }), false, 40);

    private static void Check(DefaultSacModule module, bool huber, int rows)
    {
        using var learner = new ManagedSacLearner(module, SacData.Options(rows, huber), new RandomStream(5), 1);
        SacData.Fill(learner, rows, new RandomStream(6));
        var (twin, alpha) = (new SacTwin(module), learner.Alpha);
        double[] goals = [.. Enumerable.Range(0, rows).Select(row => twin.Goal(learner.Rows, row, alpha))];

        learner.Step(0);

        var nonzero = 0;
        for (var network = 0; network < learner.Updates.Count; network++)
        {
            var update = learner.Updates[network];
            double Loss() => network == 0 ? twin.ActorLoss(learner.Rows, alpha) : twin.ValueLoss(learner.Rows, goals, network - 1, huber);
            var squares = 0.0;
            foreach (var tensor in update.Parameters.Read(update.Gradient))
            {
                var parameters = twin.Parameters[tensor.Name];
                for (var i = 0; i < parameters.Length; i++)
                {
                    var (kept, step) = (parameters[i], 1e-6);
                    parameters[i] = kept + step;
                    var above = Loss();
                    parameters[i] = kept - step;
                    var below = Loss();
                    parameters[i] = kept;
                    var expected = (above - below) / (2 * step);
                    Assert.True(Math.Abs(expected - tensor.Data[i]) < 2e-5 + (2e-4 * Math.Abs(expected)),
                        $"{tensor.Name}[{i}]: {tensor.Data[i]} is not {expected}");
                    squares += expected * expected;
                    nonzero += Math.Abs(expected) > 1e-4 ? 1 : 0;
                }
            }

            Assert.Equal(Math.Sqrt(squares), update.Norm, 1e-3 + (1e-4 * update.Norm));
        }

        Assert.True(nonzero > 12, "the test must test something");
        var sums = learner.Sums();
        Assert.Equal(twin.ActorLoss(learner.Rows, alpha), sums.ActorLoss / rows, 1e-4);
        Assert.Equal(twin.ValueLoss(learner.Rows, goals, 0, huber), sums.FirstLoss / rows, 1e-4);
        Assert.Equal(twin.LogProbability(learner.Rows), sums.LogProbability / rows, 1e-4);
        for (var row = 0; row < rows; row++)
        {
            Assert.Equal(Enumerable.Range(0, learner.Updates.Count - 1).Average(i => Math.Abs(twin.Taken(learner.Rows, row, i) - goals[row])),
                learner.Rows.Errors[row], 1e-4);
        }
    }
}
