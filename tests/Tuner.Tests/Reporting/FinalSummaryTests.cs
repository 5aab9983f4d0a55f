using Tuning.Control;
using Tuning.Reporting;
using Tuning.Tests.Results;

namespace Tuning.Tests.Reporting;

public sealed class FinalSummaryTests
{
    [Fact]
    public async Task A_finished_experiment_shows_best_parameters_checkpoint_and_failures()
    {
        using var experiment = new RecordedExperiment(new Objective("loss", Mode.Min));
        experiment.Create(0, 0.1).Create(1, 0.25)
            .Report(1, new() { ["loss"] = 0.125 }).Save(1, 0, 1).End(1)
            .End(0, TrialStatus.Failed, "no such file\nat …")
            .Add(new ExperimentEvent.TimePassed(DateTimeOffset.UnixEpoch), new ExperimentCommand.FinishExperiment("all trials have ended"));

        Assert.Equal(
            [
                "mine finished after 1:05: all trials have ended. 2 trials: 1 completed, 1 failed.",
                "Best trial 00001, loss = 0.125, 1 report, 2.0 s of training (completed)",
                "  lr = 0.25",
                $"Checkpoint: {Path.Combine(experiment.Directory, "trial_00001", "checkpoint_000000")}",
                $"  continue from it in another experiment: callbacks: {{on_algorithm_init: [{{restore_from_path: {{path: " +
                    $"{Path.Combine(experiment.Directory, "trial_00001", "checkpoint_000000")}}}}}]}}",
                "Trial 00000 failed: no such file",
                $"Results: {experiment.Directory} (seed 1)",
                "Show:    tuner show",
            ],
            await Lines(experiment));
    }

    [Fact]
    public async Task The_only_trial_is_shown_even_if_it_never_reported_the_objective()
    {
        using var experiment = new RecordedExperiment(new Objective("loss", Mode.Min));
        experiment.Create(0, 0.1).Report(0, new() { ["other"] = 1 }).Save(0, 0, 1).End(0);
        var lines = await Lines(experiment);
        Assert.Contains("Trial 00000, 1 report, 2.0 s of training (completed)", lines);
        Assert.Contains(lines, l => l.StartsWith("Checkpoint: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stopped_experiment_shows_the_command_to_resume_it()
    {
        using var experiment = new RecordedExperiment(new Objective("loss", Mode.Min));
        experiment.Create(0, 0.1).Create(1, 0.2)
            .Add(new ExperimentEvent.StopRequested(DateTimeOffset.UnixEpoch, "Ctrl-C"), new ExperimentCommand.SuspendExperiment("Ctrl-C"));
        var lines = await Lines(experiment);
        Assert.Equal("mine stopped after 1:05: Ctrl-C. 2 trials interrupted.", lines[0]);
        Assert.Contains("Resume:  tuner resume", lines);
    }

    private static async Task<string[]> Lines(RecordedExperiment experiment)
    {
        var output = new StringWriter();
        new FinalSummary { Elapsed = TimeSpan.FromSeconds(65), ToResume = "tuner resume", ToShow = "tuner show", HasRestoreHook = true }
            .Write(output, await experiment.LoadAsync());
        return output.ToString().ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
