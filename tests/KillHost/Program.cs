using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Tuning;
using Tuning.KillHost;
using Tuning.Running;

// A process to be killed: KillHost study <storage> <truth> asks and tells; KillHost <storage> <truth> <epochs> trains. It begins the experiment or continues
// it, and exits with 0 at its end.
if (args[0] == "study")
{
    await AskingAndTelling.RunAsync(args[1], args[2]);
    return 0;
}

var (storage, truth, epochs) = (args[0], args[1], int.Parse(args[2], CultureInfo.InvariantCulture));
var survivor = Trainable.FromFunction<ParameterSet>("survivor", (trial, cancel) =>
{
    using var file = new FileStream(Path.Combine(truth, trial.Id.DirectoryName), FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    for (var epoch = trial.Checkpoint?.ReadJson<int>("epoch.json") ?? 1; epoch <= epochs; epoch++)
    {
        var x = trial.Config.Get<long>("x");
        trial.Report(new() { ["epoch"] = epoch, ["x"] = x, ["loss"] = 1.0 / epoch }, dir => dir.WriteJson("epoch.json", epoch + 1));
        file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{epoch} {x}\n")));
        file.Flush(flushToDisk: true);
        cancel.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(5));
    }
}, checkpoints: true);

var services = new ServiceCollection().AddTuner(tuner => tuner.Catalog.AddLoggers()).BuildServiceProvider();
var tune = new TuneConfig { Metric = "loss", Mode = Mode.Min, Samples = 4, MaxConcurrentTrials = 2, Seed = 5, Scheduler = new PausingAndExploiting() };
var run = new RunConfig { Name = "kill", StoragePath = storage, Checkpoint = new() { CheckpointFrequency = 3, MaxToKeep = 2 } };
var directory = Path.Combine(storage, "kill");
if (Directory.Exists(directory))
{
    try
    {
        await Tuner.RestoreAsync(directory, survivor, new RestoreOptions { Tune = tune, Run = run, Services = services });
        return 0;
    }
    catch (JournalException e) when (e.Line == 1 || e.Line is null)
    {
        // Killed before the first line was written: nothing had begun.
        Directory.Delete(directory, recursive: true);
    }
}

await new Tuner(services, survivor, new SearchSpace().Add("x", Domain.RandInt(0, 50)), tune, run).FitAsync();
return 0;
