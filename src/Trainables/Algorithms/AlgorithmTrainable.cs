using Microsoft.Extensions.DependencyInjection;
using Tuning.Specification;

namespace Tuning.Algorithms;

/// <summary>One segment of a trial that trains an algorithm.</summary>
/// <param name="configure">The configuration for a trial's parameters.</param>
/// <remarks>
/// The order at every start: the algorithm is made, the hooks of the file and of the code run, the trial's own checkpoint is loaded if
/// it has one, the first step. The file's <c>restore_from_path</c> is skipped when the trial has a checkpoint: that one wins.
/// </remarks>
internal sealed class AlgorithmTrainable(Func<ParameterSet, AlgorithmConfig> configure) : ITrainable, IDisposable
{
    private Algorithm? _algorithm;

    /// <inheritdoc/>
    public async ValueTask RunAsync(TrialContext trial, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(trial);
        var algorithm = Begin(trial);
        Action<CheckpointDirectory> save = algorithm.SaveTo;
        if (trial.Checkpoint is null && algorithm.TrainingIteration > 0 && algorithm.Standing() is var standing && trial.IsOver(standing))
        {
            // What hooks restored is beyond the stop: it is reported as it stands, and the trial ends with that.
            await trial.ReportAsync(standing, save);
        }

        while (true)
        {
            Metrics metrics;
            using (new SynchronousCode())
            {
                metrics = algorithm.Train();
            }

            await trial.ReportAsync(metrics, save);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _algorithm?.Dispose();

    private Algorithm Begin(TrialContext trial)
    {
        using var synchronous = new SynchronousCode();
        var algorithm = _algorithm = Make(trial);
        if (trial.Checkpoint is null)
        {
            RunDeclaredHooks(trial, algorithm);
        }

        algorithm.Initialize();
        if (trial.Checkpoint is { } checkpoint)
        {
            algorithm.Restore(checkpoint);
        }

        return algorithm;
    }

    private Algorithm Make(TrialContext trial)
    {
        try
        {
            var config = configure(trial.Parameters);
            return config.Create(new AlgorithmContext
            {
                Seed = trial.Seed,
                Threads = trial.Cpus,
                Services = trial.Services,
                Time = trial.Services.GetService<TimeProvider>() ?? TimeProvider.System,
                Logger = trial.Logger,
                Hooks = config.Hooks.Create(trial.Services),
            });
        }
        catch (ArgumentException e)
        {
            throw new TrialConfigurationException(e.Message, e);
        }
    }

    private static void RunDeclaredHooks(TrialContext trial, Algorithm algorithm)
    {
        foreach (var hook in trial.Hooks)
        {
            if (hook is not { Hook: "on_algorithm_init", Action: "restore_from_path" })
            {
                throw new TrialConfigurationException(
                    $"The hook {hook.Hook}: {hook.Action} is unknown to algorithms; there is on_algorithm_init: restore_from_path.");
            }

            var options = hook.Options.Bind<RestoreFromPathOptions>();
            var path = options.Path.Directory
                ?? throw new TrialConfigurationException(
                    $"restore_from_path of the experiment '{options.Path.Experiment}' was not resolved to a directory before the trial began.");
            try
            {
                algorithm.RestoreFromPath(path, options.Component);
            }
            catch (Exception e) when (e is CheckpointException or DirectoryNotFoundException or FileNotFoundException)
            {
                // Another try would find the same, and training from nothing is not what was asked for.
                throw new TrialConfigurationException($"on_algorithm_init: restore_from_path failed: {e.Message}", e);
            }
        }
    }
}
