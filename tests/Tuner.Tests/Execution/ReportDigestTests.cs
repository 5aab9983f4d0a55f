using Tuning.Execution;

namespace Tuning.Tests.Execution;

public sealed class ReportDigestTests
{
    private static Metrics Report() => new()
    {
        ["loss"] = 0.5,
        ["env_runners/episode_return_mean"] = -165.25,
        ["done"] = false,
        ["stage"] = "warm",
        ["layers/0/weights"] = new float[] { 1, 2, 3 },
    };

    [Theory]
    [InlineData("timers/training_step")]
    [InlineData("timers/env_runner_sampling_timer")]
    [InlineData("learners/timers/update")]
    [InlineData("env_runners/episode_duration_sec_mean")]
    [InlineData("time_this_iter_s")]
    [InlineData("time_total_s")]
    [InlineData("time_since_restore")]
    [InlineData("timestamp")]
    [InlineData("date")]
    [InlineData("pid")]
    public void Clocks_do_not_count(string name)
    {
        var (early, late) = (Report(), Report());
        early[name] = 1.0;
        late[name] = 2.0;

        Assert.True(ReportDigest.IsClock(name));
        Assert.Equal(ReportDigest.Of(early), ReportDigest.Of(late));
        Assert.Equal(ReportDigest.Of(Report()), ReportDigest.Of(late));
    }

    [Theory]
    [InlineData("timers")]
    [InlineData("my_timers/count")]
    [InlineData("timeouts")]
    [InlineData("candidate")]
    [InlineData("duration_sec")]
    [InlineData("env_runners/num_env_steps_sampled_lifetime")]
    public void Everything_else_counts(string name)
    {
        var (one, other) = (Report(), Report());
        one[name] = 1.0;
        other[name] = Math.BitIncrement(1.0);

        Assert.NotEqual(ReportDigest.Of(one), ReportDigest.Of(other));
        Assert.NotEqual(ReportDigest.Of(one), ReportDigest.Of(Report()));
    }

    [Fact]
    public void Kind_and_place_of_a_value_count_and_the_order_of_names_does_not()
    {
        var (one, turned) = (new Metrics { ["a"] = 1.0, ["b"] = 2.0 }, new Metrics { ["b"] = 2.0, ["a"] = 1.0 });

        Assert.Equal(ReportDigest.Of(one), ReportDigest.Of(turned));
        Assert.NotEqual(ReportDigest.Of(one), ReportDigest.Of(new Metrics { ["a"] = 2.0, ["b"] = 1.0 }));
        Assert.NotEqual(ReportDigest.Of(new Metrics { ["a"] = 1.0 }), ReportDigest.Of(new Metrics { ["a"] = true }));
        Assert.NotEqual(ReportDigest.Of(new Metrics { ["a"] = 1.0 }), ReportDigest.Of(new Metrics { ["a"] = "1" }));
        Assert.NotEqual(ReportDigest.Of(new Metrics { ["a"] = new float[] { 1, 2 } }), ReportDigest.Of(new Metrics { ["a"] = new float[] { 2, 1 } }));
    }

    [Fact]
    public void Every_NaN_is_the_same()
    {
        var other = BitConverter.UInt64BitsToDouble(0xFFF8000000000001);

        Assert.Equal(ReportDigest.Of(new Metrics { ["a"] = double.NaN }), ReportDigest.Of(new Metrics { ["a"] = other }));
    }
}
