using Tuning.Trials;

namespace Tuning.Tests.Trials;

public sealed class FeasibilityTests
{
    [Theory]
    [InlineData("latency_ms <= 20", 25.0, 5.0)]
    [InlineData("latency_ms <= 20", 20.0, 0.0)]
    [InlineData("latency_ms < 20", 20.0, double.Epsilon)]
    [InlineData("latency_ms >= 20", 17.5, 2.5)]
    [InlineData("10 <= latency_ms <= 20", 4.0, 6.0)]
    [InlineData("latency_ms <= 20 and latency_ms <= 10", 25.0, 20.0)]
    [InlineData("latency_ms <= 20 or latency_ms >= 30", 25.0, 1.0)]
    [InlineData("not (latency_ms > 20)", 25.0, 1.0)]
    [InlineData("latency_ms == 20", 25.0, 1.0)]
    [InlineData("abs(latency_ms - 20) <= 2", 25.0, 3.0)]
    [InlineData("`latency_ms` * 2 <= 20", 25.0, 30.0)]
    [InlineData("latency_ms <= 20", double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData("latency_ms <= 20", double.NaN, double.NaN)]
    [InlineData("other <= 20", 1.0, double.NaN)]
    [InlineData("text <= 20", 1.0, double.NaN)]
    [InlineData("flag", 1.0, 0.0)]
    [InlineData("not flag", 1.0, 1.0)]
    [InlineData("text == 'a'", 1.0, 0.0)]
    [InlineData("a.b <= 0.5", 1.0, 1.5)]
    [InlineData("`a/b` <= 0.5", 1.0, 1.5)]
    [InlineData("training_iteration <= 1", 1.0, 2.0)]
    public void Condition_is_broken_by(string condition, double latency, double violation)
    {
        var feasibility = new Feasibility([condition]);

        Assert.Equal(violation, feasibility.Observe(Report(new() { ["latency_ms"] = latency, ["flag"] = true, ["text"] = "a", ["a/b"] = 2.0 }),
            feasibility.Undecided()));
    }

    [Fact]
    public void Conditions_add_up_and_hold_on_while_their_metric_is_absent()
    {
        var feasibility = new Feasibility(["a <= 1", "b <= 1"]);
        var violations = feasibility.Undecided();

        Assert.Equal(double.NaN, feasibility.Observe(Report(new() { ["a"] = 3 }), violations));
        Assert.Equal(2.5, feasibility.Observe(Report(new() { ["b"] = 1.5 }), violations));
        Assert.Equal(0.5, feasibility.Observe(Report(new() { ["a"] = 0, ["b"] = double.NaN }), violations));
    }

    [Fact]
    public void Metric_may_have_an_old_name() =>
        Assert.Equal(4, new Feasibility(["old <= 1"], name => name == "old" ? "new" : name).Observe(Report(new() { ["new"] = 5 }), [double.NaN]));

    [Fact]
    public void What_breaks_less_is_better_and_what_is_undecided_is_last() =>
        Assert.Equal([0, 1, 3, double.NaN], new[] { 3, double.NaN, 0, 1 }.Order(Comparer<double>.Create(Feasibility.Compare)));

    private static TrialReport Report(Metrics metrics) => new(new(0), 3, default, 1, 1, metrics);
}
