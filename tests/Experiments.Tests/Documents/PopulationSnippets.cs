using Tuning.Schedulers;

namespace Tuning.Tests.Documents;

/// <summary>What docs/population-based-training.md shows.</summary>
internal static class PopulationSnippets
{
    public static SchedulerOptions Pbt()
    {
        var scheduler = new PopulationBasedTrainingOptions
        {
            TimeAttribute = "training_iteration",
            PerturbationInterval = 5,
            HyperparameterMutations = new SearchSpace().Add("lr", Domain.LogUniform(1e-5, 1e-2)).Add("lambda", new[] { 0.2, 0.5, 0.8, 0.9, 0.95 }),
        };
        return scheduler;
    }
}
