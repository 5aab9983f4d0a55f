using Tuning.Trials;
using static Tuning.Tests.Documents.PpoSnippets;

namespace Tuning.Tests.Documents;

/// <summary>What docs/callbacks.md shows.</summary>
internal static class CallbackSnippets
{
    public static RunConfig Observe(string storage)
    {
        var run = new RunConfig { StoragePath = storage, Callbacks = [new Announcer(Console.Out)] };
        return run;
    }

    public static RunConfig Functions(string storage)
    {
        var run = new RunConfig
        {
            StoragePath = storage,
            Callbacks = [TunerCallback.From(onTrialComplete: trial => Console.WriteLine($"{trial.Id}: {trial.Reason}"))],
        };
        return run;
    }

    public static Task<int> Program(string[] args)
    {
        return TunerCommandLine.RunAsync(args, tuner =>
        {
            tuner.AddLoggers().AddTrainables();
            tuner.Catalog.AddLogger("lines", _ => new LineLogger());
            tuner.AddTrainable(new PpoConfig().Callbacks<AngleCallbacks>().ToTrainable("my-ppo"));
        });
    }

    internal sealed class Announcer(TextWriter output) : TunerCallback
    {
        public override void OnTrialComplete(TrialView trial) => output.WriteLine($"{trial.Id} ended with {trial.Objective}: {trial.Reason}");

        public override void OnTrialError(TrialView trial, string error) => output.WriteLine($"{trial.Id} failed: {error}");
    }

    internal sealed class LineLogger : LoggerCallback
    {
        private ExperimentInfo? _experiment;

        public override string Name => "lines";

        public override void Setup(ExperimentInfo experiment) => _experiment = experiment;

        public override void OnTrialResult(TrialView trial, TrialReport report, string? stopReason)
        {
            Directory.CreateDirectory(_experiment!.TrialDirectory(trial.Id));
            File.AppendAllText(PathOf(trial), $"{report.Number} {report.TimeTotal} {trial.Objective}\n");
        }

        public override int Recover(TrialView trial)
        {
            if (!File.Exists(PathOf(trial)))
            {
                return 0;
            }

            var text = File.ReadAllText(PathOf(trial));
            var whole = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var kept = whole.Take(trial.Reports).ToArray();
            File.WriteAllLines(PathOf(trial), kept);
            return kept.Length;
        }

        private string PathOf(TrialView trial) => Path.Combine(_experiment!.TrialDirectory(trial.Id), "lines.txt");
    }
}
