using Tuning.Control;
using Tuning.Schedulers;
using Tuning.Stopping;
using Tuning.Testing;
using Tuning.Trials;
using static Tuning.Control.ExperimentCommand;

namespace Tuning.Tests.Control;

public sealed class ControllerPauseTests
{
    private static ExperimentPlan Plan(int samples, int slots = 1, bool checkpoints = true, bool? atEnd = null, int frequency = 0) => new()
    {
        NumSamples = samples,
        Slots = slots,
        Objectives = [new("loss", Mode.Min)],
        TrainableCheckpoints = checkpoints,
        Checkpoints = new() { CheckpointAtEnd = atEnd, CheckpointFrequency = frequency },
    };

    private static CheckpointRef Ref(int trial, int number, int after) => new(new(trial), number, after);

    private static SchedulerDecision.Pause Pause(int trial) => new(new(trial), "let others run");

    private static SchedulerDecision.Stop Stop(int trial) => new(new(trial), "too bad");

    [Fact]
    public void Paused_trial_gives_its_slot_to_new_ones_and_goes_on_when_none_is_left()
    {
        var run = new ControllerDriver(Plan(2), new ScriptedScheduler().At(0, 1, Pause(0)));

        Assert.Equal(new Answer(new(0), 1, Verdict.Pause, true, "let others run"), run.Answer(0));
        run.Save(0);
        Assert.Equal([new RequestSuggestion(1)], run.End(0));
        Assert.Equal(TrialStatus.Paused, run[0].Status);
        Assert.Equal(TrialStatus.Running, run[1].Status);
        run.Save(1);
        Assert.Equal([new EndTrial(new(1), TrialStatus.Terminated, "ended by itself after 0 reports"), new StartTrial(new(0), Ref(0, 0, 1))], run.Complete(1));
        Assert.Contains(run.Script.Observed, o => o is SchedulerObservation.TrialPaused { Trial.Number: 0 });
    }

    [Fact]
    public void Running_trial_is_told_at_its_next_report_what_was_decided_at_another()
    {
        var run = new ControllerDriver(Plan(3, slots: 2), new ScriptedScheduler().At(0, 1, Pause(1)));

        Assert.Equal([new Redirect(new(1), Verdict.Pause, "let others run"), new Answer(new(0), 1, Verdict.Continue, false, null)], run.Report(0));
        Assert.Equal(TrialStatus.Running, run[1].Status);
        Assert.Equal(new Answer(new(1), 1, Verdict.Pause, true, "let others run"), run.Answer(1));
        Assert.Equal(1, run[1].Reports);
    }

    [Fact]
    public void Stronger_of_two_verdicts_holds()
    {
        var run = new ControllerDriver(
            Plan(2, slots: 2),
            new ScriptedScheduler().At(0, 1, Pause(1), Stop(1), Pause(1)).At(0, 2, Pause(1)).At(1, 1, Pause(1)));

        Assert.Equal([Verdict.Stop], run.Report(0).OfType<Redirect>().Select(r => r.Verdict));
        Assert.Empty(run.Report(0).OfType<Redirect>());
        Assert.Equal(Verdict.Stop, run.Answer(1).Verdict);
    }

    [Fact]
    public void Paused_and_pending_trials_are_stopped_at_once()
    {
        var scheduler = new ScriptedScheduler
        {
            OnChoose = b => b.Startable.FirstOrDefault(id => id.Number is 0 or 2, new(-1)) is { Number: >= 0 } id
            && b.CountOf(TrialStatus.Paused) == 0 ? id : null
        }
            .At(0, 1, Pause(0)).At(2, 1, Stop(0), Stop(1));
        var run = new ControllerDriver(Plan(3, slots: 3), scheduler);
        run.Report(0);
        run.Save(0);
        run.End(0);
        Assert.Equal([TrialStatus.Paused, TrialStatus.Pending, TrialStatus.Running], [run[0].Status, run[1].Status, run[2].Status]);

        Assert.Equal(
            [
                new Redirect(new(0), Verdict.Stop, "too bad"), new Redirect(new(1), Verdict.Stop, "too bad"),
                    new Answer(new(2), 1, Verdict.Continue, false, null),
                new EndTrial(new(0), TrialStatus.Terminated, "too bad"), new EndTrial(new(1), TrialStatus.Terminated, "too bad"),
            ],
            run.Report(2));
    }

