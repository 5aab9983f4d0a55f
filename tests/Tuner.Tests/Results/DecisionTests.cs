using Tuning.Control;
using Tuning.Schedulers;
using Tuning.Testing;
using Tuning.Tests.Control;

namespace Tuning.Tests.Results;

public sealed class DecisionTests
{
    [Fact]
    public void Each_decision_comes_once_with_its_reason()
    {
        var scheduler = new ScriptedScheduler()
            .At(0, 1, new SchedulerDecision.Pause(new(0), "others first"))
            .At(1, 1, new SchedulerDecision.Stop(new(2), "far behind"))
            .At(1, 2, new SchedulerDecision.Exploit(new(1), new(0), ParameterSet.Empty.With("x", 9L), "zero is better"))
            .At(1, 3, new SchedulerDecision.Stop(new(1), "below the cutoff"));
        var run = new ControllerDriver(new ExperimentPlan { Objectives = [new("loss", Mode.Min)], TrainableCheckpoints = true, Slots = 3, NumSamples = 3 },
            scheduler);
        run.Report(0);
        run.Save(0);
        scheduler.OnStart = t => t.Number == 0 ? "promoted" : null;
        run.End(0);
        run.Report(1);
        run.Report(2);
        run.Save(2);
        run.End(2);
        run.Report(1);
        run.Save(1);
        run.End(1);
        run.Report(1);

        Assert.Equal(
            [
                (DecisionKind.Suggest, 0), (DecisionKind.Suggest, 1), (DecisionKind.Suggest, 2), (DecisionKind.Pause, 0), (DecisionKind.Resume, 0),
                (DecisionKind.Prune, 2), (DecisionKind.Exploit, 1), (DecisionKind.Prune, 1),
            ],
            Read(run).Select(d => (d.Kind, d.Trial!.Value.Number)));
        Assert.Equal("far behind", Read(run).Single(d => d is { Kind: DecisionKind.Prune, Trial.Number: 2 }).Reason);
        Assert.Equal("promoted", Read(run).Single(d => d.Kind == DecisionKind.Resume).Reason);
        Assert.Equal(new TrialId(0), Read(run).Single(d => d.Kind == DecisionKind.Exploit).Source);
        Assert.Equal(3, Read(run).Single(d => d is { Kind: DecisionKind.Prune, Trial.Number: 1 }).Report);
    }

    [Fact]
    public async Task Decisions_of_an_experiment_are_read_from_its_journal()
    {
        using var recorded = new RecordedExperiment(new Objective("loss", Mode.Min));
        recorded.Create(0, 0.1).Create(1, 0.2)
            .Report(0, new() { ["loss"] = 1 }, new ExperimentCommand.Answer(new(0), 1, Verdict.Stop, false, "loss 1 is good enough"))
            .Report(1, new() { ["loss"] = 2 }, new ExperimentCommand.Answer(new(1), 1, Verdict.Stop, false, "2 is above the cutoff 1") { IsPruning = true });
        var results = await recorded.LoadAsync();
        Assert.Equal([(DecisionKind.Stop, "loss 1 is good enough"), (DecisionKind.Prune, "2 is above the cutoff 1")],
            results.Decisions().Select(d => (d.Kind, d.Reason)));
        Assert.Equal("2 is above the cutoff 1", Assert.Single(results.Decisions(new TrialId(1))).Reason);
    }

    private static List<Decision> Read(ControllerDriver run)
    {
        var (reader, found) = (new DecisionReader(), new List<Decision>());
        foreach (var (e, commands) in run.Record)
        {
            reader.Read(e, commands, found);
        }

        return found;
    }
}
