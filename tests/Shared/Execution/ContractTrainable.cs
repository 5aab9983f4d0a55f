using Tuning.Training;

namespace Tuning.Testing;

/// <summary>What executors run in their contract: as many reports as the configuration says, the ones up to a checkpoint left out; -1 fails.</summary>
internal static class ContractTrainable
{
    public static TrainableDefinition Trainable { get; } = Tuning.Trainable.FromFunction<ParameterSet>("contract", TrainAsync, checkpoints: true);

    private static async Task TrainAsync(TrialContext<ParameterSet> trial, CancellationToken cancel)
    {
        var reports = trial.Config.Get<int>("reports");
        if (reports < 0)
        {
            throw new InvalidOperationException("cannot train");
        }

        for (var i = trial.Checkpoint?.ReadJson<int>("at.json") + 1 ?? 1; i <= reports; i++)
        {
            cancel.ThrowIfCancellationRequested();
            var at = i;
            await trial.ReportAsync(new() { ["loss"] = i }, dir => dir.WriteJson("at.json", at));
        }
    }
}
