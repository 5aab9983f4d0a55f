using Tuning.Trials;

namespace Tuning.Tests.Reporting;

/// <summary>An experiment and trials to show.</summary>
internal static class SomeProgress
{
    public static ExperimentInfo Experiment(long? trials) =>
        new() { Name = "mine", Directory = "/results/mine", TotalTrials = trials, Slots = 2, Objectives = [new("loss", Mode.Min)] };

    public static TrialView Trial(int id, TrialStatus status = TrialStatus.Running, int reports = 0, double? objective = null, string? reason = null) => new()
    {
        Id = new(id),
        Status = status,
        Config = ParameterSet.Empty.With("lr", 0.1),
        SearchedPaths = ["lr"],
        Reports = reports,
        TrainingIteration = reports,
        TimeTotal = reports,
        Objective = objective,
        Standing = objective,
        Reason = reason,
    };
}
