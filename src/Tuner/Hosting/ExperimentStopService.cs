using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Tuning.Hosting;

/// <summary>
/// Stops running experiments gracefully when the host stops, within <see cref="TunerBuilder.Grace"/>, else within the host's own limit less a
/// margin in which they are aborted cleanly.
/// </summary>
internal sealed class ExperimentStopService(RunningExperiments running, TunerSettings settings, IOptions<HostOptions> host,
    ILogger<ExperimentStopService> logger) : IHostedService
{
    private static readonly TimeSpan _largestMargin = TimeSpan.FromSeconds(5);

    private TimeSpan? Limit => host.Value.ShutdownTimeout is var limit && limit == Timeout.InfiniteTimeSpan ? null : limit;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (Limit is { } limit)
        {
            if (settings.Grace is null)
            {
                var margin = limit / 5;
                var grace = limit - (margin < _largestMargin ? margin : _largestMargin);
                running.Grace = grace;
                Log.LimitOfTheHost(logger, Seconds(grace), Seconds(limit));
            }
            else if (settings.Grace > limit)
            {
                Log.GraceBeyondTheHost(logger, Seconds(settings.Grace.Value), Seconds(limit));
            }
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var runs = running.All;
        foreach (var run in runs)
        {
            run.RequestStop("the host stops", running.Grace);
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

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
}
