namespace Tuning.Tests.Values;

public sealed class ParameterSetJsonTests
{
    [Fact]
    public void Parse_keeps_whole_numbers_whole_and_real_ones_real()
    {
        var set = ParameterSet.Parse("""{"whole": 3, "real": 3.0, "large": 1e300, "negative": -9007199254740993}""");

        Assert.Equal([1e300, -9007199254740993L, 3.0, 3L], set.Select(p => p.Value));
        Assert.Equal(set, ParameterSet.Parse(set.ToString()));
    }
}
