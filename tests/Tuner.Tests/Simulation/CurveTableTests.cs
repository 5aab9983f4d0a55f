using Tuning.Simulation;
using Tuning.Testing;

namespace Tuning.Tests.Simulation;

public sealed class CurveTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string File(params string[] lines)
    {
        var path = Path.Combine(_folder.Path, "curves.csv");
        System.IO.File.WriteAllLines(path, lines);
        return path;
    }

    private static ParameterSet Config(object lr, object? kind = null) => ParameterSet.Empty.With("lr", lr).With("model.kind", kind ?? "mlp");

    private static List<double> Follow(ICurveSource curves, ParameterSet config)
    {
        var (curve, state, losses) = (curves.Open(config), default(CurveState), new List<double>());
        while (curve.Next(state, default) is { } point)
        {
            losses.Add(point.Metrics.Number("loss")!.Value);
            state = point.State;
        }

        return losses;
    }

    [Fact]
    public void Rows_of_a_configuration_are_its_curve()
    {
        var table = CurveTable.Load(File(
            "config/lr,config/model/kind,seconds,loss,note",
            "0.001,mlp,10,0.9,\"a, b\"",
            "0.1,mlp,12,0.7,",
            "0.001,mlp,11,0.8,c",
            "0.1,mlp,12,nan,"));

        Assert.Equal(2, table.Curves.Count);
        Assert.Equal(Config(0.001), table.Curves[0].Config);
        Assert.Equal([10, 11], table.Curves[0].Steps.Select(s => s.Seconds));
        Assert.Equal("a, b", table.Curves[0].Steps[0].Metrics["note"].Text);
        Assert.Equal([0.9, 0.8], Follow(table, Config(0.001)));
        Assert.Equal([0.7, double.NaN], Follow(table, Config(0.1)));
        Assert.False(table.Curves[1].Steps[0].Metrics.TryGet("note", out _));
    }

    [Fact]
    public void Trials_of_one_configuration_are_curves_of_their_own() =>
        Assert.Equal(2, CurveTable.Load(File("trial_id,config/lr,seconds,loss", "00000,1,1,0.5", "00001,1,1,0.6", "00000,1,1,0.4")).Curves.Count);

    [Theory]
    [InlineData(0.004, "mlp", 1.0)]
    [InlineData(0.02, "mlp", 2.0)]
    [InlineData(7.0, "mlp", 2.0)]
    [InlineData(0.001, "cnn", 3.0)]
    [InlineData(0.5, "cnn", 3.0)]
    [InlineData(0.001, "rnn", 1.0)]
    public void Other_configurations_follow_the_nearest(double lr, string kind, double expected)
    {
        // Rates of 0.001 and 0.1 span a factor of 100, so that 0.01 is in the middle.
        var table = CurveTable.Load(File("config/lr,config/model/kind,seconds,loss", "0.001,mlp,1,1.0", "0.1,mlp,1,2.0", "0.1,cnn,1,3.0"));

        Assert.Equal([expected], Follow(table, Config(lr, kind)));
    }

    [Theory]
    [InlineData("needs a column 'seconds'", "config/lr,loss", "1,2")]
    [InlineData("line 3: has 2 cells; the header has 3", "config/lr,seconds,loss", "1,2,3", "1,2")]
    [InlineData("line 2: seconds is 'soon'", "config/lr,seconds,loss", "1,soon,3")]
    [InlineData("line 2: seconds is '-1'", "config/lr,seconds,loss", "1,-1,3")]
    [InlineData("has no rows", "config/lr,seconds,loss")]
    public void Files_that_are_no_curves_are_refused_with_the_line(string message, params string[] lines) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => CurveTable.Load(File(lines))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_recorded_experiment_is_simulated_again_as_it_was()
    {
        var first = new Simulator(
            SyntheticCurves.Costly with { MaxSteps = 9 },
            SyntheticCurves.Space,
            new() { Samples = 12, Seed = 4 },
            new() { StoragePath = _folder.Path, Name = "first" },
            new() { Workers = 3, Journal = true }).Run();

        var again = new Simulator(CurveTable.FromExperiment(first.Directory!), SyntheticCurves.Space,
            new() { Metric = "loss", Mode = Mode.Min, Samples = 12, Seed = 4 }, null, new() { Workers = 3 }).Run();

        Assert.Equal(first.BestOverTime, again.BestOverTime.Select(i => i with { At = Rounded(i.At) }).ToList(),
            (a, b) => Rounded(a.At) == b.At && a.Value == b.Value && a.Trial == b.Trial);
        Assert.Equal(Rounded(first.Duration), Rounded(again.Duration));
    }

    [Fact]
    public async Task Journal_of_a_simulation_is_read_and_verified_as_any_other()
    {
        var curves = SyntheticCurves.Crossing;
        var simulated = new Simulator(
            curves,
            SyntheticCurves.Space,
            new() { Samples = 5, Seed = 4 },
            new() { StoragePath = _folder.Path, Stop = { ["training_iteration"] = 20 } },
            new() { Workers = 2, Journal = true }).Run();

        var grid = await ResultGrid.LoadAsync(simulated.Directory!, TestContext.Current.CancellationToken);
        Assert.Equal((5, true, "crossing"), (grid.Count, grid.IsFinished, grid.Name));
        Assert.Equal(simulated.Best, grid.Best(scope: Tuning.ResultScope.Min).Metrics.Number("loss"));
        Assert.Equal(simulated.Duration, grid.LastAt - grid.StartedAt);
        Assert.True((await Tuner.VerifyAsync(simulated.Directory!, Simulator.Trainable(curves))).Agrees);
    }

    // Journals hold whole microseconds, and so do the seconds of an iteration.
    private static TimeSpan Rounded(TimeSpan time) => TimeSpan.FromMilliseconds(Math.Round(time.TotalMilliseconds / 10) * 10);
}