    [Fact]
    public void Pausing_trial_that_is_stopped_ends_when_it_has_paused()
    {
        var run = new ControllerDriver(Plan(2, slots: 2), new ScriptedScheduler().At(0, 1, Pause(0)).At(1, 1, Stop(0)));
        run.Report(0);
        run.Report(1);
        run.Save(0);

        Assert.Equal([new EndTrial(new(0), TrialStatus.Terminated, "too bad")], run.End(0));
    }

    [Fact]
    public void Left_over_paused_trials_end_with_a_reason()
    {
        var run = new ControllerDriver(Plan(1),
            new ScriptedScheduler { OnChoose = b => b.CountOf(TrialStatus.Paused) > 0 ? null : b.Startable.First() }.At(0, 1, Pause(0)));
        run.Report(0);
        run.Save(0);

        Assert.Equal(
            [
                new EndTrial(new(0), TrialStatus.Terminated, "left paused: nothing else runs, and the scheduler 'scripted' starts it no more"),
                new FinishExperiment("its only trial ended"),
            ],
            run.End(0));
    }

    [Fact]
    public void Stop_criterion_goes_before_the_scheduler_and_leaves_its_decisions_about_others()
    {
        var run = new ControllerDriver(
            Plan(2, slots: 2),
            new ScriptedScheduler().At(0, 1, Pause(0), Pause(1)),
            stoppers: () => [new MetricStopper("loss", StopAt.Most(0.1))]);

        Assert.Equal(
            [new Redirect(new(1), Verdict.Pause, "let others run"), new Answer(new(0), 1, Verdict.Stop, true, "loss is 0.05, at most 0.1 was asked for")],
            run.Report(0, 0.05));
        var reported = run.Script.Observed.OfType<SchedulerObservation.Reported>().Single();
        Assert.Equal([new SchedulerDecision.Pause(new(1), "let others run"), new SchedulerDecision.Stop(new(0), "loss is 0.05, at most 0.1 was asked for")],
            reported.Decisions);
    }

    [Theory]
    [InlineData(true, null, true)]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, null, false)]
    [InlineData(false, true, false)]
    public void Last_checkpoint_is_due_where_the_trainable_checkpoints_unless_it_is_switched_off(bool checkpoints, bool? atEnd, bool due)
    {
        var run = new ControllerDriver(Plan(1, checkpoints: checkpoints, atEnd: atEnd), new ScriptedScheduler().At(0, 1, Stop(0) with { Completes = true }));

        Assert.Equal(due, run.Controller.SaveAtCompletion);
        Assert.Equal(due, run.Answer(0).Save);
    }

    [Fact]
    public void Checkpoints_are_due_every_so_many_reports()
    {
        var run = new ControllerDriver(Plan(1, frequency: 3));

        Assert.Equal([false, false, true, false, false, true], Enumerable.Range(0, 6).Select(_ =>
        {
            var due = run.Answer(0).Save;
            if (due)
            {
                run.Save(0);
            }

            return due;
        }));
        Assert.Equal([Ref(0, 0, 3), Ref(0, 1, 6)], run.Controller.Checkpoints(new(0)));
    }

    [Fact]
    public void Choice_of_a_trial_that_cannot_start_is_an_error_that_names_the_scheduler()
    {
        var fault = Assert.Throws<InvalidOperationException>(() => new ControllerDriver(Plan(1), new ScriptedScheduler { OnChoose = _ => new TrialId(4) }));

        Assert.Equal("The scheduler 'scripted' chose trial 00004 to start, which is not startable; startable are: 00000.", fault.Message);
    }
}
