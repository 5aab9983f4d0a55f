using Tuning.Testing;
using Tuning.Running;

namespace Tuning.Tests.Recorded;

/// <summary>The experiments that earlier versions recorded: each directory below this file's that has a journal.</summary>
internal static class RecordedExperiments
{
    /// <summary>Where they are.</summary>
    public static string Root { get; } = Path.Combine(Approved.Repository, "tests", "Experiments.Tests", "Recorded");

    /// <summary>What they were recorded from.</summary>
    public static string File { get; } = Path.Combine(Root, "experiments.yaml");

    /// <summary>Their names: <c>rules-1/search-tpe/stopped</c>.</summary>
    public static IEnumerable<string> Names { get; } =
    [
        .. Directory.EnumerateFiles(Root, JournalReader.FileName, SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Root, Path.GetDirectoryName(f)!).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The directory of one.</summary>
    public static string DirectoryOf(string name) => Path.Combine(Root, name);

    /// <summary>Copies an experiment without what belongs to a process or a machine.</summary>
    public static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(f) is not (".lock" or ".owner" or "tuner.log" or "error.txt")))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            System.IO.File.Copy(file, target);
        }
    }

    /// <summary>
    /// Goes on with the recorded study until so many trials were asked for, two at a time: every third trial fails once, at its second step, and all
    /// others report until they are stopped or have made nine steps.
    /// </summary>
    public static async Task ContinueAsync(Study study, int trials)
    {
        var results = study.Results();
        var running = study.Running.Select(t => (Trial: t, Step: (long)results[t.Id.Number].Reports)).ToList();
        for (var asked = results.Count; ;)
        {
            while (running.Count < 2 && asked < trials && await study.AskAsync(TestContext.Current.CancellationToken) is { } trial)
            {
                running.Add((trial, 0));
                asked++;
            }

            if (asked >= trials || running.Count == 0)
            {
                return;
            }

            for (var i = running.Count - 1; i >= 0; i--)
            {
                var (trial, step) = running[i];
                running[i] = (trial, ++step);
                if (step == 2 && trial.Id.Number % 3 == 0)
                {
                    study.TellFailed(trial, "it fails");
                    running.RemoveAt(i);
                }
                else if (step == 9)
                {
                    study.Tell(trial, trial.Get<double>("x") + 0.1);
                    running.RemoveAt(i);
                }
                else if (study.Report(trial, step, trial.Get<double>("x") + (1.0 / step)))
                {
                    running.RemoveAt(i);
                }
            }
        }
    }
}
