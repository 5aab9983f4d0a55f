namespace Tuning.Tests.Documents;

/// <summary>What docs/isolation.md shows.</summary>
internal static class IsolationSnippets
{
    public static async Task RunAsync(SearchSpace space, TuneConfig tune)
    {
        var descend = Trainable.FromFunction<Config>("descend", Descend.RunAsync, checkpoints: true);
        if (await TrialProcess.RunAsync(descend))       // started for trials: they have run
        {
            return;
        }

        var results = await new Tuner(descend, space, tune, new RunConfig { Isolation = Isolation.Process }).FitAsync();
        Console.WriteLine(results.Best());
    }

    internal sealed record Config(double Lr);

    internal static class Descend
    {
        public static async Task RunAsync(TrialContext<Config> trial, CancellationToken cancel) =>
            await trial.ReportAsync(new() { ["loss"] = trial.Config.Lr });
    }
}
