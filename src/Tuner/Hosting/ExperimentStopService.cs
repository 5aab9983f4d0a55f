using Microsoft.Extensions.Hosting;
using Tuning.Experiments;

namespace Tuning.Hosting;

/// <summary>Stops running experiments gracefully when the host stops.</summary>
internal sealed class ExperimentStopService(RunningExperiments running, TunerBuilder builder) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var runs = running.All;
        foreach (var run in runs)
        {
            run.RequestStop("the host stops", builder.Grace);
        }

        using var registration = cancellationToken.Register(() =>
        {
            foreach (var run in runs)
            {
                run.Abort();
            }
        });
        await Task.WhenAll(runs.Select(r => r.Completion)).ConfigureAwait(false);
    }
}
