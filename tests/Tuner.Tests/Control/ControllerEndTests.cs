using Tuning.Control;
using Tuning.Randomness;
using Tuning.Schedulers;
using Tuning.Testing;
using static Tuning.Control.ExperimentCommand;

namespace Tuning.Tests.Control;

/// <summary>What a scheduler decides about others because a trial has ended. The driver replays and verifies each event as well.</summary>
public sealed class ControllerEndTests
{
    private static ExperimentPlan Plan(int samples, int slots) => new()
    {
        NumSamples = samples,
        Slots = slots,
        Objectives = [new("loss", Mode.Min)],
        TrainableCheckpoints = true,
        Checkpoints = new() { CheckpointAtEnd = false },
    };

    private static SchedulerDecision.Stop Stop(int trial) => new(new(trial), "too bad");

    // Trials 0 and 1 wait, paused, for trial 2; when it has ended, trial 0 is stopped and trial 1 goes on.
    private static ControllerDriver Barrier()
    {
        var scheduler = new ScriptedScheduler { OnEnded = (trial, _) => trial.Number == 2 ? [Stop(0)] : [] }
            .At(0, 1, new SchedulerDecision.Pause(new(0), "waits")).At(1, 1, new SchedulerDecision.Pause(new(1), "waits"));
        scheduler.OnChoose = board => board.Waiting.Select(id => (TrialId?)id).FirstOrDefault()
            ?? (board.StatusOf(new(2)) is TrialStatus.Failed or TrialStatus.Terminated ? board.Startable.First() : null);
        var run = new ControllerDriver(Plan(3, slots: 3), scheduler);
        foreach (var trial in new[] { 0, 1 })
        {
            run.Report(trial);
            run.Save(trial);
            run.End(trial);
        }

        return run;
    }

    [Fact]
    public void End_of_a_trial_decides_about_others_in_the_same_event()
    {
        var run = Barrier();

        Assert.Equal(
            [
                new EndTrial(new(2), TrialStatus.Failed, "boom"), new Redirect(new(0), Verdict.Stop, "too bad"),
                new EndTrial(new(0), TrialStatus.Terminated, "too bad"), new StartTrial(new(1), new(new(1), 0, 1)),
            ],
            run.Fail(2));
        var told = run.Script.Observed.OfType<SchedulerObservation.EndDecided>().Single();
        Assert.Equal(2, told.Trial.Number);
        Assert.Equal([Stop(0)], told.Decisions);
    }

    [Fact]
    public void Scheduler_hears_of_the_end_and_of_starts_before_it_is_asked()
    {
        var run = Barrier();
        var before = run.Script.Observed.Count;
        run.Fail(2);

        Assert.Equal(
            ["TrialEnded 2", "EndDecided 2", "TrialEnded 0", "TrialStarted 1"],
            run.Script.Observed.Skip(before).Select(o => o switch
            {
                SchedulerObservation.TrialEnded e => $"TrialEnded {e.Trial.Number}",
                SchedulerObservation.EndDecided e => $"EndDecided {e.Trial.Number}",
                SchedulerObservation.TrialStarted s => $"TrialStarted {s.Trial.Number}",
                _ => o.ToString(),
            }));
    }

    [Fact]
    public void Decisions_about_ended_trials_are_ignored()
    {
        var run = new ControllerDriver(Plan(2, slots: 2), new ScriptedScheduler { OnEnded = (trial, _) => [Stop(trial.Number)] });

        Assert.Equal([new EndTrial(new(0), TrialStatus.Terminated, "ended by itself after 0 reports")], run.Complete(0));
        Assert.Empty(run.Script.Observed.OfType<SchedulerObservation.EndDecided>());
    }

    [Fact]
    public void Running_trial_is_told_at_its_next_report()
    {
        var run = new ControllerDriver(Plan(2, slots: 2), new ScriptedScheduler { OnEnded = (trial, _) => trial.Number == 0 ? [Stop(1)] : [] });
        run.Complete(0);

        Assert.Equal(new Answer(new(1), 1, Verdict.Stop, false, "too bad") { IsPruning = true }, run.Answer(1));
    }

