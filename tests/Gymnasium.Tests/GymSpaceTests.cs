using Tuning.Environments;

namespace Tuning.Tests;

/// <summary>What becomes of Python's spaces, values and actions.</summary>
public sealed class GymSpaceTests
{
    [Theory]
    [InlineData("box", "Box([-1, -1, -1, -1], [1, 1, 1, 1])", ":0+4")]
    [InlineData("box64", "Box([-Infinity, -Infinity, -Infinity], [Infinity, Infinity, Infinity])", ":0+3")]
    [InlineData("image", "Box([0, 0, 0, 0, 0, 0], [255, 255, 255, 255, 255, 255])", ":0+6")]
    [InlineData("started", "Discrete(4)", ":0+1")]
    [InlineData("multi", "MultiDiscrete(2, 3)", ":0+2")]
    [InlineData("grid", "MultiDiscrete(2, 3, 4, 5)", ":0+4")]
    [InlineData("binary", "MultiDiscrete(2, 2, 2)", ":0+3")]
    [InlineData("choices", "MultiDiscrete(2, 2, 2)", "0:0+1 1:1+2")]
    [InlineData("boxes", "Box([-1, -1, 0], [1, 1, 3])", "x:0+2 deep/y:2+1")]
    [InlineData("mixed", "Box([0, 0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 255, 255])", "hand/0:0+2 hand/1:2+3 camera:5+2")]
    public void Observations_are_rows_of_numbers_with_names(string seen, string space, string parts)
    {
        using var environment = Python.Make("Spaces-v0", ("seen", seen));

        Assert.Equal(space, environment.ObservationSpace.ToString());
        Assert.Equal(parts, string.Join(' ', environment.ObservationParts.Select(p => $"{p.Name}:{p.Start}+{p.Length}")));
        if (seen == "image")
        {
            Assert.Equal([2, 3, 1], ((Box)environment.ObservationSpace).Shape);
        }

        // Every value that it shows is one of the space.
        var row = new float[environment.ObservationSpace.Size];
        environment.Reset(new(1), row);
        for (var step = 0; step < 6; step++)
        {
            Assert.True(environment.ObservationSpace.Contains(row), string.Join(' ', row));
            environment.Step(new EnvironmentAction((int[])[0]), row);
        }
    }

    [Fact]
    public void Mixed_observation_has_choices_one_hot()
    {
        using var environment = Python.Make("Spaces-v0", ("seen", "mixed"));
        var row = new float[7];
        environment.Reset(new(1), row);

        environment.Step(new EnvironmentAction((int[])[0]), row);

        Assert.Equal([1, 0, 0, 1, 0, 1, 0], row);
        Assert.Equal([false, true, false], environment.ObservationParts.Select(p => p.OneHot));
    }

    // The reward is the action as Python got it, number i times 10 to the power of i.
    [Theory]
    [InlineData("discrete", new[] { 2 }, 2)]
    [InlineData("started", new[] { 3 }, 1)]
    [InlineData("multi", new[] { 1, 2 }, 2 + 70)]
    [InlineData("grid", new[] { 1, 2, 3, 4 }, 4321)]
    [InlineData("binary", new[] { 1, 0, 1 }, 101)]
    [InlineData("choices", new[] { 1, 0, 1 }, 101)]
    public void Choices_reach_the_environment(string done, int[] action, double reward)
    {
        using var environment = Python.Make("Spaces-v0", ("done", done));
        var row = new float[4];
        environment.Reset(new(1), row);

        Assert.Equal(reward, environment.Step(new EnvironmentAction(action), row).Reward);
    }

    [Theory]
    [InlineData("box", new[] { 0.5f, 0.25f, -1, 1 })]
    [InlineData("boxes", new[] { 0.5f, 0.25f, 2 })]
    public void Numbers_reach_the_environment(string done, float[] action)
    {
        using var environment = Python.Make("Spaces-v0", ("done", done), ("infos", "got/first"));
        var row = new float[4];
        environment.Reset(new(1), row);
        Assert.Equal(double.NaN, environment.Info("got/first"));

        Assert.Equal(action.Select((a, i) => a * Math.Pow(10, i)).Sum(), environment.Step(new EnvironmentAction(action), row).Reward);
        Assert.Equal(action[0], environment.Info("got/first"));
    }

    [Theory]
    [InlineData("seen", "text", "Text")]
    [InlineData("done", "mixed", "choices and numbers side by side")]
    public void Space_that_is_not_understood_is_named_with_a_way_out(string which, string kind, string message)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Python.Make("Spaces-v0", (which, kind)));

        Assert.Contains("gym:Spaces-v0 could not be made", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("Wrap the environment", error.Message, StringComparison.Ordinal);
    }
}
