using Tuning.Randomness;
using Tuning.Schedulers;
using Tuning.Schedulers.Halving;

namespace Tuning.Tests.Schedulers;

/// <summary>The tables and rules of Ray's ASHA, and where we differ.</summary>
public sealed class AshaTests
{
    private static AshaOptions Ray(AshaOptions options) => options with { Compatibility = SchedulerCompatibility.Ray };

    [Theory]
    [InlineData(1, 100, 4, 0, new double[] { 1, 4, 16, 64 }, new double[] { 1, 4, 16, 64 })]
    [InlineData(1, 10, 2, 0, new double[] { 1, 2, 4, 8 }, new double[] { 1, 2, 4, 8 })]
    [InlineData(2.5, 100, 3, 0, new[] { 2.5, 7.5, 22.5, 67.5 }, new[] { 2.5, 7.5, 22.5, 67.5 })]
    [InlineData(1, 243, 3, 0, new double[] { 1, 3, 9, 27, 81, 243 }, new double[] { 1, 3, 9, 27, 81 })]
    [InlineData(1, 100, 4, 2, new double[] { 16, 64 }, new double[] { 16, 64 })]
    [InlineData(1, 100, 4, 5, new double[0], new double[0])]
    public void Rungs_are_those_of_the_table(double grace, double maxT, double factor, int s, double[] own, double[] ray)
    {
        Assert.Equal(own, AshaBracket.Milestones(grace, maxT, factor, s, isRay: false));
        Assert.Equal(ray, AshaBracket.Milestones(grace, maxT, factor, s, isRay: true));
    }

    [Fact]
    public void Brackets_are_drawn_by_e_to_the_number_of_their_rungs()
    {
        var options = new AshaOptions { MaxTime = 100, Brackets = 3 };
        var brackets = new AshaBrackets(options, SeedPath.Of(1));
        Assert.Equal([4, 3, 2], brackets.All.Select(b => b.Rungs.Count));
        Assert.Equal([0.665, 0.245, 0.090], AshaBrackets.Shares(brackets.All).Select(p => Math.Round(p, 3)));

        var drawn = new int[3];
        for (var i = 0; i < 4000; i++)
        {
            brackets.Add(new(i));
            drawn[brackets.Of(new(i)).Bracket]++;
        }

        // Four standard deviations of a share are at most 0.032.
        Assert.All(drawn.Zip(AshaBrackets.Shares(brackets.All)), d => Assert.Equal(d.Second, d.First / 4000.0, 0.032));
    }

    [Theory]
    [InlineData(new double[] { 1, 2, 3, 4, 5 }, 4, 4)]
    [InlineData(new double[] { 2, 4 }, 2, 3)]
    [InlineData(new double[] { 10, 20, 30, 40 }, 3, 30)]
    [InlineData(new double[] { 1, 2 }, 4, 1.75)]
    [InlineData(new double[] { 7 }, 4, 7)]
    public void Cutoff_is_the_interpolated_quantile(double[] values, double factor, double cutoff)
    {
        var rung = new Rung(1);
        for (var i = 0; i < values.Length; i++)
        {
            rung.Record(values[i], i);
        }

        Assert.Equal(cutoff, rung.Cutoff(1 - (1 / factor), isExact: true));
        Assert.Equal(cutoff, rung.Cutoff((1 - (1 / factor)) * 100 / 100, isExact: false), 1e-12);
    }

    [Fact]
    public void Defaults_are_those_of_Ray()
    {
        Assert.Equal(("training_iteration", 100, 1, 4, 1, true),
            (new AshaOptions() is var o ? o.TimeAttribute : "", o.MaxTime, o.GracePeriod, o.ReductionFactor, o.Brackets, o.StopLastTrials));
    }

    [Theory]
    [InlineData(Mode.Max, 1, "stopped at rung 1: 0.71 is below the cutoff 0.83 of 2 trials")]
    [InlineData(Mode.Min, -1, "stopped at rung 1: -0.71 is above the cutoff -0.83 of 2 trials")]
    public void Trial_below_the_cutoff_stops_and_says_why(Mode mode, int sign, string reason)
    {
        var desk = new SchedulerDesk(new AshaOptions { ReductionFactor = 2 }, mode);
        Assert.Null(desk.Ask(0, 1, 0.8 * sign));
        Assert.Null(desk.Ask(1, 1, 0.86 * sign));
        Assert.Equal(reason, desk.Ask(2, 1, 0.71 * sign));
    }

    [Fact]
    public void Equal_values_go_on_and_values_of_stopped_trials_count()
    {
        var desk = new SchedulerDesk(new AshaOptions { ReductionFactor = 2 });
        Assert.Null(desk.Ask(0, 1, 5));
        Assert.Null(desk.Ask(1, 1, 5));
        Assert.NotNull(desk.Ask(2, 1, 1));
        Assert.NotNull(desk.Ask(3, 1, 1));
        // Of 5, 5, 1 and 1 the median is 3.
        Assert.Null(desk.Ask(4, 1, 3));
        Assert.Equal("stopped at rung 1: 2.9 is below the cutoff 3 of 5 trials", desk.Ask(5, 1, 2.9));
    }

    [Fact]
    public void Trial_stops_at_max_t_unless_last_ones_run_on()
    {
        Assert.Equal("stopped at max_t 10: training_iteration is 12", new SchedulerDesk(new AshaOptions { MaxTime = 10 }).Ask(0, 12, 1));
        Assert.Equal("stopped at max_t 10: training_iteration is 10", new SchedulerDesk(new AshaOptions { MaxTime = 10 }).Ask(0, 10, null));
        Assert.Null(new SchedulerDesk(new AshaOptions { MaxTime = 10, StopLastTrials = false }).Ask(0, 12, 1));
        Assert.Null(new SchedulerDesk(Ray(new() { MaxTime = 10 })).Ask(0, 10, null));
    }

