using Tuning.Control;
using Tuning.Randomness;
using Tuning.Schedulers;
using Tuning.Search;
using Tuning.Testing;
using static Tuning.Control.ExperimentCommand;

namespace Tuning.Tests.Control;

public sealed class ControllerSuggestionTests
{
    private static ExperimentPlan Plan(int samples, int slots = 1) => new() { NumSamples = samples, Slots = slots, Objectives = [new("loss", Mode.Min)] };

    private static ScriptedSearcher Searcher(Func<SearchHistory, long, Suggestion> answer) =>
        new() { IsImmediate = false, Answer = (history, number, _) => answer(history, number) };

    private static Suggestion Configure(long number) => new Suggestion.Configure(ParameterSet.Empty.With("x", number), "");

    [Fact]
    public void Searcher_that_waits_is_asked_again_after_the_next_result()
    {
        var run = new ControllerDriver(
            Plan(3, slots: 2),
            searcher: Searcher((history, number) => number == 1 && history.Observations.All(o => o.Objective is null) ? new Suggestion.Wait()
                : Configure(number)));
        Assert.Equal(1, run.Controller.Board.Count);
        Assert.Empty(run.Report(0, loss: null).OfType<RequestSuggestion>());

        Assert.Equal([new Answer(new(0), 2, Verdict.Continue, false, null), new RequestSuggestion(1)], run.Report(0));
        Assert.Equal(2, run.Controller.Board.Count);
    }

    [Fact]
    public void Wait_that_was_overtaken_by_a_result_is_asked_again_at_once()
    {
        var run = new ControllerDriver(Plan(3, slots: 2), searcher: Searcher((_, number) => number == 0 ? Configure(0) : new Suggestion.Wait()),
            answersSuggestions: false);
        run.Suggest(0);
        var basis = run.Controller.Events;
        run.Report(0);

        Assert.Equal([new RequestSuggestion(1)], run.Send(new ExperimentEvent.SuggestionReady(run.Now, 1, new Suggestion.Wait(), basis)));
    }

    [Fact]
    public void Searcher_that_waits_while_nothing_runs_fails_the_experiment_by_name()
    {
        var run = new ControllerDriver(Plan(3),
            searcher: Searcher((history, number) => history.Observations.Count == 1 ? new Suggestion.Wait() : Configure(number)));
        run.Complete(0);

        Assert.True(run.Controller.IsFinished);
        Assert.True(run.Controller.IsFailed);
        Assert.Equal("the searcher 'scripted' waits for results, but nothing runs that could bring any; 1 trial of 3 ended", run.Controller.EndReason);
    }

    [Fact]
    public void Searcher_that_is_exhausted_is_asked_no_more()
    {
        var run = new ControllerDriver(Plan(-1, slots: 2),
            searcher: Searcher((_, number) => number < 3 ? Configure(number) : new Suggestion.Exhausted("all seen")));
        run.Complete(0);
        run.Complete(1);
        Assert.Equal(3, run.Controller.TotalTrials);

        Assert.Equal(new FinishExperiment("all 3 trials ended; the searcher 'scripted' has nothing more to try: all seen"), run.Complete(2)[^1]);
    }

    [Fact]
    public void Suggestion_that_arrives_while_the_process_stops_is_asked_for_again_later()
    {
        var run = new ControllerDriver(Plan(2, slots: 2), answersSuggestions: false);
        run.Suggest(0);
        run.Interrupt();

        Assert.Empty(run.Suggest(1));
        run.Report(0);
        run.End(0);
        Assert.True(run.Controller.IsSuspended);
        Assert.Contains(new RequestSuggestion(1), run.Resume());
    }

    [Fact]
    public void Suggestion_that_was_not_asked_for_is_refused()
    {
        var run = new ControllerDriver(Plan(1), answersSuggestions: false);

        var fault = Assert.Throws<InvalidOperationException>(() => run.Send(new ExperimentEvent.SuggestionReady(run.Now, 7, Configure(7), 0)));

        Assert.Equal("Suggestion 7 arrived, which was not asked for or has arrived already.", fault.Message);
    }

