using Tuning.Control;
using Tuning.Schedulers;
using Tuning.Stopping;
using Tuning.Testing;
using Tuning.Trials;
using static Tuning.Control.ExperimentCommand;

namespace Tuning.Tests.Control;

public sealed class ControllerResumeTests
{
    private static ExperimentPlan Plan(int samples = 1, int slots = 1, int frequency = 2, bool? atEnd = null) => new()
    {
        NumSamples = samples,
        Slots = slots,
        Objectives = [new("loss", Mode.Min)],
        TrainableCheckpoints = true,
        Checkpoints = new() { CheckpointFrequency = frequency, CheckpointAtEnd = atEnd },
    };

    private static CheckpointRef Ref(int trial, int number, int after) => new(new(trial), number, after);

    private static ScriptedScheduler StopsAt(int report) =>
        new ScriptedScheduler().At(0, report, new SchedulerDecision.Stop(new(0), "enough") { Completes = true });

    [Fact]
    public void Interrupted_trials_checkpoint_and_the_session_is_suspended()
    {
        var run = new ControllerDriver(Plan(4, slots: 2));
        Assert.Empty(run.Interrupt());

        Assert.Equal([new Answer(new(0), 1, Verdict.Interrupt, true, "SIGTERM")], run.Report(0));
        run.Save(0);
        Assert.Empty(run.End(0));
        Assert.Empty(run.Complete(1).OfType<StartTrial>());
        Assert.True(run.Controller.IsSuspended);
        Assert.Equal("SIGTERM", run.Controller.EndReason);
        Assert.Equal([new StartTrial(new(0), Ref(0, 0, 1)), new RequestSuggestion(2)], run.Resume());
    }

    [Fact]
    public void Interrupt_of_an_experiment_that_ends_anyway_finishes_it()
    {
        var run = new ControllerDriver(Plan());
        run.Interrupt();

        Assert.Equal(new FinishExperiment("its only trial ended"), run.Complete(0)[^1]);
    }

    [Fact]
    public void Scheduler_still_decides_while_the_process_stops()
    {
        var run = new ControllerDriver(Plan(), StopsAt(1));
        run.Interrupt();

        Assert.Equal(Verdict.Stop, run.Answer(0).Verdict);
    }

    [Fact]
    public void Failure_while_the_process_stops_is_retried_in_the_next_session()
    {
        var run = new ControllerDriver(Plan() with { Failures = new() { MaxFailures = 1 } });
        run.Interrupt();

        Assert.Equal([new RetryTrial(new(0), 1, "boom"), new SuspendExperiment("SIGTERM")], run.Fail(0));
    }

    [Fact]
    public void Killed_trial_starts_from_its_last_checkpoint_and_repeats()
    {
        var run = new ControllerDriver(Plan());
        run.Run(0, 5);

        Assert.Equal([new StartTrial(new(0), Ref(0, 1, 4))], run.Resume());
        Assert.Equal((5, 5), (run.Controller.CatchUpOf(new(0)).FirstReport, run.Controller.CatchUpOf(new(0)).RecordedReports));
    }

    [Fact]
    public void Killed_before_its_last_checkpoint_was_written_it_repeats_up_to_its_stop()
    {
        var run = new ControllerDriver(Plan(), StopsAt(3));
        run.Run(0, 2);
        run.Report(0);

        Assert.Equal([new StartTrial(new(0), Ref(0, 0, 2))], run.Resume());
        Assert.Equal(new Answer(new(0), 3, Verdict.Stop, true, "enough"), run.Controller.CatchUpOf(new(0)).LastAnswer);
        Assert.Empty(run.Controller.CatchUpOf(new(0)).SaveAfter);
        run.Save(0);
        Assert.Equal([new EndTrial(new(0), TrialStatus.Terminated, "enough"), new FinishExperiment("its only trial ended")], run.End(0));
    }

    [Fact]
    public void Killed_after_its_last_checkpoint_was_written_it_has_ended()
    {
        var run = new ControllerDriver(Plan(), StopsAt(3));
        run.Run(0, 2);
        run.Report(0);
        run.Save(0);

        Assert.Equal([new EndTrial(new(0), TrialStatus.Terminated, "enough"), new FinishExperiment("its only trial ended")], run.Resume());
    }

