using Tuning.Control;
using Tuning.Testing;
using Tuning.Trials;
using static Tuning.Control.ExperimentCommand;

namespace Tuning.Tests.Control;

public sealed class ControllerFailureTests
{
    private static ExperimentPlan Plan(int maxFailures, int samples = 1, int slots = 1, bool failFast = false, int frequency = 2) => new()
    {
        NumSamples = samples,
        Slots = slots,
        Objectives = [new("loss", Mode.Min)],
        TrainableCheckpoints = true,
        Checkpoints = new() { CheckpointFrequency = frequency },
        Failures = new() { MaxFailures = maxFailures, FailFast = failFast },
    };

    private static CheckpointRef Ref(int trial, int number, int after) => new(new(trial), number, after);

    private static Tuning.Schedulers.SchedulerDecision.Stop Enough() => new(new(0), "enough") { Completes = true };

    [Fact]
    public void Failed_trial_is_tried_again_from_its_last_checkpoint_and_repeats_what_is_recorded()
    {
        var run = new ControllerDriver(Plan(1));
        run.Run(0, 5);

        Assert.Equal([new RetryTrial(new(0), 1, "boom"), new StartTrial(new(0), Ref(0, 1, 4))], run.Fail(0));
        var catchUp = run.Controller.CatchUpOf(new(0));
        Assert.Equal((5, 5), (catchUp.FirstReport, catchUp.RecordedReports));
        Assert.Equal([ControllerDriver.Digest(0, 5)], catchUp.Digests);
        Assert.Null(catchUp.LastAnswer);
        Assert.Empty(catchUp.SaveAfter);
        Assert.Equal(6, run.Answer(0).Report);
    }

    [Fact]
    public void Trial_fails_for_good_when_the_budget_is_used_up()
    {
        var run = new ControllerDriver(Plan(2));
        run.Fail(0);
        run.Fail(0);
        run.TimePasses(2);

        Assert.Equal([new EndTrial(new(0), TrialStatus.Failed, "bang"), new FinishExperiment("its only trial ended")], run.Fail(0, "bang"));
        Assert.Equal((3, "bang"), (run[0].Failures, run[0].Reason));
    }

    [Fact]
    public void Failure_that_no_retry_helps_is_final_at_once() =>
        Assert.Contains(new EndTrial(new(0), TrialStatus.Failed, "no such checkpoint"),
            new ControllerDriver(Plan(5)).Fail(0, "no such checkpoint", retry: false));

    [Fact]
    public void Budget_of_minus_one_never_ends()
    {
        var run = new ControllerDriver(Plan(-1));
        for (var i = 1; i <= 50; i++)
        {
            Assert.Equal(i, Assert.IsType<RetryTrial>(run.Fail(0)[0]).Failures);
            run.TimePasses(60);
        }
    }

    [Fact]
    public void Trial_that_fails_again_waits_twice_as_long_each_time_up_to_a_minute_until_it_reports_something_new()
    {
        var run = new ControllerDriver(Plan(-1));
        Assert.Equal([new RetryTrial(new(0), 1, "boom"), new StartTrial(new(0), null)], run.Fail(0));
        double[] least = [1, 2, 4, 8, 16, 32, 48, 48];
        var waits = new List<double>();
        for (var i = 0; i < least.Length; i++)
        {
            var retry = Assert.IsType<RetryTrial>(Assert.Single(run.Fail(0)));
            var due = retry.Due!.Value;
            waits.Add((due - run.Controller.Elapsed).TotalSeconds);
            Assert.InRange(waits[i], least[i], Math.Min(60, least[i] * 1.25));
            Assert.StartsWith("boom (again in ", retry.Reason, StringComparison.Ordinal);
            Assert.Equal(due, run.Controller.NextDeadline);
            Assert.Empty(run.TimePasses(waits[i] - 0.01));
            Assert.Equal([new StartTrial(new(0), null)], run.TimePasses(0.02));
            Assert.Null(run.Controller.NextDeadline);
        }

        Assert.Equal(waits.Count, waits.Distinct().Count());
        run.Run(0, 1);
        Assert.Null(Assert.IsType<RetryTrial>(run.Fail(0)[0]).Due);
    }

