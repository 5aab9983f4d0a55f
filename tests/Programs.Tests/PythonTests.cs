using System.Diagnostics;
using Tuning.Programs;
using Tuning.Testing;

namespace Tuning.Tests;

/// <summary><c>tuner.py</c>, by the interpreter of the machine.</summary>
public sealed class PythonTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task File_is_python_of_3_8()
    {
        await SdkAsync();

        Assert.Equal("ok", await RunAsync("import ast; ast.parse(open('tuner.py').read(), feature_version=(3, 8)); print('ok')"));
    }

    [Fact]
    public async Task Outside_of_a_trial_reports_are_printed()
    {
        await SdkAsync();

        Assert.Equal("{} None {\"loss\": 0.5, \"a\": {\"b\": 1}}", (await RunAsync(
            "import tuner; print(tuner.config(), tuner.checkpoint(), end=' '); tuner.report({'a': {'b': 1}} and {'loss': .5}, a={'b': 1})")));
    }

    [Fact]
    public async Task Trial_reports_saves_and_goes_on()
    {
        Assert.SkipUnless(File.Exists(Python), $"There is no {Python}.");
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "train.py"), """
            import json, os, sys, tuner

            config = tuner.config()
            start = 0
            if tuner.checkpoint():
                with open(os.path.join(tuner.checkpoint(), "epoch.json")) as file:
                    start = json.load(file)
            print("from", start)
            for epoch in range(start, 6):
                if epoch == 3 and start == 0:
                    sys.exit("broken")
                def save(directory):
                    with open(os.path.join(directory, "epoch.json"), "w") as file:
                        json.dump(epoch + 1, file)
                if config["way"] == "saving":
                    with tuner.saving() as directory:
                        save(directory)
                    tuner.report(loss=config["lr"] + epoch, nested={"nan": float("nan")})
                else:
                    tuner.report(loss=config["lr"] + epoch, save=save)
            """, TestContext.Current.CancellationToken);

        var results = await new Tuner(
            new ProgramOptions { Command = new(Python, "train.py"), Cwd = _folder.Path, Checkpoints = true }.ToTrainable(),
            new SearchSpace().Add("lr", Domain.Choice(0.25)).Add("way", Domain.GridSearch("saving", "save")),
            new TuneConfig { Metric = "loss", Mode = Mode.Max, MaxConcurrentTrials = 2 },
            new RunConfig
            {
                Name = "python",
                StoragePath = _folder.Path,
                Loggers = [],
                Checkpoint = new() { CheckpointFrequency = 2 },
                Failure = new() { MaxFailures = 1 },
                Stop = new() { ["training_iteration"] = 5 },
            }).FitAsync(TestContext.Current.CancellationToken);

        foreach (var trial in results)
        {
            Assert.Equal((TrialStatus.Terminated, 5, 4.25), (trial.Status, trial.Reports, trial.Metrics!.Number("loss")));
            Assert.Equal(["from 0", "from 2"], File.ReadLines(Path.Combine(trial.Directory, "stdout.log")));
            Assert.Contains("broken", File.ReadAllText(Path.Combine(trial.Directory, "stderr.log")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Program_that_ends_by_itself_leaves_the_checkpoint_that_was_due_before()
    {
        Assert.SkipUnless(File.Exists(Python), $"There is no {Python}.");
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "train.py"), """
            import os, tuner
            print("from", tuner.checkpoint())
            def save(directory):
                open(os.path.join(directory, "state"), "w").close()
            for epoch in range(3):
                if tuner.config()["way"] == "saving":
                    with tuner.saving() as directory:
                        save(directory)
                    tuner.report(loss=epoch)
                else:
                    tuner.report(loss=epoch, save=save)
            """, TestContext.Current.CancellationToken);
        var results = await new Tuner(
            new ProgramOptions { Command = new(Python, "train.py"), Cwd = _folder.Path, Checkpoints = true }.ToTrainable(),
            new SearchSpace().Add("way", Domain.GridSearch("saving", "save")),
            new TuneConfig { Metric = "loss", Mode = Mode.Max, MaxConcurrentTrials = 2 },
            new RunConfig { Name = "ends", StoragePath = _folder.Path, Loggers = [], Checkpoint = new() { CheckpointFrequency = 2 } })
            .FitAsync(TestContext.Current.CancellationToken);

        Assert.All(results, trial =>
        {
            Assert.Equal((TrialStatus.Terminated, 3), (trial.Status, trial.Reports));
            Assert.True(File.Exists(Path.Combine(Assert.Single(trial.Checkpoints()).Path, "program", "state")));
        });
    }

    private async Task SdkAsync()
    {
        Assert.SkipUnless(File.Exists(Python), $"There is no {Python}.");
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "tuner.py"), PythonFile.Text, TestContext.Current.CancellationToken);
    }

    private async Task<string> RunAsync(string code)
    {
        using var python = Process.Start(new ProcessStartInfo(Python)
        {
            ArgumentList = { "-c", code },
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true
        })!;
        return (await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).TrimEnd();
    }
}
