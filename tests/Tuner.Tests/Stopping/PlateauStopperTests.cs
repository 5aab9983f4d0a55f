using Tuning.Stopping;

namespace Tuning.Tests.Stopping;

public sealed class PlateauStopperTests
{
    private static readonly StopperContext _context = new([new("loss", Mode.Min)]);

    // Feeds the values of one trial; the numbers of the reports at which it would stop.
    private static int[] Stops(IStopper stopper, params double[] values) => [.. values.Select((value, i) =>
    {
        var report = double.IsNegativeInfinity(value) ? Reports.Of(0, i + 1) : Reports.Of(0, i + 1, ("loss", value));
        var stops = stopper.Check(report, Reports.Board()) is not null;
        Assert.Equal(stops, stopper.Check(report, Reports.Board()) is not null);
        stopper.Observe(report);
        return stops ? i + 1 : 0;
    }).Where(n => n > 0)];

    [Fact]
    public void Trial_stops_when_its_last_values_no_longer_differ() =>
        Assert.Equal([7, 8], Stops(new TrialPlateauOptions().Create(_context), 5, 4, 3, 2, 2, 2, 2, 2));

    [Fact]
    public void Trial_does_not_stop_before_its_grace_is_over() =>
        Assert.Equal([6], Stops(new TrialPlateauOptions { GracePeriod = 6, Results = 2 }.Create(_context), 1, 1, 1, 1, 1, 1));

    [Fact]
    public void Trial_stops_by_the_deviation_of_the_population_and_only_below_it()
    {
        // The population's deviation of 1, 2, 3, 4 is the root of 1.25 (of the sample it would be 1.29).
        var root = Math.Sqrt(1.25);
        Assert.Empty(Stops(new TrialPlateauOptions { StandardDeviation = root }.Create(_context), 1, 2, 3, 4));
        Assert.Equal([4], Stops(new TrialPlateauOptions { StandardDeviation = root + 1e-9 }.Create(_context), 1, 2, 3, 4));
    }

    [Theory]
    [InlineData(Mode.Min, 1.0, new int[0])]
    [InlineData(Mode.Min, 2.0, new[] { 4 })]
    [InlineData(Mode.Max, 3.0, new int[0])]
    [InlineData(Mode.Max, 2.0, new[] { 4 })]
    public void Trial_stops_only_past_the_threshold_in_its_direction(Mode mode, double threshold, int[] expected) =>
        Assert.Equal(expected, Stops(new TrialPlateauOptions { MetricThreshold = threshold, Mode = mode }.Create(_context), 2, 2, 2, 2));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Trial_does_not_stop_while_a_value_is_no_number_or_absent(double gap) =>
        Assert.Equal([6], Stops(new TrialPlateauOptions { Results = 3 }.Create(_context), 1, 2, gap, 1, 1, 1));

    [Fact]
    public void Trials_have_windows_of_their_own_that_end_with_them()
    {
        var stopper = new TrialPlateauOptions { Results = 2, GracePeriod = 0 }.Create(_context);
        stopper.Observe(Reports.Of(0, 1, ("loss", 1)));

        Assert.Null(stopper.Check(Reports.Of(1, 2, ("loss", 1)), Reports.Board()));
        Assert.Equal("loss no longer moves: the standard deviation of its last 2 values is 0, less than 0.01",
            stopper.Check(Reports.Of(0, 2, ("loss", 1)), Reports.Board())!.Reason);
        stopper.Forget(new(0));
        Assert.Null(stopper.Check(Reports.Of(0, 2, ("loss", 1)), Reports.Board()));
    }

    [Fact]
    public void Trial_plateau_takes_metric_and_mode_of_the_objective_and_wants_a_mode_without_one()
    {
        var other = new TrialPlateauOptions { Metric = "accuracy", MetricThreshold = 0.9 };

        Assert.Equal("metric_threshold is 0.9, and whether 'accuracy' is better large or small is not known; give mode: min or mode: max.",
            Assert.Throws<ArgumentException>(() => other.Create(_context)).Message);
        Assert.NotNull((other with { Mode = Mode.Max }).Create(_context));
        Assert.Contains("metric is not given", Assert.Throws<ArgumentException>(() => new TrialPlateauOptions().Create(new([]))).Message,
            StringComparison.Ordinal);
        Assert.Equal("std: is 0; it must be more than 0.",
            Assert.Throws<ArgumentException>(() => new TrialPlateauOptions { StandardDeviation = 0 }.Create(_context)).Message);
        Assert.Equal("num_results: is 0; it must be at least 1.",
            Assert.Throws<ArgumentException>(() => new TrialPlateauOptions { Results = 0 }.Create(_context)).Message);
        Assert.Equal("grace_period: is -1; it must be at least 0.",
            Assert.Throws<ArgumentException>(() => new TrialPlateauOptions { GracePeriod = -1 }.Create(_context)).Message);
    }

    [Fact]
    public void Experiment_stops_when_its_best_values_no_longer_differ() =>
        Assert.Equal([6, 7], Stops(new ExperimentPlateauOptions { Top = 3 }.Create(_context), 5, 1, 9, 1, 3, 1, 1));

    [Fact]
    public void Experiment_keeps_the_largest_values_for_mode_max() =>
        Assert.Equal([4], Stops(new ExperimentPlateauOptions { Top = 2, Mode = Mode.Max }.Create(_context), 1, 1.5, 7, 7));

    [Fact]
    public void Experiment_stops_at_a_deviation_that_is_exactly_std() =>
        Assert.Equal([2], Stops(new ExperimentPlateauOptions { Top = 2, StandardDeviation = 0.5 }.Create(_context), 1, 2));

    [Theory]
    [InlineData(0, new[] { 2, 3, 4 })]
    [InlineData(1, new[] { 2, 3, 4 })]
    [InlineData(2, new[] { 3, 4 })]
    [InlineData(3, new[] { 4 })]
    public void Experiment_waits_for_so_many_reports_in_a_row(int patience, int[] expected) =>
        Assert.Equal(expected, Stops(new ExperimentPlateauOptions { Top = 2, Patience = patience }.Create(_context), 1, 1, 1, 1));

    [Fact]
    public void Experiment_counts_patience_anew_after_a_better_value() =>
        Assert.Equal([6], Stops(new ExperimentPlateauOptions { Top = 2, Patience = 2 }.Create(_context), 2, 2, 1, 5, 1, 7));

    [Fact]
    public void Experiment_does_not_count_reports_without_a_number() =>
        Assert.Equal([5], Stops(new ExperimentPlateauOptions { Top = 2, Patience = 2 }.Create(_context), 1, 1, double.NaN, double.NegativeInfinity, 1));

    [Fact]
    public void Experiment_plateau_refuses_what_Ray_refuses()
    {
        Assert.Equal("top: is 1; it must be at least 2.",
            Assert.Throws<ArgumentException>(() => new ExperimentPlateauOptions { Top = 1 }.Create(_context)).Message);
        Assert.Equal("std: is 0; it must be more than 0.",
            Assert.Throws<ArgumentException>(() => new ExperimentPlateauOptions { StandardDeviation = 0 }.Create(_context)).Message);
        Assert.Equal("patience: is -1; it must be at least 0.",
            Assert.Throws<ArgumentException>(() => new ExperimentPlateauOptions { Patience = -1 }.Create(_context)).Message);
    }
}
