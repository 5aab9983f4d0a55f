namespace Tuning.Tests.Values;

public sealed class MetricsTests
{
    [Fact]
    public void Values_keep_their_order_and_replace_in_place()
    {
        var metrics = new Metrics { ["a"] = 1, ["b/c"] = 2.5, ["a"] = 3 };

        Assert.Equal(["a", "b/c"], metrics.Select(m => m.Key));
        Assert.Equal(3, metrics.Number("a"));
    }

    [Fact]
    public void Many_values_are_found_by_path()
    {
        var metrics = new Metrics();
        for (var i = 0; i < 100; i++)
        {
            metrics[$"m/{i}"] = i;
        }

        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal(i, metrics.Number($"m/{i}")));
        Assert.Null(metrics.Number("m/100"));
    }

    [Fact]
    public void Text_shows_all_values() =>
        Assert.Equal("loss: 0.25, a/b: 3, done: true", new Metrics { ["loss"] = 0.25, ["a/b"] = 3, ["done"] = true }.ToString());
}
