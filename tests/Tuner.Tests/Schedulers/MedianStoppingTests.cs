using Tuning.Randomness;
using Tuning.Schedulers;
using Tuning.Schedulers.Median;

namespace Tuning.Tests.Schedulers;

public sealed class MedianStoppingTests
{
    private static SchedulerDesk Desk(MedianStoppingOptions options, Mode mode = Mode.Max, bool checkpoints = true) =>
        new(options with { TimeAttribute = "training_iteration", GracePeriod = options.GracePeriod == 60 ? 1 : options.GracePeriod }, mode, checkpoints);

    private static void Others(SchedulerDesk desk, int sign = 1)
    {
        for (var trial = 0; trial < 3; trial++)
        {
            desk.Ask(trial, 1, (trial + 1) * sign);
            desk.Ask(trial, 2, (trial + 3) * sign);
        }
    }

    [Fact]
    public void Defaults_are_those_of_Ray()
    {
        var o = new MedianStoppingOptions();
        Assert.Equal(("time_total_s", 60, 3, 0, true), (o.TimeAttribute, o.GracePeriod, o.MinSamplesRequired, o.MinTimeSlice, o.HardStop));
    }

    [Theory]
    [InlineData(Mode.Max, 1, "stopped at training_iteration 2: the best value 2.5 is below the median 3 of 3 trials")]
    [InlineData(Mode.Min, -1, "stopped at training_iteration 2: the best value -2.5 is above the median -3 of 3 trials")]
    public void Best_value_is_compared_with_the_median_of_running_means(Mode mode, int sign, string reason)
    {
        var desk = Desk(new(), mode);
        Others(desk, sign);
        Assert.Null(desk.Ask(3, 1, 2.5 * sign));
        // The means up to 2 are 2, 3 and 4; the best value counts, not the last.
        Assert.Equal(reason, desk.Ask(3, 2, 1 * sign));
        Assert.Null(desk.Ask(4, 2, 3 * sign));
    }

    [Fact]
    public void Means_begin_at_the_grace_period_and_trials_before_it_are_not_stopped()
    {
        var desk = Desk(new() { GracePeriod = 2 });
        Others(desk);
        Assert.Null(desk.Ask(3, 1, -9));
        // Without the values at 1 the means are 3, 4 and 5.
        Assert.Equal("stopped at training_iteration 2: the best value 3.5 is below the median 4 of 3 trials", desk.Ask(3, 2, 3.5));
    }

    [Fact]
    public void Too_few_others_stop_nobody_and_a_trial_yields_where_it_can_be_paused()
    {
        foreach (var checkpoints in new[] { true, false })
        {
            var desk = Desk(new() { MinTimeSlice = 2 }, checkpoints: checkpoints).Trials(3);
            Assert.Null(desk.Ask(0, 1, -1));
            desk.Statuses[2] = TrialStatus.Pending;
            Assert.Equal(checkpoints ? "paused at training_iteration 2: others wait, and 0 of 3 trials have come as far" : null, desk.Ask(0, 2, -1));
            if (checkpoints)
            {
                desk.Start();
                desk.Start();
                desk.Statuses[0] = TrialStatus.Running;
                desk.Statuses[2] = TrialStatus.Pending;
                Assert.Null(desk.Ask(0, 4, -1));
                Assert.NotNull(desk.Ask(0, 5, -1));
            }
        }
    }

    [Fact]
    public void Soft_stop_pauses_and_the_trial_later_runs_through()
    {
        var desk = Desk(new() { HardStop = false });
        Assert.True(desk.Scheduler.NeedsCheckpoints);
        Others(desk);
        Assert.Equal("paused at training_iteration 2: the best value 0 is below the median 3 of 3 trials", desk.Ask(3, 2, 0));
        Assert.Equal((3, "nothing better is left to run"), desk.Start());
        Assert.Null(desk.Ask(3, 3, 0));
    }

    [Fact]
    public void NaN_is_passed_over_except_in_Rays_way_where_it_stops_everyone()
    {
        foreach (var isRay in new[] { false, true })
        {
            var desk = Desk(new() { Compatibility = isRay ? SchedulerCompatibility.Ray : SchedulerCompatibility.None });
            Others(desk);
            desk.Ask(3, 2, double.NaN);
            Assert.Equal(isRay, desk.Ask(4, 2, 100) is not null);
        }
    }

    [Fact]
    public void In_Rays_way_the_last_value_of_a_trial_that_ended_counts_twice()
    {
        foreach (var isRay in new[] { false, true })
        {
            var desk = Desk(new() { MinSamplesRequired = 1, Compatibility = isRay ? SchedulerCompatibility.Ray : SchedulerCompatibility.None });
            desk.Ask(0, 1, 0);
            desk.Ask(0, 2, 6);
            desk.End(0);
            // The mean is 3, and 4 with the last value twice.
            Assert.Equal(isRay, desk.Ask(1, 2, 3.5) is not null);
        }
    }

    [Fact]
    public void Times_that_trials_do_not_share_are_given_up_and_give_the_same_medians()
    {
        var random = new RandomStream(5);
        var (means, twin) = (new RunningMeans(1, countsNaN: false), new MedianTwin(1, 1, isRay: false));
        var time = new double[60];
        for (var i = 0; i < 6000; i++)
        {
            var trial = random.NextInt32(60);
            time[trial] += random.NextDouble();
            var value = random.NextDouble();
            twin.Report(trial, time[trial], value);
            means.Add(trial, time[trial], value);
        }

        Assert.False(means.IsShared);
        for (var asked = 0; asked < 20; asked++)
        {
            var t = 2 + (random.NextDouble() * 30);
            var expected = twin.Reports.Where(r => r.Key != 0 && r.Value[^1].Time >= t)
                .Select(r => r.Value.Where(v => v.Time >= 1 && v.Time <= t).Average(v => v.Value)).Order().ToList();
            var (median, others) = means.MedianAt(t, 0);
            Assert.Equal(expected.Count, others);
            Assert.Equal(expected.Count % 2 == 1 ? expected[expected.Count / 2] : (expected[(expected.Count / 2) - 1] + expected[expected.Count / 2]) / 2,
                median, 1e-12);
        }
    }

    [Theory]
    [InlineData("grace_period")]
    [InlineData("min_samples_required")]
    [InlineData("min_time_slice")]
    public void Wrong_option_is_named(string option)
    {
        var options = option switch
        {
            "grace_period" => new MedianStoppingOptions { GracePeriod = -1 },
            "min_time_slice" => new MedianStoppingOptions { MinTimeSlice = -1 },
            _ => new MedianStoppingOptions { MinSamplesRequired = 0 },
        };
        Assert.StartsWith(option + ": is ", Assert.Throws<ArgumentException>(() => options.Create(new([new("a", Mode.Min)], SeedPath.Of(1)))).Message,
            StringComparison.Ordinal);
    }
}
