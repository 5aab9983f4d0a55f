using Tuning.Control;
using Tuning.Randomness;
using Tuning.Schedulers;
using Tuning.Schedulers.Halving;
using Tuning.Tests.Schedulers.Contract;

namespace Tuning.Tests.Schedulers;

/// <summary>The tables and rules of Ray's HyperBand, and where we differ.</summary>
public sealed class HyperBandTests
{
    private static HyperBandOptions Options(int maxT = 9) => new() { MaxTime = maxT };

    [Theory]
    [InlineData(81, 3, new[] { 5, 8, 15, 34, 81 }, new[] { 81, 27, 9, 3, 1 })]
    [InlineData(1000, 10, new[] { 4, 20, 134, 1000 }, new[] { 1000, 100, 10, 1 })]
    [InlineData(20, 3, new[] { 4, 6, 12, 27 }, new[] { 20, 6, 2, 0 })]
    [InlineData(9, 3, new[] { 3, 5, 9 }, new[] { 9, 3, 1 })]
    public void Band_is_that_of_the_table(int maxT, double eta, int[] trials, int[] milestones)
    {
        foreach (var isRay in new[] { false, true })
        {
            var table = new HyperBandTable(maxT, eta, isRay);
            Assert.Equal(trials.Length, table.Brackets);
            Assert.Equal(trials, Enumerable.Range(0, table.Brackets).Select(s => (int)table.Trials(s)));
            Assert.Equal(milestones, Enumerable.Range(0, table.Brackets).Select(table.FirstMilestone));
        }

        Assert.Equal(maxT == 81 ? 143 : trials.Sum(), trials.Sum());
    }

    [Fact]
    public void Milestones_grow_by_the_factor_up_to_max_t()
    {
        var table = new HyperBandTable(8, 3, isRay: false);
        Assert.Equal([2, 6, 8, 8], new[] { 2, table.Next(2), table.Next(6), table.Next(8) });
        Assert.Equal([81, 27, 9, 3, 1], new[] { 81, new HyperBandTable(81, 3, false).Keep(81), 9, 3, new HyperBandTable(81, 3, false).Keep(3) });
    }

    [Fact]
    public void First_bracket_runs_through_and_stops_at_max_t()
    {
        var desk = new SchedulerDesk(Options()).Trials(3);
        Assert.Null(desk.Ask(0, 8, 1));
        Assert.Equal("stopped at rung 9, the last of its bracket", desk.Ask(0, 9, 1));
        Assert.Null(new SchedulerDesk(Options() with { StopLastTrials = false }).Trials(3).Ask(0, 9, 1));
    }

    [Fact]
    public void Bracket_waits_for_all_of_its_trials_keeps_the_best_and_stops_the_rest()
    {
        // Trials 3 to 7 are bracket 1: five, milestone 3, of which two go on to 9.
        var desk = new SchedulerDesk(Options()).Trials(8);
        Assert.Null(desk.Ask(3, 2, 0.1));
        Assert.Equal("paused at rung 3: 4 of 5 trials of its bracket are on their way", desk.Ask(3, 3, 0.1));
        desk.Ask(4, 3, 0.9);
        desk.Ask(5, 3, 0.5);
        desk.Ask(6, 3, double.NaN);

        var decisions = desk.Report(7, 3, 0.7);

        Assert.Equal(
            ["3 stopped at rung 3: 0.1 is below the cutoff 0.7 of 5 trials", "5 stopped at rung 3: 0.5 is below the cutoff 0.7 of 5 trials",
                "6 stopped at rung 3: it has no value, and stands behind the cutoff 0.7 of 5 trials"],
            decisions.OrderBy(d => d.Trial).Select(d => $"{d.Trial.Number} {d.Reason}"));
        Assert.Equal(TrialStatus.Running, desk.Statuses[7]);
        Assert.Equal((4, "promoted from rung 3 to 9: 0.9 is in place 1 of 5 trials"), desk.Start());
        Assert.Null(desk.Start());
        Assert.Equal("stopped at rung 9, the last of its bracket", desk.Ask(4, 9, 0.9));
    }

    [Fact]
    public void Failure_of_the_last_one_halves_the_bracket()
    {
        var desk = new SchedulerDesk(Options()).Trials(8);
        foreach (var trial in new[] { 3, 4, 5, 6 })
        {
            desk.Ask(trial, 3, trial);
        }

        Assert.Equal([3, 4], desk.End(7, TrialStatus.Failed).Select(d => d.Trial.Number).Order());
        Assert.Equal([6, 5], new[] { desk.Start()!.Value.Trial, desk.Start()!.Value.Trial });
    }

    [Fact]
    public void Bracket_that_is_not_full_waits_while_more_trials_come_except_in_Rays_way()
    {
        foreach (var isRay in new[] { false, true })
        {
            var desk = new SchedulerDesk(Options() with { Compatibility = isRay ? SchedulerCompatibility.Ray : SchedulerCompatibility.None })
            {
                MoreToCome =
                true
            };
            desk.Trials(5);
            desk.Ask(3, 3, 1);
            Assert.Equal(isRay ? null : "paused at rung 3: 2 of the 5 trials of its bracket are there", desk.Ask(4, 3, 2));
        }
    }

