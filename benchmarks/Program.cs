using Benchmarks;
using Benchmarks.Quality;
using Benchmarks.Serving;
using Benchmarks.Simulation;
using Tuning;

if (await TrialProcess.RunAsync(IsolationCost.Trainable))
{
    return 0;
}

// Each benchmark answers one question and prints its own figures: `dotnet run --project benchmarks -c Release -- <name>`.
return args switch
{
    ["kernels", ..] => Kernels.Run(args[1..]),
    ["trials", _, _, _, _] when Measure.IsChild(args) => await TrialOverhead.RunOnceAsync(args[1..]),
    ["trials", ..] => await TrialOverhead.RunAsync(args[1..]),
    ["results", ..] => await ResultRate.RunAsync(args[1..]),
    ["sac", ..] => SacSpeed.Run(args[1..]),
    ["ppo", ..] => await PpoSpeed.RunAsync(args[1..]),
    ["schedulers", ..] => SchedulerCost.Run(args[1..]),
    ["policy", ..] => PolicySpeed.Run(args[1..]),
    ["returns", ..] => await Returns.RunAsync(args[1..]),
    ["startup", var file, var storage, _] when Measure.IsChild(args) => await StartUp.RunHostAsync([file, storage]),
    ["startup", ..] => await StartUp.RunAsync(args[1..]),
    ["gp", ..] => GaussianProcessSpeed.Run(args[1..]),
    ["memory", ..] => await MemoryPerTrial.RunAsync(args[1..]),
    ["cma", ..] => EvolutionSpeed.RunCma(args[1..]),
    ["nsga", ..] => EvolutionSpeed.RunNsga(args[1..]),
    ["tpe", ..] => TpeSpeed.Run(args[1..]),
    ["quality", ..] => QualityCommand.Run(args[1..]),
    ["simulate", ..] => await SimulateCommand.RunAsync(args[1..]),
    ["study", ..] => await StudySpeed.RunAsync(args[1..]),
    ["checkpoints", ..] => CheckpointSpeed.Run(args[1..]),
    ["serve", ..] => await ServeSpeed.RunAsync(args[1..]),
    ["serve-study", var storage, var sampler, var trials, var seed] => await ServeSpeed.ServeAsync(storage, sampler, int.Parse(trials), int.Parse(seed)),
    ["isolation", ..] => await IsolationCost.RunAsync(args[1..]),
    ["idle", ..] => await IdleSlots.RunAsync(args[1..]),
    ["gym", ..] => GymSpeed.Run(args[1..]),
    ["lines", ..] => CodeLines.Run(args[1..]),
    ["dashboard", ..] => await DashboardSpeed.RunAsync(args[1..]),
    ["search-speed", ..] => SearchSpeed.Run(args[1..]),
    _ => Usage(),
};

static int Usage()
{
    Console.WriteLine("usage: dotnet run --project benchmarks -c Release -- " +
        "kernels|trials|results|sac|ppo|schedulers|policy|returns|startup|gp|memory|cma|nsga|tpe|quality|simulate|study|checkpoints|serve|idle|isolation|" +
        "lines|search-speed|dashboard");
    return 2;
}
