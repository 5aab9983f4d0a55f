using System.Globalization;
using System.Text;
using Tuning.Training;

namespace Tuning.KillHost;

/// <summary>Counts epochs, and writes each to a file of its own and to the disk once its report was answered.</summary>
internal static class Survivor
{
    /// <summary>Variables that processes of its trials have, too: where the files are, and how many epochs there are.</summary>
    public const string Truth = "KILL_HOST_TRUTH", Epochs = "KILL_HOST_EPOCHS";

    public static TrainableDefinition Trainable { get; } = Tuning.Trainable.FromFunction<ParameterSet>("survivor", (trial, cancel) =>
    {
        using var file = new FileStream(Path.Combine(Environment.GetEnvironmentVariable(Truth)!, trial.Id.DirectoryName), FileMode.Append, FileAccess.Write,
            FileShare.ReadWrite, bufferSize: 0);
        var epochs = long.Parse(Environment.GetEnvironmentVariable(Epochs)!, CultureInfo.InvariantCulture);
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
