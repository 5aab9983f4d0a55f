using Tuning.Control;
using static Tuning.Control.ExperimentCommand;

namespace Tuning.Tests.Control;

public sealed class ControllerBasicsTests
{
    private static ExperimentPlan Plan(int samples, int slots = 1) => new() { NumSamples = samples, Slots = slots, Objectives = [new("loss", Mode.Min)] };

    [Fact]
    public void Started_asks_for_as_many_suggestions_as_there_are_slots()
    {
        var run = new ControllerDriver(Plan(10, slots: 3), answersSuggestions: false);

        Assert.Equal([0, 1, 2], run.Requests);
    }

    [Fact]
    public void SuggestionReady_creates_and_starts_a_trial_from_nothing()
    {
        var run = new ControllerDriver(Plan(10), answersSuggestions: false);

        var commands = run.Suggest(0);

        Assert.Equal([new CreateTrial(new(0), 0, ParameterSet.Empty.With("x", 0L)), new StartTrial(new(0), null)], commands);
        Assert.Equal(TrialStatus.Running, run[0].Status);
    }

    [Fact]
    public void Trial_that_ends_by_itself_makes_room_for_the_next_until_all_have_ended()
    {
        var run = new ControllerDriver(Plan(3));
        for (var trial = 0; trial < 3; trial++)
        {
            Assert.Equal(new Answer(new(trial), 1, Verdict.Continue, false, null), run.Answer(trial, trial));
            run.Complete(trial);
        }

        Assert.True(run.Controller.IsFinished);
        Assert.False(run.Controller.IsFailed);
        Assert.Equal("all 3 trials ended", run.Controller.EndReason);
        Assert.Equal(new TrialId(0), run.Controller.Best);
        Assert.Equal("ended by itself after 1 report", run[2].Reason);
        Assert.Equal(3, run.Controller.TotalTrials);
    }

    [Fact]
    public void Report_of_a_trial_that_does_not_run_is_refused_and_changes_nothing()
    {
        var run = new ControllerDriver(Plan(2));
        run.Complete(0);
        var before = StateText.Of(run.Controller);

        var fault = Assert.Throws<InvalidOperationException>(() => run.Report(0));

        Assert.Contains("Trial 00000 reported, but it is Terminated", fault.Message);
        Assert.Equal(before, StateText.Of(run.Controller));
    }

    [Fact]
    public void Experiment_without_samples_finishes_at_once()
    {
        var run = new ControllerDriver(Plan(0));

        Assert.Equal([new FinishExperiment("all 0 trials ended")], run.Last);
    }
}
