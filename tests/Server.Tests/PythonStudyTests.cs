using System.Diagnostics;
using Tuning.Search.Tpe;
using Tuning.Testing;

namespace Tuning.Tests;

/// <summary><c>tuner.Study</c>, by the interpreter of the machine.</summary>
public sealed class PythonStudyTests
{
    private const string Python = "/usr/bin/python3";

    public static bool HasPython => File.Exists(Python);

    [Theory(Skip = "There is no /usr/bin/python3.", SkipUnless = nameof(HasPython))]
    [InlineData("experiments/programs/ask_and_tell.py")]
    [InlineData("docs/ask-and-tell.md")]
    public async Task Example_asks_and_tells_to_the_end(string source)
    {
        await using var served = await new ServedStudy
        {
            Space = new SearchSpace().Add("x", Domain.Uniform(-10, 10)).Add("y", Domain.Uniform(-10, 10)),
            Config = new() { Samples = 12, Seed = 1, SearchAlgorithm = new TpeOptions(), Scheduler = ServedStudy.Median },
        }.StartAsync();
        var example = await File.ReadAllTextAsync(Path.Combine(Approved.Repository, source), TestContext.Current.CancellationToken);
        example = source.EndsWith(".md", StringComparison.Ordinal) ? example.Split("```python\n")[1].Split("```")[0] : example;
        var said = await Task.WhenAll(RunAsync(served, example), RunAsync(served, example));

        var results = served.Study.Results();
        Assert.Equal(12, results.Count);
        Assert.All(results, t => Assert.Equal(TrialStatus.Terminated, t.Status));
        Assert.Contains(results, t => t.IsPruned && t.Reports < 10);
        Assert.Contains(results, t => t.IsCompleted && t.Reports == 10);
        Assert.All(said, s => Assert.Contains("'trial': ", s, StringComparison.Ordinal));
    }

    [Fact(Skip = "There is no /usr/bin/python3.", SkipUnless = nameof(HasPython))]
    public async Task Ends_of_every_kind_are_told_on_a_socket()
    {
        using var folder = new TemporaryFolder();
        await using var served = await new ServedStudy
        {
            Options = new() { Socket = Path.Combine(folder.Path, "s") },
            Config = new() { Samples = 6, Seed = 1, Objectives = [new("loss", Mode.Min), new("cost", Mode.Min)] },
        }.StartAsync();
        Assert.Equal("ok", await RunAsync(served, """
            import math, tuner
            study = tuner.Study()
            first, second = study.ask_many(2)
            assert first.report([1, math.nan]) == "continue" and first.report([2, 3], step=7) == "continue"
            first.tell()
            study.tell(second, {"loss": 1, "cost": math.inf, "note": {"a": True}})
            try:
                with study.ask() as third:
                    raise ValueError("it broke")
            except ValueError:
                pass
            fourth = study.ask(lease_s=None)
            for wrong in (lambda: fourth.tell(1), lambda: first.tell([1, 2]), lambda: fourth.report({"loss": [1]}), lambda: tuner.Study(token="x").ask()):
                try:
                    wrong()
                    assert False
                except tuner.TunerError as error:
                    assert str(error).endswith(".") and error.status in (401, 409, 422), error
            fourth.tell(failed="no luck")
            study.ask().tell((1, 2))
            assert [t["status"] for t in study.trials()] == ["completed", "completed", "failed", "failed", "completed"]
            assert [t["trial"] for t in study.trials("failed")] == [2, 3]
            assert study.best()["value"] == 1 and {t["trial"] for t in study.front()} == {4}, study.front()
            print("ok")
            """));
        Assert.Equal("ValueError: it broke", served.Study.Results()[2].Error);
        Assert.Equal(2, served.Study.Results()[0].Reports);
    }

    [Fact(Skip = "There is no /usr/bin/python3.", SkipUnless = nameof(HasPython))]
    public async Task Requests_are_sent_again_until_the_server_is_back()
    {
        await using var served = await new ServedStudy { Config = new() { Samples = 3, Seed = 1 } }.StartAsync();
        var url = new Uri(served.Server.Url);
        var go = Path.Combine(served.Folder, "go");
        var asking = RunAsync(served, $$"""
            import os, time, tuner
            study = tuner.Study()
            trial = study.ask()
            open("{{go}}", "w").close()
            while os.path.exists("{{go}}"):
                time.sleep(0.01)
            trial.tell(1)                            # the server is not there now
            for trial in study:
                trial.tell(2)
            try:
                tuner.Study("http://127.0.0.1:9", retry_s=0).ask()
            except tuner.TunerError as error:
                print(error.status)
            """);
        while (!File.Exists(go))
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        await served.StopAsync();
        File.Delete(go);
        await Task.Delay(200, TestContext.Current.CancellationToken);
        await served.StartAsync(url.Port);

        Assert.Equal("None", await asking);
        Assert.Equal([1, 2, 2], served.Study.Results().Select(t => t.Objective!.Value));
    }

    [Trait("Lane", "Slow")]
    [Fact(Skip = "There is no /usr/bin/python3.", SkipUnless = nameof(HasPython))]
    public async Task Signs_of_life_keep_a_trial_while_somebody_holds_it()
    {
        await using var served = await new ServedStudy { Config = new() { Samples = 2, Seed = 1 } }.StartAsync();
        Assert.Equal("ok", await RunAsync(served, """
            import gc, time, tuner
            study = tuner.Study()
            kept = study.ask(lease_s=8)
            lost = study.ask(lease_s=1.5)
            number, lost = lost.number, None
            gc.collect()
            time.sleep(9)
            assert [t["trial"] for t in study.trials("failed")] == [number]
            kept.tell(1)
            print("ok")
            """));
        Assert.Equal([TrialStatus.Terminated, TrialStatus.Failed], served.Study.Results().Select(t => t.Status));
    }

    private static async Task<string> RunAsync(ServedStudy served, string code)
    {
        using var python = Process.Start(new ProcessStartInfo(Python, ["-c", code])
        {
            Environment =
            {
                ["PYTHONPATH"] = Path.Combine(Approved.Repository, "src", "Programs"),
                ["PYTHONDONTWRITEBYTECODE"] = "1",
                ["TUNER_URL"] = served.Server.Url,
                ["TUNER_TOKEN"] = served.Server.Token,
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = python.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = (await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).TrimEnd();
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(python.ExitCode == 0, await error);
        return output;
    }
}
