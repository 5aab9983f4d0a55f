using Tuning.Search.Tpe;

namespace Tuning.Tests.Documents;

/// <summary>What docs/ask-and-tell.md shows.</summary>
internal static class StudySnippets
{
    public static async Task<string> BowlAsync(string storage)
    {
        await using var study = await Study.CreateAsync(
            new SearchSpace().Add("x", Domain.Uniform(-10, 10)).Add("y", Domain.Uniform(-10, 10)),
            new StudyConfig { Name = "bowl", StoragePath = storage, Samples = 50, Seed = 1, SearchAlgorithm = new TpeOptions() });
        while (study.Ask() is { } trial)
        {
            var (x, y) = (trial.Get<double>("x"), trial.Get<double>("y"));
            study.Tell(trial, (x * x) + (y * y));
        }

        Console.WriteLine(study.Results().Best().Objective);
        return study.Directory!;
    }

    public static void Stopped(Study study)
    {
        while (study.Ask() is { } trial)
        {
            var loss = 1.0;
            for (var epoch = 1; epoch <= 27; epoch++)
            {
                loss *= trial.Get<double>("rate");
                if (study.Report(trial, epoch, loss))
                {
                    break;
                }
            }

            study.Tell(trial, loss);
        }
    }

    public static async Task OpenAsync(string directory)
    {
        await using var again = await Study.OpenAsync(directory);
        foreach (var trial in again.Running)
        {
            again.TellFailed(trial, "lost with its process");
        }
    }
}