    [Fact]
    public void Exploit_of_a_running_trial_asks_it_for_a_checkpoint()
    {
        var scheduler = new ScriptedScheduler
        {
            OnEnded = (trial, board) => trial.Number == 0 ? [new SchedulerDecision.Exploit(new(1), new(2), board[new(2)].Config, "better")] : [],
        };
        var run = new ControllerDriver(Plan(3, slots: 3), scheduler);

        Assert.Equal(
            [
                new EndTrial(new(0), TrialStatus.Terminated, "ended by itself after 0 reports"), new PlanExploit(new(1), new(2), run[2].Config),
                new RequestSave(new(2), "trial 00001 takes over its state"), new Redirect(new(1), Verdict.Exploit, "better"),
            ],
            run.Complete(0));
    }

    [Fact]
    public void Nothing_is_asked_while_the_experiment_stops_or_for_trials_left_over()
    {
        var asked = 0;
        var scheduler = new ScriptedScheduler { OnChoose = _ => null };
        scheduler.OnEnded = (_, _) =>
        {
            asked++;
            return [];
        };
        var run = new ControllerDriver(Plan(2, slots: 1), scheduler);

        Assert.True(run.Controller.IsFinished);
        Assert.Equal(0, asked);
    }

    [Fact]
    public void Scheduler_says_why_a_paused_trial_goes_on()
    {
        var scheduler = new ScriptedScheduler { OnStart = trial => trial.Number == 0 ? "promoted" : null }.At(0, 1,
            new SchedulerDecision.Pause(new(0), "rung 1"));
        var run = new ControllerDriver(Plan(1, slots: 1), scheduler);
        run.Report(0);
        run.Save(0);

        Assert.Equal([new StartTrial(new(0), new(new(0), 0, 1), "promoted")], run.End(0));
        Assert.Equal("promoted", run[0].Reason);
    }

    [Fact]
    public void Scheduler_says_why_a_paused_trial_is_left()
    {
        var scheduler = new ScriptedScheduler
        {
            OnChoose = b => b.CountOf(TrialStatus.Paused) > 0 ? null : b.Startable.First(),
            OnLeave = trial => $"trial {trial} is not in the top 1/4 of rung 1"
        }
            .At(0, 1, new SchedulerDecision.Pause(new(0), "rung 1"));
        var run = new ControllerDriver(Plan(1, slots: 1), scheduler);
        run.Report(0);
        run.Save(0);

        Assert.Equal(new EndTrial(new(0), TrialStatus.Terminated, "trial 00000 is not in the top 1/4 of rung 1"), run.End(0)[0]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Verification_finds_what_is_decided_otherwise_at_an_end_and_follows_the_record(bool isRecorded)
    {
        IReadOnlyList<SchedulerDecision> Decided(bool decides) => decides ? [Stop(1)] : [];
        var live = new ControllerDriver(Plan(2, slots: 2), new ScriptedScheduler { OnEnded = (trial, _) => Decided(isRecorded && trial.Number == 0) });
        live.Complete(0);
        live.Report(1);

        var scheduler = new ScriptedScheduler { OnEnded = (trial, _) => Decided(!isRecorded && trial.Number == 0) };
        var verifying = new ExperimentController(live.Plan, live.Searcher, scheduler, [], SeedPath.Of(1));
        var differences = live.Record.Select(entry => verifying.Verify(entry.Event, entry.Recorded)).Where(d => d is not null).ToList();

        var redirect = new Redirect(new(1), Verdict.Stop, "too bad");
        Assert.Equal(isRecorded ? new VerificationDifference(null, redirect) : new VerificationDifference(redirect, null), Assert.Single(differences));
        Assert.Equal(StateText.Of(live.Controller), StateText.Of(verifying));
        Assert.Equal(isRecorded ? 1 : 0, scheduler.Observed.OfType<SchedulerObservation.EndDecided>().Count());
    }
}