    [Fact]
    public void Milestone_that_a_jump_skips_is_judged_late_only_in_Rays_way()
    {
        foreach (var isRay in new[] { false, true })
        {
            var options = new AshaOptions { ReductionFactor = 4 };
            var desk = new SchedulerDesk(isRay ? Ray(options) : options);
            desk.Ask(0, 1, 9);
            desk.Ask(0, 4, 9);
            // Trial 1 jumps over 1 to 4, is good there, and reports less before the next milestone.
            Assert.Null(desk.Ask(1, 4, 10));
            Assert.Equal(isRay ? "stopped at rung 1: 5 is below the cutoff 9 of 1 trial" : null, desk.Ask(1, 5, 5));
        }
    }

    [Fact]
    public void Absent_and_NaN_values_lead_to_no_decision_and_the_next_report_is_judged()
    {
        var desk = new SchedulerDesk(new AshaOptions { ReductionFactor = 2 });
        desk.Ask(0, 1, 5);
        Assert.Null(desk.Ask(1, 1, null));
        Assert.Null(desk.Ask(2, 1, double.NaN));
        Assert.NotNull(desk.Ask(3, 1, double.NegativeInfinity));
        desk.Report(1, 1, 4);
        Assert.Equal(TrialStatus.Running, desk.Statuses[2]);
        Assert.Null(desk.Ask(2, 1, 5));
    }

    [Fact]
    public void In_Rays_way_a_NaN_is_never_worse_and_then_passed_over()
    {
        var desk = new SchedulerDesk(Ray(new AshaOptions { ReductionFactor = 2 }));
        desk.Ask(0, 1, 5);
        Assert.Null(desk.Ask(1, 1, double.NaN));
        Assert.Null(desk.Ask(1, 1, 0));
        Assert.Equal("stopped at rung 1: 4 is below the cutoff 5 of 1 trial", desk.Ask(2, 1, 4));
    }

    [Fact]
    public void In_Rays_way_a_trial_that_ends_by_itself_is_recorded_once_more()
    {
        foreach (var isRay in new[] { false, true })
        {
            var options = new AshaOptions { ReductionFactor = 4 };
            var desk = new SchedulerDesk(isRay ? Ray(options) : options);
            desk.Ask(0, 5, 9);
            desk.End(0);
            Assert.Equal(isRay, desk.Ask(1, 1, 8) is not null);
        }
    }

    [Theory]
    [InlineData("max_t")]
    [InlineData("grace_period")]
    [InlineData("reduction_factor")]
    [InlineData("brackets")]
    [InlineData("compatibility")]
    public void Wrong_option_is_named(string option)
    {
        var options = option switch
        {
            "max_t" => new AshaOptions { MaxTime = 0 },
            "grace_period" => new AshaOptions { GracePeriod = 101 },
            "reduction_factor" => new AshaOptions { ReductionFactor = 1 },
            "brackets" => new AshaOptions { Brackets = 0 },
            _ => new AshaOptions { Variant = AshaVariant.Promotion, Compatibility = SchedulerCompatibility.Ray },
        };
        var e = Assert.Throws<ArgumentException>(() => options.Create(new([new("loss", Mode.Min)], SeedPath.Of(1))));
        Assert.StartsWith(option + ": is ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Objective_is_the_experiments_or_given_and_only_one()
    {
        var seed = SeedPath.Of(1);
        Assert.StartsWith("metric: no metric is given", Assert.Throws<ArgumentException>(() => new AshaOptions().Create(new([], seed))).Message,
            StringComparison.Ordinal);
        Assert.Contains("2 objectives", Assert.Throws<ArgumentException>(() => new AshaOptions()
            .Create(new([new("a", Mode.Min), new("b", Mode.Min)], seed))).Message, StringComparison.Ordinal);
        Assert.StartsWith("mode: is not given", Assert.Throws<ArgumentException>(() =>
            new AshaOptions { Metric = "c" }.Create(new([new("a", Mode.Min)], seed))).Message, StringComparison.Ordinal);
        Assert.Equal("asha", new AshaOptions { Metric = "b" }.Create(new([new("a", Mode.Min), new("b", Mode.Min)], seed)).Name);
    }

    [Fact]
    public void Promotion_pauses_at_each_rung_and_resumes_the_top_share()
    {
        var desk = new SchedulerDesk(new AshaOptions { ReductionFactor = 2, MaxTime = 4, Variant = AshaVariant.Promotion });
        Assert.Equal("paused at rung 1: 3 is in place 1 of 1 trial, of which the top 1/2 go on", desk.Ask(0, 1, 3));
        Assert.Null(desk.Start());
        desk.Ask(1, 1, 5);
        Assert.Equal((1, "promoted from rung 1: 5 is in place 1 of 2 trials, of which the top 1 go on"), desk.Start());
        Assert.Null(desk.Start());
        desk.Ask(2, 1, 1);
        desk.Ask(3, 1, 2);
        Assert.Equal(0, desk.Start()?.Trial);
        desk.Ask(1, 2, 6);
        desk.Ask(0, 2, 4);
        // From the highest rung first.
        Assert.Equal((1, "promoted from rung 2: 6 is in place 1 of 2 trials, of which the top 1 go on"), desk.Start());
        Assert.Equal("stopped at max_t 4: training_iteration is 4", desk.Ask(1, 4, 7));
        Assert.Equal("left paused at rung 1: 1 is below the cutoff 3 of 4 trials, of which the top 2 go on", desk.Left(2));
        Assert.Null(desk.Start());
    }
}