    [Fact]
    public void Killed_while_stopping_without_a_last_checkpoint_it_has_ended()
    {
        var run = new ControllerDriver(Plan(atEnd: false), StopsAt(1));
        run.Report(0);

        Assert.Equal(new EndTrial(new(0), TrialStatus.Terminated, "enough"), run.Resume()[0]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Killed_while_pausing_it_has_paused_or_repeats_up_to_its_pause(bool saved)
    {
        var run = new ControllerDriver(Plan(2), new ScriptedScheduler().At(0, 1, new SchedulerDecision.Pause(new(0), "wait")));
        run.Report(0);
        if (saved)
        {
            run.Save(0);
            Assert.DoesNotContain(run.Resume(), c => c is StartTrial);
            Assert.Equal(TrialStatus.Paused, run[0].Status);
            return;
        }

        Assert.Equal([new StartTrial(new(0), null)], run.Resume());
        Assert.Equal(new Answer(new(0), 1, Verdict.Pause, true, "wait"), run.Controller.CatchUpOf(new(0)).LastAnswer);
        run.Save(0);
        run.End(0);
        Assert.Equal(TrialStatus.Paused, run[0].Status);
    }

    [Fact]
    public void Repetition_that_the_process_stops_goes_on_in_the_next_session()
    {
        var run = new ControllerDriver(Plan(), StopsAt(1));
        run.Report(0);
        run.Resume();
        run.Interrupt();

        Assert.Equal([new SuspendExperiment("SIGTERM")], run.End(0));
        run.Resume();
        Assert.Equal(Verdict.Stop, run.Controller.CatchUpOf(new(0)).LastAnswer!.Verdict);
    }

    [Fact]
    public void Suggestions_under_way_are_asked_for_again()
    {
        var run = new ControllerDriver(Plan(5, slots: 3), answersSuggestions: false);
        run.Suggest(1);

        Assert.Equal([new StartTrial(new(0), null), new RequestSuggestion(0), new RequestSuggestion(2)], run.Resume());
    }

    [Fact]
    public void More_samples_reopen_a_finished_experiment()
    {
        var run = new ControllerDriver(Plan(1));
        run.Complete(0);
        Assert.True(run.Controller.IsFinished);
        Assert.Equal([new FinishExperiment("its only trial ended")], run.Resume());

        Assert.Equal([new RequestSuggestion(1)], run.Resume(new() { NumSamples = 3 }));
        Assert.Equal(3, run.Controller.TotalTrials);
        run.Complete(1);
        run.Complete(2);
        Assert.True(run.Controller.IsFinished);
        run.Resume(new() { AddSamples = 1 });
        Assert.Equal(TrialStatus.Running, run[3].Status);
    }

    [Fact]
    public void Samples_count_with_all_cells_of_their_grid()
    {
        var run = new ControllerDriver(Plan(1, slots: 8), searcher: new ScriptedSearcher { PerSample = 3 });
        Assert.Equal(3, run.Controller.Board.Count);

        run.Resume(new() { AddSamples = 1 });

        Assert.Equal(6, run.Controller.Board.Count);
    }

    [Fact]
    public void Extension_cannot_take_back_trials()
    {
        var run = new ControllerDriver(Plan(3, slots: 3));

        var problem = run.Controller.CheckExtension(new() { NumSamples = 2 });

        Assert.Equal("num_samples 2 makes 2 trials, and 3 have been created already; give the new total, at least as large, or use --add-samples.", problem);
        Assert.Equal(problem, Assert.Throws<InvalidOperationException>(() => run.Resume(new() { NumSamples = 2 })).Message);
        Assert.Equal("-1 samples cannot be added; add_samples must be at least 0.", run.Controller.CheckExtension(new() { AddSamples = -1 }));
        Assert.Equal("num_samples is -2; it must be at least 0, or -1 for no limit.", run.Controller.CheckExtension(new() { NumSamples = -2 }));
        Assert.Null(run.Controller.CheckExtension(new() { NumSamples = -1 }));
    }

    [Fact]
    public void Errored_trials_are_skipped_resumed_or_restarted_as_asked()
    {
        ControllerDriver Failed()
        {
            var run = new ControllerDriver(Plan());
            run.Run(0, 3);
            run.Fail(0);
            Assert.True(run.Controller.IsFinished);
            return run;
        }

        Assert.Equal([new FinishExperiment("its only trial ended")], Failed().Resume());

        var resumed = Failed();
        Assert.Equal([new StartTrial(new(0), Ref(0, 0, 2))], resumed.Resume(new() { Errored = ErroredTrials.Resume }));
        Assert.Equal((3, 3, 1), (resumed.Controller.CatchUpOf(new(0)).FirstReport, resumed.Controller.CatchUpOf(new(0)).RecordedReports, resumed[0].Failures));
        Assert.Null(resumed[0].EndedAt);
        Assert.Equal(TrialStatus.Failed, resumed.Fail(0).OfType<EndTrial>().Single().Status);

        var restarted = Failed();
        Assert.Equal([new StartTrial(new(0), null)], restarted.Resume(new() { Errored = ErroredTrials.Restart }));
        Assert.Equal((4, 3), (restarted.Controller.CatchUpOf(new(0)).FirstReport, restarted.Controller.CatchUpOf(new(0)).RecordedReports));
        Assert.Equal(4, restarted.Answer(0).Report);
        restarted.Save(0);
        Assert.Equal([Ref(0, 0, 2), Ref(0, 1, 4)], restarted.Controller.Checkpoints(new(0)));
    }

    [Fact]
    public void Time_counts_only_while_a_session_runs()
    {
        var run = new ControllerDriver(Plan(), stoppers: () => [new TimeoutStopper(100)]);
        run.Report(0, seconds: 40);
        run.Now += TimeSpan.FromDays(3);
        run.Resume();

        Assert.Equal(TimeSpan.FromSeconds(40), run.Controller.Elapsed);
        Assert.Equal(TimeSpan.FromSeconds(100), run.Controller.NextDeadline);
        run.TimePasses(59);
        Assert.Null(run.Controller.State.StopReason);
        run.TimePasses(1);
        Assert.Equal("the experiment has run for 100 s, 100 s were asked for", run.Controller.State.StopReason);
        Assert.Null(run.Controller.NextDeadline);
        run.Now -= TimeSpan.FromHours(1);
        Assert.Equal(Verdict.Stop, run.Answer(0).Verdict);
        Assert.Equal(TimeSpan.FromSeconds(100), run.Controller.Elapsed);
    }

    [Fact]
    public void Time_that_is_up_at_a_report_stops_all_and_ends_what_waits()
    {
        var run = new ControllerDriver(
            Plan(4, slots: 2),
            new ScriptedScheduler
            {
                OnChoose = b => b.Startable.FirstOrDefault(id => b[id].Status == TrialStatus.Pending, new(-1)) is { Number: >= 0 } id ? id
                : null
            }
                .At(0, 1, new SchedulerDecision.Pause(new(0), "wait")),
            stoppers: () => [new TimeoutStopper(10)]);
        run.Report(0);
        run.Save(0);
        run.End(0);

        var commands = run.Report(1, seconds: 20);

        const string Reason = "the experiment has run for 21 s, 10 s were asked for";
        Assert.Equal([new StopExperiment(Reason), new Answer(new(1), 1, Verdict.Stop, true, Reason), new EndTrial(new(0), TrialStatus.Terminated, Reason)],
            commands);
        Assert.Equal(Verdict.Stop, run.Answer(2).Verdict);
        run.Save(1);
        run.End(1);
        run.Save(2);
        Assert.Equal([new EndTrial(new(2), TrialStatus.Terminated, Reason), new FinishExperiment(Reason)], run.End(2));
        Assert.Equal(3, run.Controller.Board.Count);
    }

    [Fact]
    public void Stopped_experiment_that_was_killed_stops_when_resumed_and_still_writes_last_checkpoints()
    {
        var run = new ControllerDriver(Plan(5, slots: 2), stoppers: () => [new TimeoutStopper(10)]);
        run.Run(0, 1);
        run.Report(0, seconds: 20);

        var commands = run.Resume();

        Assert.Contains(commands, c => c is EndTrial { Trial.Number: 1 });
        Assert.Equal(new StartTrial(new(0), null), commands[^1]);
        run.Save(0);
        Assert.True(run.End(0)[^1] is FinishExperiment);
    }
}
