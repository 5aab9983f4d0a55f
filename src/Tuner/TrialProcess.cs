using Tuning.Execution.Remote;

namespace Tuning;

/// <summary>
/// The beginning of a program whose trials run in processes of their own (<see cref="Isolation.Process"/>): this program is started once more for them, and
/// is to run trials then and nothing else. <c>if (await TrialProcess.RunAsync(trainable)) return;</c> is the first statement of such a program. Programs
/// of <c>TunerCommandLine</c> need it not.
/// </summary>
public static class TrialProcess
{
    /// <summary>Runs trials, where this process was started for that; else returns at once.</summary>
    /// <param name="trainables">What the program trains, the same as it hands to <see cref="Tuner"/>.</param>
    /// <returns>Whether it ran trials, and the program is to end.</returns>
    public static Task<bool> RunAsync(params TrainableDefinition[] trainables)
    {
        ArgumentNullException.ThrowIfNull(trainables);
        return RunAsync(tuner => Array.ForEach(trainables, t => tuner.AddTrainable(t)));
    }

    /// <summary>Runs trials, where this process was started for that; else returns at once.</summary>
    /// <param name="configure">Adds trainables, environments and the services that trials need, as for <c>services.AddTuner(…)</c>.</param>
    /// <returns>Whether it ran trials, and the program is to end.</returns>
    public static async Task<bool> RunAsync(Action<TunerBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        if (!TrialWorker.IsWanted)
        {
            return false;
        }

        ServiceProvider? services = null;
        await TrialService.ServeAsync(log => services = new ServiceCollection().AddLogging(l => l.AddProvider(log).SetMinimumLevel(LogLevel.Debug))
            .AddTuner(configure).BuildServiceProvider()).ConfigureAwait(false);
        if (services is not null)
        {
            await services.DisposeAsync().ConfigureAwait(false);
        }

        return true;
    }
}
