using Tuning.Reporting;
using Tuning.Search;

namespace Tuning.Tests.Results;

public sealed class ParetoFrontTests : IDisposable
{
    private static readonly (double Loss, double Speed)[] _values = [(3, 9), (1, 2), (2, 8), (2, 5), (4, 10), (double.NaN, 99), (0, 1000)];

    private int _runs;

    private readonly string _storage = Directory.CreateTempSubdirectory("front").FullName;

    public void Dispose() => Directory.Delete(_storage, recursive: true);

    [Fact]
    public async Task Front_and_hypervolume_are_of_the_feasible_trials_that_ended_with_values()
    {
        var results = await FitAsync([new("loss", Mode.Min), new("speed", Mode.Max)]);
        var front = results.ParetoFront()!;

        // A tenth beyond the front, which goes from loss 1 to 4 and from speed 10 to 2.
        Assert.Equal(["00001", "00002", "00000", "00004"], front.Trials.Select(t => t.Id.ToString()));
        Assert.Equal([4.3, 1.2], front.Reference.Select(r => Math.Round(r, 12)));
        Assert.Equal((3.3 * 0.8) + (2.3 * 6) + (1.3 * 1) + (0.3 * 1), front.Hypervolume, 1e-12);
        Assert.Equal((false, 0), (front.IsReferenceGiven, front.Outside));

        using var output = new StringWriter();
        new FinalSummary { ToResume = "", ToShow = "" }.Write(output, results);
        Assert.Contains("Pareto front: 4 trials (00001, 00002, 00000, 00004)\n", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Hypervolume: 18.04, measured from loss = 4.3, speed = 1.2 (a tenth beyond the front; tune.reference_point sets it)\n",
            output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_reference_point_is_where_the_volume_begins_and_stands_in_the_record()
    {
        var results = await FitAsync([new("loss", Mode.Min), new("speed", Mode.Max)], [3.5, 5]);

        foreach (var grid in new[] { results, await ResultGrid.LoadAsync(results.Directory, TestContext.Current.CancellationToken) })
        {
            var front = grid.ParetoFront()!;
            Assert.Equal([3.5, 5], front.Reference);
            Assert.Equal((1.5 * 3) + (0.5 * 1), front.Hypervolume, 1e-12);
            Assert.Equal((true, 2), (front.IsReferenceGiven, front.Outside));
            Assert.Equal(2.0 * 6, grid.ParetoFront([4, 2])!.Hypervolume - 1, 1e-12);
            using var output = new StringWriter();
            new FinalSummary { ToResume = "", ToShow = "" }.Write(output, grid);
            Assert.Contains("Hypervolume: 5, measured from loss = 3.5, speed = 5 (the reference point); 2 trials of the front are not better than that in " +
                "all metrics and add nothing", output.ToString(), StringComparison.Ordinal);
        }

        Assert.Throws<ArgumentException>(() => results.ParetoFront([1]));
    }

    [Fact]
    public async Task Trials_that_diverged_do_not_move_the_reference()
    {
        var before = (await FitAsync([new("loss", Mode.Min), new("speed", Mode.Max)])).ParetoFront()!;

        // One that no other dominates, since it is the fastest, and one that is as bad as can be.
        var after = (await FitAsync([new("loss", Mode.Min), new("speed", Mode.Max)], values: [.. _values, (1e30, 11), (1e300, -1e300)])).ParetoFront()!;

        Assert.Equal(5, after.Trials.Length);
        Assert.Equal(1, after.Outside);
        Assert.Equal(before.Reference[0], after.Reference[0], 1e-12);
        Assert.InRange(after.Hypervolume, before.Hypervolume, 1.1 * before.Hypervolume);
    }

    [Fact]
    public async Task One_point_has_a_volume()
    {
        var front = (await FitAsync([new("loss", Mode.Min), new("speed", Mode.Max)], values: [(2, 8), (3, 7), (0, 1000)])).ParetoFront()!;

        Assert.Equal([2.2, 7.2], front.Reference.Select(r => Math.Round(r, 12)));
        Assert.Equal(0.16, front.Hypervolume, 1e-12);
    }

    [Fact]
    public async Task One_objective_has_no_front() => Assert.Null((await FitAsync([new("loss", Mode.Min)])).ParetoFront());

    private Task<ResultGrid> FitAsync(Objective[] objectives, double[]? reference = null, (double Loss, double Speed)[]? values = null)
    {
        values ??= _values;
        var train = Trainable.FromFunction<ParameterSet>("train", async (trial, cancel) =>
        {
            var (loss, speed) = values[(int)trial.Config.Get<double>("x")];
            await trial.ReportAsync(new() { ["loss"] = loss, ["speed"] = speed });
        });
        var points = Enumerable.Range(0, values.Length).Select(i => ParameterSet.Empty.With("x", (double)i));
        return new Tuner(
            train,
            new SearchSpace().Add("x", Domain.Uniform(0, 10)),
            new TuneConfig
            {
                Objectives = [.. objectives],
                ReferencePoint = [.. reference ?? []],
                Samples = values.Length,
                SearchAlgorithm = new RandomSearchOptions { PointsToEvaluate = [.. points] },
                FeasibleIf = ["speed < 100"]
            },
            new RunConfig { StoragePath = Path.Combine(_storage, $"{_runs++}"), Name = "front" }).FitAsync(TestContext.Current.CancellationToken);
    }
}