    [Fact]
    public void Answer_of_the_searcher_depends_on_number_and_seed_only()
    {
        var searcher = new ScriptedSearcher { Answer = (_, _, random) => Configure(random.NextInt32(1_000_000)) };
        ExperimentController New(ulong seed) => new(Plan(1), searcher, new ScriptedScheduler(), [], SeedPath.Of(seed));

        Assert.Equal(New(1).Suggest(3, SearchHistory.Empty), New(1).Suggest(3, SearchHistory.Empty));
        Assert.NotEqual(New(1).Suggest(3, SearchHistory.Empty), New(1).Suggest(4, SearchHistory.Empty));
        Assert.NotEqual(New(1).Suggest(3, SearchHistory.Empty), New(2).Suggest(3, SearchHistory.Empty));
    }

    // More trials than a leaf of the history holds.
    [Fact]
    public void History_is_a_snapshot_that_later_events_leave_alone()
    {
        var run = new ControllerDriver(Plan(140, slots: 70));
        var before = run.Controller.History();
        run.Report(69, 0.25);
        run.Complete(0);
        var after = run.Controller.History();

        Assert.Equal(70, before.Observations.Count);
        Assert.Equal(71, after.Observations.Count);
        Assert.Equal((null, TrialStatus.Running), (before.Observations[69].Objective, before.Observations[0].Status));
        Assert.Equal((0.25, 1, TrialStatus.Terminated), (after.Observations[69].Objective, after.Observations[69].Reports, after.Observations[0].Status));
        Assert.Equal(Enumerable.Range(0, 71), after.Observations.Select(o => o.Trial.Number));
        Assert.Same(before.Observations[5], after.Observations[5]);
        Assert.Equal(run.Controller.Events, after.Basis);
    }

    [Fact]
    public void Verification_finds_decisions_and_suggestions_that_differ()
    {
        var live = new ControllerDriver(Plan(2), new ScriptedScheduler().At(0, 2, new SchedulerDecision.Stop(new(0), "enough")));
        live.Report(0);
        live.Report(0);
        live.End(0);
        var lenient = new ExperimentController(live.Plan, new ScriptedSearcher(), new ScriptedScheduler(), [], SeedPath.Of(1));
        var differs = live.Record.Select(line => lenient.Verify(line.Event, line.Recorded)).ToList();

        var difference = Assert.Single(differs, d => d is not null);
        Assert.Equal(new Answer(new(0), 2, Verdict.Continue, false, null), difference!.Decided);
        Assert.Equal(new Answer(new(0), 2, Verdict.Stop, false, "enough") { IsPruning = true }, difference.Recorded);
        Assert.Equal(StateText.Of(live.Controller), StateText.Of(lenient));

        var other = new ExperimentController(live.Plan, new ScriptedSearcher { Answer = (_, n, _) => Configure(n + 5) },
            new ScriptedScheduler { OnReport = live.Script.OnReport }, [], SeedPath.Of(1));
        Assert.Equal(2, live.Record.Count(line => other.Verify(line.Event, line.Recorded) is { Decided: CreateTrial, Recorded: CreateTrial }));
    }

    [Fact]
    public void Trials_wait_ready_where_suggestions_are_slow_and_the_driver_s_twins_agree()
    {
        var run = new ControllerDriver(Plan(8, slots: 2), searcher: Searcher((_, number) => Configure(number)), answersSuggestions: false);
        run.Now += TimeSpan.FromSeconds(0.5);
        run.Suggest(0);
        run.Suggest(1);
        Assert.Empty(run.Controller.State.Suggestions.Requested);
        run.Now += TimeSpan.FromSeconds(1);
        run.Complete(0);

        // One for the slot that is free, and as many as are to wait.
        Assert.Equal(2, run.Controller.State.Pace!.Ready(2));
        Assert.Equal([2, 3, 4], run.Controller.State.Suggestions.Requested);
        run.Suggest(2);
        run.Suggest(3);
        run.Suggest(4);
        Assert.Equal([TrialStatus.Running, TrialStatus.Running, TrialStatus.Pending, TrialStatus.Pending], new[] { 1, 2, 3, 4 }.Select(i => run[i].Status));
    }
}
