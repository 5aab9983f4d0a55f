using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Tests.Environments;

public sealed class TransformedActionsTests
{
    [Fact]
    public void An_action_means_the_same_place_between_the_bounds_inside()
    {
        var config = ParameterSet.Empty.With("config", ParameterSet.Empty.With("low", 300.0).With("high", 500.0));
        using var wide = EnvironmentRegistry.Create("TransformedActionPendulum", config);
        using var plain = EnvironmentRegistry.Create("Pendulum-v1");
        var (one, two) = (new float[3], new float[3]);
        wide.Reset(new RandomStream(3), one);
        plain.Reset(new RandomStream(3), two);

        foreach (var (given, meant) in (List<(float, float)>)[(300, -2), (500, 2), (400, 0), (450, 1), (900, 2), (0, -2)])
        {
            var (left, right) = (wide.Step(new([given]), one), plain.Step(new([meant]), two));
            Assert.Equal(right, left);
            Assert.Equal(two, one);
        }

        Assert.Equal(new Box(300, 500, 1), wide.ActionSpace);
        Assert.Empty(EnvironmentChecker.Check(() => EnvironmentRegistry.Create("TransformedActionPendulum", config), 5));
    }
}