    [Fact]
    public void Slot_of_a_trial_that_waits_to_be_tried_again_is_free_for_others_and_the_end_waits_for_it()
    {
        var run = new ControllerDriver(Plan(-1, samples: 2));
        run.Fail(0);
        run.Fail(0);
        Assert.Equal((TrialStatus.Pending, TrialStatus.Running), (run[0].Status, run[1].Status));
        Assert.DoesNotContain(run.Complete(1), c => c is FinishExperiment);
        Assert.Equal([new StartTrial(new(0), null)], run.TimePasses(2));
        Assert.Contains(run.Complete(0), c => c is FinishExperiment);
    }

    [Fact]
    public void Experiment_that_is_interrupted_or_stops_waits_for_no_retry()
    {
        var run = new ControllerDriver(Plan(-1));
        run.Fail(0);
        run.Fail(0);
        Assert.Equal([new SuspendExperiment("SIGTERM")], run.Interrupt());
        run.Resume();
        Assert.Equal([new StartTrial(new(0), null)], run.TimePasses(2));

        run = new ControllerDriver(Plan(-1), stoppers: () => [new Tuning.Stopping.TimeoutStopper(0.5)]);
        run.Fail(0);
        run.Fail(0);
        Assert.Contains(run.TimePasses(0.6), c => c is FinishExperiment);
    }

    [Fact]
    public void Checkpoint_that_failed_is_written_when_the_repetition_passes_its_report()
    {
        var run = new ControllerDriver(Plan(1));
        run.Run(0, 1);
        Assert.True(run.Answer(0).Save);

        run.Fail(0, "disk full");

        var catchUp = run.Controller.CatchUpOf(new(0));
        Assert.Equal([2], catchUp.SaveAfter);
        Assert.Null(catchUp.LastAnswer);
        run.Save(0);
        Assert.Empty(run.Controller.CatchUpOf(new(0)).SaveAfter);
    }

    [Fact]
    public void Last_checkpoint_that_failed_is_repeated_and_then_the_trial_stops_as_it_was_told()
    {
        var run = new ControllerDriver(Plan(1), new ScriptedScheduler().At(0, 3, Enough()));
        run.Run(0, 2);
        run.Report(0);

        Assert.Equal([new RetryTrial(new(0), 1, "disk full"), new StartTrial(new(0), Ref(0, 0, 2))], run.Fail(0, "disk full"));
        Assert.Equal(new Answer(new(0), 3, Verdict.Stop, true, "enough"), run.Controller.CatchUpOf(new(0)).LastAnswer);
        run.Save(0);
        Assert.Equal(new EndTrial(new(0), TrialStatus.Terminated, "enough"), run.End(0)[0]);
    }

    [Fact]
    public void Failure_after_all_was_done_that_the_stop_asked_for_ends_the_trial_without_a_retry()
    {
        var run = new ControllerDriver(Plan(1), new ScriptedScheduler().At(0, 1, Enough()));
        run.Report(0);
        run.Save(0);

        Assert.Equal(new EndTrial(new(0), TrialStatus.Terminated, "enough (ending its segment failed: dispose)"), run.Fail(0, "dispose")[0]);
    }

    [Fact]
    public void Fail_fast_interrupts_the_others_and_everything_can_be_resumed()
    {
        var run = new ControllerDriver(Plan(0, samples: 4, slots: 2, failFast: true));
        run.Fail(0);
        Assert.Equal(2, run.Controller.Board.Count);

        Assert.Equal(new Answer(new(1), 1, Verdict.Interrupt, true, "trial 00000 failed (boom) and fail_fast is set; resume to go on"), run.Answer(1));
        run.Save(1);
        Assert.Equal([new SuspendExperiment("trial 00000 failed (boom) and fail_fast is set; resume to go on")], run.End(1));

        Assert.Equal([new StartTrial(new(0), null), new StartTrial(new(1), Ref(1, 0, 1))], run.Resume(new() { Errored = ErroredTrials.Resume }));
        run.Complete(0);
        Assert.Equal(TrialStatus.Running, run[2].Status);
    }

    [Fact]
    public void Fail_fast_of_the_last_trial_finishes()
    {
        var run = new ControllerDriver(Plan(0, failFast: true));

        Assert.Equal(new FinishExperiment("its only trial ended"), run.Fail(0)[^1]);
    }
}
