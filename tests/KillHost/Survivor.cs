using System.Globalization;
using System.Text;
using Tuning.Training;

namespace Tuning.KillHost;

/// <summary>Counts epochs, and writes each to a file of its own and to the disk once its report was answered.</summary>
internal static class Survivor
{
    public static TrainableDefinition Trainable { get; } = Tuning.Trainable.FromFunction<ParameterSet>("survivor", (trial, cancel) =>
    {
        using var file = new FileStream(Path.Combine(trial.Config.Get<string>("truth"), trial.Id.DirectoryName), FileMode.Append, FileAccess.Write,
            FileShare.ReadWrite, bufferSize: 0);
        var epochs = trial.Config.Get<long>("epochs");
        for (var epoch = trial.Checkpoint?.ReadJson<int>("epoch.json") ?? 1; epoch <= epochs; epoch++)
        {
            var x = trial.Config.Get<long>("x");
            trial.Report(new() { ["epoch"] = epoch, ["x"] = x, ["loss"] = 1.0 / epoch }, dir => dir.WriteJson("epoch.json", epoch + 1));
            file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{epoch} {x}\n")));
            file.Flush(flushToDisk: true);
            cancel.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(5));
        }
    }, checkpoints: true);
}
