using Tuning.Runners;

namespace Tuning.Tests.Runners;

public sealed class MetricsLoggerTests
{
    [Theory]
    [InlineData(MetricReduction.Mean, 2, 4.5)]
    [InlineData(MetricReduction.Sum, 2, 9)]
    [InlineData(MetricReduction.Min, 2, 2)]
    [InlineData(MetricReduction.Max, 2, 7)]
    [InlineData(MetricReduction.Sum, null, 14)]
    [InlineData(MetricReduction.Min, null, 2)]
    [InlineData(MetricReduction.Max, null, 7)]
    public void Values_are_reduced_over_the_window_or_over_all(MetricReduction reduce, int? window, double expected)
    {
        var logger = new MetricsLogger();
        foreach (var value in new[] { 5.0, 7, 2 })
        {
            logger.Log("a/b", value, reduce, window);
        }

        Assert.Equal(expected, logger.Peek("a/b"));
    }

    [Fact]
    public void Mean_without_a_window_is_exponential_with_a_hundredth_for_the_new()
    {
        var logger = new MetricsLogger();
        logger.Log("loss", 10);
        Assert.Equal(10, logger.Peek("loss"));
        logger.Log("loss", 20);

        Assert.Equal(10.1, logger.Peek("loss")!.Value, 1e-12);
    }

    [Fact]
    public void Cleared_series_start_anew_with_each_report()
    {
        var logger = new MetricsLogger();
        logger.Log("mean", 1, clearOnReduce: true);
        logger.Log("mean", 4, clearOnReduce: true);
        logger.Log("sum", 3, MetricReduction.Sum, clearOnReduce: true);
        var first = new Metrics();
        logger.WriteTo(first, "x/");
        Assert.Equal(2.5, first.Number("x/mean"));
        Assert.Equal(3, first.Number("x/sum"));

        var second = new Metrics();
        logger.WriteTo(second, "x/");
        Assert.Empty(second);
        logger.Log("sum", 8, MetricReduction.Sum, clearOnReduce: true);
        Assert.Equal(8, logger.Peek("sum"));
    }

    [Fact]
    public void Merging_replays_what_each_runner_recorded()
    {
        var master = new MetricsLogger();
        var one = new MetricsLogger(recording: true);
        var two = new MetricsLogger(recording: true);
        two.Log("a", 3, window: 2);
        one.Log("a", 1, window: 2);
        one.Log("a", 2, window: 2);
        master.Merge(one);
        master.Merge(two);
        Assert.Equal(2.5, master.Peek("a"));
        master.Merge(one);
        Assert.Equal(2.5, master.Peek("a"));
    }

    [Fact]
    public void State_round_trips_with_infinities_and_NaN()
    {
        var one = new MetricsLogger();
        one.Log("mean", 1);
        one.Log("mean", 2);
        one.Log("window", double.NaN, window: 3);
        one.Log("max", double.PositiveInfinity, MetricReduction.Max);
        var two = new MetricsLogger();
        two.SetState(one.GetState());

        Assert.Equal(one.Peek("mean"), two.Peek("mean"));
        Assert.Equal(double.NaN, two.Peek("window"));
        Assert.Equal(double.PositiveInfinity, two.Peek("max"));
        one.Log("mean", 5);
        two.Log("mean", 5);
        Assert.Equal(one.GetState(), two.GetState());
    }

    [Fact]
    public void Key_is_logged_in_one_way_only()
    {
        var logger = new MetricsLogger();
        logger.Log("a", 1, MetricReduction.Sum);

        var error = Assert.Throws<InvalidOperationException>(() => logger.Log("a", 1, MetricReduction.Mean, 10));
        Assert.Contains("'a' was logged as Sum of all and now as Mean of the last 10", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    public void Bad_keys_are_refused(string key) => Assert.Throws<ArgumentException>(() => new MetricsLogger().Log(key, 1));

    [Fact]
    public void Window_must_hold_something() => Assert.Throws<ArgumentOutOfRangeException>(() => new MetricsLogger().Log("a", 1, window: 0));

    [Fact]
    public void Unknown_key_has_no_value() => Assert.Null(new MetricsLogger().Peek("a"));
}