    [Fact]
    public void Bracket_to_which_no_more_trials_come_goes_on_with_those_it_has()
    {
        var desk = new SchedulerDesk(Options()).Trials(6);
        desk.Ask(3, 3, 1);
        desk.Ask(4, 3, 3);
        // Three trials where five were to come: one goes on.
        Assert.Equal("stopped at rung 3: 2 is below the cutoff 3 of 3 trials", desk.Ask(5, 3, 2));
        Assert.Equal(4, desk.Start()?.Trial);
    }

    [Fact]
    public void Bracket_that_only_waited_for_more_goes_on_when_nothing_else_runs()
    {
        var desk = new SchedulerDesk(Options()) { MoreToCome = true };
        desk.Trials(6);
        foreach (var trial in new[] { 0, 1, 2 })
        {
            desk.End(trial);
        }

        desk.Ask(3, 3, 1);
        desk.Ask(4, 3, 3);
        desk.Ask(5, 3, 2);
        desk.MoreToCome = false;
        Assert.Equal((4, "promoted from rung 3 to 9: 3 is in place 1 of 3 trials"), desk.Start());
        Assert.Equal("stopped at rung 3: 2 is below the cutoff 3 of 3 trials", desk.Left(5));
        Assert.Equal([3, 5], desk.Report(4, 4, 3).Select(d => d.Trial.Number));
    }

    [Fact]
    public void Winner_that_still_writes_its_checkpoint_is_not_chosen()
    {
        var desk = new SchedulerDesk(Options()) { MoreToCome = true };
        desk.Trials(3).SlowToPause.Add(6);
        foreach (var trial in new[] { 3, 4, 5, 6 })
        {
            desk.Ask(trial, 3, trial / 10.0);
        }

        // Of the four that there are two go on: trial 6 is the best, trial 5 has its checkpoint already.
        desk.MoreToCome = false;
        Assert.Equal(5, desk.Start()?.Trial);
        Assert.Null(desk.Start());
        desk.Paused(6);
        Assert.Equal(6, desk.Start()?.Trial);
    }

    [Fact]
    public void Bohb_fills_the_largest_bracket_first_and_least_complete_one_is_served_first()
    {
        var desk = new SchedulerDesk(new HyperBandForBohbOptions { MaxTime = 9 }).Trials(9);
        Assert.StartsWith("paused at rung 1: 8 of 9", desk.Ask(0, 1, 1), StringComparison.Ordinal);
    }

    [Fact]
    public void Ahead_of_its_bracket_a_trial_waits_at_the_next_milestone()
    {
        var desk = new SchedulerDesk(new HyperBandForBohbOptions { MaxTime = 9 }).Trials(9);
        for (var trial = 0; trial < 8; trial++)
        {
            desk.Ask(trial, 1, trial);
        }

        Assert.Equal("paused at rung 3: it is ahead of its bracket", desk.Ask(8, 4, 9));
        Assert.Equal([7, 6], new[] { desk.Start()!.Value.Trial, desk.Start()!.Value.Trial });
        desk.Ask(6, 3, 1);
        Assert.Equal("stopped at rung 3: 2 is below the cutoff 9 of 3 trials", desk.Ask(7, 3, 2));
        Assert.Equal(8, desk.Start()?.Trial);
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    public void Whole_band_keeps_the_best_of_every_rung(ulong order)
    {
        // 17 trials: three up to 9, five from 3, nine from 1.
        var curves = new Curves(order) { Noise = 0 };
        var play = new SchedulerPlay(() => new StrictScheduler(Options().Create(new([new("loss", Mode.Min)], SeedPath.Of(1)))), curves)
        {
            Trials = 17,
            Order = order,
            Iterations = 9
        }.Play();

        int[] Reached(int time) => [.. play.Controller.Views().Where(t => t.TrainingIteration >= time).Select(t => t.Id.Number)];
        int[] Best(int from, int count, int keep) => [.. Enumerable.Range(from, count).OrderBy(t => curves.Limit(t)).Take(keep).Order()];
        Assert.Equal([0, 1, 2, .. Best(3, 5, 2), .. Best(8, 9, 1)], Reached(9));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, .. Best(8, 9, 3)], Reached(3));
        Assert.DoesNotContain(play.Commands<ExperimentCommand.EndTrial>(), e => e.Reason.StartsWith("left", StringComparison.Ordinal));
    }

    [Fact]
    public void Wrong_option_is_named()
    {
        var context = new SchedulerContext([new("loss", Mode.Min)], SeedPath.Of(1));
        Assert.StartsWith("max_t: is 0", Assert.Throws<ArgumentException>(() => new HyperBandOptions { MaxTime = 0 }.Create(context)).Message,
            StringComparison.Ordinal);
        Assert.StartsWith("reduction_factor: is 1",
            Assert.Throws<ArgumentException>(() => new HyperBandForBohbOptions { ReductionFactor = 1 }.Create(context)).Message, StringComparison.Ordinal);
    }
}
