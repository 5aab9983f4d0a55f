using Tuning.Reporting;
using Tuning.Search;

namespace Tuning.Tests.Results;

public sealed class ParetoFrontTests : IDisposable
{
    private static readonly (double Loss, double Speed)[] _values = [(3, 9), (1, 2), (2, 8), (2, 5), (4, 10), (double.NaN, 99), (0, 1000)];

    private readonly string _storage = Directory.CreateTempSubdirectory("front").FullName;

    public void Dispose() => Directory.Delete(_storage, recursive: true);

    [Fact]
    public async Task Front_and_hypervolume_are_of_the_feasible_trials_that_ended_with_values()
    {
        var results = await FitAsync([new("loss", Mode.Min), new("speed", Mode.Max)]);
        var front = results.ParetoFront()!;

        // From the worst, loss 4 and speed 2: the rectangle of (2, 8) and what (3, 9) adds; the ends are on the borders.
        Assert.Equal(["00001", "00002", "00000", "00004"], front.Trials.Select(t => t.Id.ToString()));
        Assert.Equal([4, 2], front.Reference);
        Assert.Equal((2 * 6) + (1 * 1), front.Hypervolume, 1e-12);

        using var output = new StringWriter();
        new FinalSummary { ToResume = "", ToShow = "" }.Write(output, results);
        Assert.Contains("Pareto front: 4 trials (00001, 00002, 00000, 00004), hypervolume 13 from the worst values loss = 4, speed = 2", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_objective_has_no_front() => Assert.Null((await FitAsync([new("loss", Mode.Min)])).ParetoFront());

    private Task<ResultGrid> FitAsync(Objective[] objectives)
    {
        var train = Trainable.FromFunction<ParameterSet>("train", async (trial, cancel) =>
        {
            var (loss, speed) = _values[(int)trial.Config.Get<double>("x")];
            await trial.ReportAsync(new() { ["loss"] = loss, ["speed"] = speed });
        });
        var points = Enumerable.Range(0, _values.Length).Select(i => ParameterSet.Empty.With("x", (double)i));
        return new Tuner(
            train,
            new SearchSpace().Add("x", Domain.Uniform(0, 10)),
            new TuneConfig { Objectives = [.. objectives], NumSamples = _values.Length, SearchAlg = new RandomSearchOptions { PointsToEvaluate = [.. points] }, FeasibleIf = ["speed < 100"] },
            new RunConfig { StoragePath = _storage, Name = "front" }).FitAsync(TestContext.Current.CancellationToken);
    }
}
