using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Tuning.Running;
using Tuning.Schedulers;
using Tuning.Search.Tpe;

namespace Tuning.KillHost;

/// <summary>
/// Runs the trials of a study, two at a time, or goes on with those of a process that was killed. What a call has done is written to a file of
/// the trial and flushed as soon as the call has returned.
/// </summary>
internal static class AskingAndTelling
{
    private const int Steps = 9;
    private const int Samples = 16;

    public static async Task RunAsync(string storage, string truth)
    {
        await using var study = await OpenAsync(storage);
        var results = study.Results();
        var underWay = study.Running.Select(t => (Trial: t, Step: results[t.Id.Number].Reports)).ToList();
        while (true)
        {
            while (underWay.Count < 2 && study.Ask() is { } trial)
            {
                Write(truth, trial, $"asked {Text(trial.Get<double>("x"))}");
                underWay.Add((trial, 0));
            }

            if (underWay.Count == 0)
            {
                return;
            }

            for (var i = underWay.Count - 1; i >= 0; i--)
            {
                var (trial, step) = underWay[i];
                var ends = step == Steps;
                if (ends)
                {
                    study.Tell(trial);
                }
                else
                {
                    ends = study.Report(trial, ++step, Math.Abs(trial.Get<double>("x") - 0.3) + (1.0 / step));
                    Write(truth, trial, $"step {step}");
                }

                underWay[i] = (trial, step);
                if (ends)
                {
                    Write(truth, trial, "ended");
                    underWay.RemoveAt(i);
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(2));
        }
    }

    private static async Task<Study> OpenAsync(string storage)
    {
        var services = new ServiceCollection().AddTuner(tuner => tuner.Catalog.AddLoggers()).BuildServiceProvider();
        var directory = Path.Combine(storage, "study");
        if (Directory.Exists(directory))
        {
            try
            {
                return await Study.OpenAsync(directory, new RestoreOptions { Services = services });
            }
            catch (JournalException e) when (e.Line == 1 || e.Line is null)
            {
                // Killed before the first line was written: nothing had begun.
                Directory.Delete(directory, recursive: true);
            }
        }

        var config = new StudyConfig
        {
            Name = "study",
            StoragePath = storage,
            Seed = 7,
            Samples = Samples,
            Parallelism = 2,
            SearchAlgorithm = new TpeOptions { StartupTrials = 4 },
            Scheduler = new AshaOptions { MaxTime = Steps + 1, ReductionFactor = 3 },
            Services = services,
        };
        return await Study.CreateAsync(new SearchSpace().Add("x", Domain.Uniform(0, 1)), config);
    }

    private static void Write(string truth, StudyTrial trial, string line)
    {
        using var file = new FileStream(Path.Combine(truth, trial.Id.DirectoryName), FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        file.Write(Encoding.ASCII.GetBytes(line + "\n"));
        file.Flush(flushToDisk: true);
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
