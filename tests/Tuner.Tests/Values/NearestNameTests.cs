using Tuning.Values;

namespace Tuning.Tests.Values;

public sealed class NearestNameTests
{
    private static readonly string[] _known = ["lr", "learning_rate", "batch_size", "gamma"];

    [Theory]
    [InlineData("learning-rate", "learning_rate")]
    [InlineData("LearningRate", "learning_rate")]
    [InlineData("lerning_rate", "learning_rate")]
    [InlineData("bacth_size", "batch_size")]
    [InlineData("gama", "gamma")]
    [InlineData("rl", "lr")]
    [InlineData("units", null)]
    [InlineData("", null)]
    public void Of_finds_what_was_probably_meant(string name, string? expected) => Assert.Equal(expected, NearestName.Of(name, _known));

    [Fact]
    public void Hint_lists_the_names_when_none_is_near()
    {
        Assert.Equal("; the options are: lr, learning_rate, batch_size, gamma.", NearestName.Hint("units", _known, "options"));
        Assert.Equal("; there are no options.", NearestName.Hint("units", [], "options"));
    }
}
