using Microsoft.Extensions.DependencyInjection;
using Tuning;
using Tuning.KillHost;
using Tuning.Running;
using Tuning.Testing;

// A process to be killed: KillHost study <storage> <truth> asks and tells; KillHost <storage> <truth> <epochs> <thread or process> [alone] trains;
// KillHost fragile <storage> <how> trains what ends its process. It begins the experiment or continues it, and exits with 0 at its end.
if (await TrialProcess.RunAsync(Survivor.Trainable, Fragile.Trainable, ContractTrainable.Trainable))
{
    return 0;
}

if (args[0] == "fragile")
{
    return await Fragile.RunAsync(args[1], args[2]);
}

if (args[0] == "study")
{
    await AskingAndTelling.RunAsync(args[1], args[2]);
    return 0;
}

var storage = args[0];
Environment.SetEnvironmentVariable(Survivor.Truth, args[1]);
Environment.SetEnvironmentVariable(Survivor.Epochs, args[2]);
var isolation = Enum.Parse<Isolation>(args[3], ignoreCase: true);
var services = new ServiceCollection().AddTuner(tuner => tuner.AddLoggers().AddPrograms()).BuildServiceProvider();
var tune = new TuneConfig
{
    Metric = "loss",
    Mode = Mode.Min,
    Samples = 4,
    MaxConcurrentTrials = args.Length > 4 ? 1 : 2,
    Seed = 5,
    Scheduler = new PausingAndExploiting(),
};
var run = new RunConfig
{
    Name = "kill",
    StoragePath = storage,
    Checkpoint = new() { CheckpointFrequency = 3, MaxToKeep = 2 },
    Failure = new() { MaxFailures = isolation == Isolation.Process ? Limits.Unlimited : 0 },
    Isolation = isolation,
};
var space = new SearchSpace().Add("x", Domain.RandInt(0, 50));
var directory = Path.Combine(storage, "kill");
if (Directory.Exists(directory))
{
    try
    {
        await Tuner.RestoreAsync(directory, Survivor.Trainable, new RestoreOptions { Tune = tune, Run = run, Services = services });
        return 0;
    }
    catch (JournalException e) when (e.Line == 1 || e.Line is null)
    {
        // Killed before the first line was written: nothing had begun.
        Directory.Delete(directory, recursive: true);
    }
}

await new Tuner(services, Survivor.Trainable, space, tune, run).FitAsync();
return 0;
