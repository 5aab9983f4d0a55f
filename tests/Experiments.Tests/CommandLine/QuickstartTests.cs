using Tuning.Testing;

namespace Tuning.Tests.CommandLine;

/// <summary>The sample search, as users run it but for its storage.</summary>
[Trait("Lane", "Slow")]
public sealed class QuickstartTests : IDisposable
{
    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Quickstart_shows_search_spaces_at_work()
    {
        var output = await HostProcessTests.RunAsync(_run.Directory, Path.Combine(Approved.Repository, "experiments", "quickstart.yaml"), "--storage",
            _run.Storage);

        var results = await ResultGrid.LoadAsync(Path.Combine(_run.Storage, "quickstart"), TestContext.Current.CancellationToken);
        Assert.Equal(18, results.Count);
        Assert.Equal(6, results.Count(t => t.Config.Get<int>("degree") == 3));
        Assert.All(results, t => Assert.Equal(t.Config.Get<string>("optimizer") == "momentum", t.Config.TryGet("momentum", out _)));
        Assert.All(results, t => Assert.True(t.Config.Get<double>("lr") <= t.Config.Get<int>("batch_size") / 10.0));

        // Each of the three ways to stop comes to pass, and one trial is good.
        foreach (var reason in new[] { "training_iteration is 100", "validation_loss is", "loss is" })
        {
            Assert.Contains(results, t => t.Reason!.StartsWith(reason, StringComparison.Ordinal));
        }

        Assert.InRange(results.Best().Objective!.Value, 0.008, 0.013);
        Assert.Contains(output.Split('\n'),
            l => l.StartsWith("Best trial", StringComparison.Ordinal) && l.Contains("validation_loss = 0.01", StringComparison.Ordinal));
        Assert.Contains(output.Split('\n'), l => l.StartsWith("  degree = ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_objectives_show_what_accuracy_costs()
    {
        var output = await HostProcessTests.RunAsync(_run.Directory, Path.Combine(Approved.Repository, "experiments", "curve-fit-two-objectives.yaml"),
            "--storage", _run.Storage);

        var results = await ResultGrid.LoadAsync(Path.Combine(_run.Storage, "curve-fit-two-objectives"), TestContext.Current.CancellationToken);
        var front = results.ParetoFront()!;
        Assert.InRange(front.Trials.Length, 5, 20);
        Assert.All(front.Trials, t => Assert.True(t.IsFeasible && t.Objective <= 0.2));
        Assert.Contains(results, t => !t.IsFeasible);

        // A straight line is cheapest, and degree 3 is much better for little more.
        Assert.Contains(front.Trials, t => t.Config.Get<int>("degree") == 1);
        Assert.Contains(front.Trials, t => t.Config.Get<int>("degree") == 3 && t.Objective < 0.014);
        Assert.Contains($"Pareto front: {front.Trials.Length} trials", output, StringComparison.Ordinal);

        var table = await HostProcessTests.RunAsync(_run.Directory, "show", Path.Combine(_run.Storage, "curve-fit-two-objectives"));
        Assert.Matches("^trial .* validation_loss +operations +feasible ", table);
    }
}
