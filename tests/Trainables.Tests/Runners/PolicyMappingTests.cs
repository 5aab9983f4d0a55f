using Tuning.Runners;

namespace Tuning.Tests.Runners;

public sealed class PolicyMappingTests
{
    private static readonly Episode _episode = new(0, 0, [], isMultiAgent: true);

    [Theory]
    [InlineData("0", "p0")]
    [InlineData("red_1", "reds")]
    [InlineData("red_captain", "captain")]
    [InlineData("red_captain_2", "captains")]
    [InlineData("blue_scout", "scouts")]
    [InlineData("blue_", "rest")]
    [InlineData("", "rest")]
    public void Names_win_over_patterns_and_longer_beginnings_over_shorter(string agent, string policy)
    {
        var mapping = PolicyMapping.Of(new Dictionary<string, string>
        {
            ["*"] = "rest",
            ["red_*"] = "reds",
            ["0"] = "p0",
            ["red_captain*"] = "captains",
            ["red_captain"] = "captain",
            ["*_scout"] = "scouts",
        });

        Assert.Equal(policy, mapping.PolicyOf(agent, _episode));
    }

    [Theory]
    [InlineData("a*c", "abc", true)]
    [InlineData("a*c", "ac", true)]
    [InlineData("a*c", "abcd", false)]
    [InlineData("a*b*c", "axbybzc", true)]
    [InlineData("a*b*c", "acb", false)]
    [InlineData("*", "", true)]
    [InlineData("**", "x", true)]
    [InlineData("a", "A", false)]
    public void Star_stands_for_any_characters(string pattern, string agent, bool matches) =>
        Assert.Equal(matches ? "p" : null, PolicyMapping.Of([KeyValuePair.Create(pattern, "p")]).PolicyOf(agent, _episode));

    [Fact]
    public void Function_sees_agent_and_episode()
    {
        _episode.Number = 3;
        var mapping = PolicyMapping.Of((agent, episode) => $"{agent}/{episode.Number}");

        Assert.Equal("x/3", mapping.PolicyOf("x", _episode));
        Assert.False(mapping.IsFixed);
    }

    [Fact]
    public void Text_says_who_follows_whom()
    {
        var mapping = PolicyMapping.Parse("0=p0, red_*=p1,*=p0", ["p0", "p1"]);

        Assert.Equal(["p0", "p1", "p0"], new[] { "0", "red_2", "7" }.Select(a => mapping.PolicyOf(a, _episode)));
        Assert.Equal(["0", "red_*"], mapping.Unused(["7"]).Order(StringComparer.Ordinal));
        var message = Assert.Throws<ArgumentException>(() => PolicyMapping.Parse("0=p0,0=p0,1,=p1,2=,3=px", ["p0", "p1"])).Message;
        foreach (var fault in (string[])["'1' is not AGENT=POLICY", "'=p1' is not AGENT=POLICY", "'2=' is not AGENT=POLICY",
            "there is no policy 'px', there are: p0, p1", "the agent '0' comes twice"])
        {
            Assert.Contains(fault, message);
        }
    }
}
