using System.Globalization;
using Tuning.Stopping;
using Tuning.Trials;

namespace Tuning.Tests.Stopping;

public sealed class StopperTests
{
    private static readonly StopperContext _context = new([new("loss", Mode.Min)]);

    [Theory]
    [InlineData(Comparison.AtMost, 0.01, 0.011, false)]
    [InlineData(Comparison.AtMost, 0.01, 0.01, true)]
    [InlineData(Comparison.LessThan, 0.01, 0.01, false)]
    [InlineData(Comparison.LessThan, 0.01, 0.009, true)]
    [InlineData(Comparison.AtLeast, 5, 4.9, false)]
    [InlineData(Comparison.AtLeast, 5, 5, true)]
    [InlineData(Comparison.MoreThan, 5, 5, false)]
    [InlineData(Comparison.MoreThan, 5, 5.1, true)]
    [InlineData(Comparison.AtMost, 0.01, double.NaN, false)]
    [InlineData(Comparison.AtLeast, 5, double.PositiveInfinity, true)]
    public void Metric_threshold_is_passed_in_its_direction_and_never_by_NaN(Comparison comparison, double threshold, double value, bool stops)
    {
        var stopper = new MetricStopper("env_runners/loss", new(comparison, threshold));

        Assert.Equal(stops, stopper.Check(Reports.Of(0, 1, ("env_runners/loss", value)), Reports.Board()) is not null);
    }

    [Fact]
    public void Metric_threshold_says_value_and_what_was_asked_for()
    {
        var verdict = new MetricStopper("loss", StopAt.Most(0.01)).Check(Reports.Of(0, 1, ("loss", 0.009)), Reports.Board());

        Assert.Equal(new StopVerdict(false, "loss is 0.009, at most 0.01 was asked for"), verdict);
    }

    [Fact]
    public void Metric_threshold_without_the_metric_never_stops() =>
        Assert.Null(new MetricStopper("typo", 1).Check(Reports.Of(0, 1, ("loss", 5)), Reports.Board()));

    [Theory]
    [InlineData(AutoMetrics.TrainingIteration, 7)]
    [InlineData(AutoMetrics.TimeTotal, 7)]
    public void Metric_threshold_knows_the_metrics_that_every_report_has(string metric, double at)
    {
        var stopper = new MetricStopper(metric, at);

        Assert.Null(stopper.Check(Reports.Of(0, 6), Reports.Board()));
        Assert.NotNull(stopper.Check(Reports.Of(0, 7), Reports.Board()));
    }

    [Fact]
    public void Metric_options_want_exactly_one_threshold()
    {
        var none = Assert.Throws<ArgumentException>(() => new MetricStopperOptions { Metric = "loss" }.Create(_context));
        var two = Assert.Throws<ArgumentException>(() => new MetricStopperOptions { Metric = "loss", AtLeast = 1, LessThan = 2 }.Create(_context));

        Assert.Equal("A threshold of 'loss' gives 0 of at_least, at_most, more_than and less_than; it must give exactly one.", none.Message);
        Assert.Contains("gives 2 of", two.Message);
        Assert.NotNull(new MetricStopperOptions { Metric = "loss", MoreThan = 1 }.Create(_context).Check(Reports.Of(0, 1, ("loss", 2)), Reports.Board()));
    }

    [Fact]
    public void Maximum_iterations_stops_at_the_nth_report_whatever_training_iteration_says()
    {
        var stopper = new MaximumIterationOptions { MaxIterations = 3 }.Create(_context);

        Assert.Null(stopper.Check(Reports.Of(0, 2, ("training_iteration", 100)), Reports.Board()));
        Assert.Equal("made 3 reports, the most that was asked for", stopper.Check(Reports.Of(0, 3, ("training_iteration", 1)), Reports.Board())!.Reason);
        Assert.NotNull(stopper.Check(Reports.Of(0, 4), Reports.Board()));
    }

    [Fact]
    public void Maximum_iterations_of_zero_is_refused() =>
        Assert.Contains("max_iter is 0; it must be at least 1.", Assert.Throws<ArgumentException>(() => new MaximumIterationStopper(0)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Timeout_is_up_at_its_time_and_not_before()
    {
        var stopper = new TimeoutOptions { Seconds = 90 }.Create(_context);

        Assert.Equal(TimeSpan.FromSeconds(90), stopper.Deadline);
        Assert.Null(stopper.CheckTime(TimeSpan.FromSeconds(89.9)));
        Assert.Equal(new StopVerdict(true, "the experiment has run for 90.5 s, 90 s were asked for"), stopper.CheckTime(TimeSpan.FromSeconds(90.5)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Timeout_that_is_no_time_is_refused(double seconds) =>
        Assert.Contains(seconds.ToString(CultureInfo.InvariantCulture), Assert.Throws<ArgumentException>(() => new TimeoutStopper(seconds)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Function_stops_the_trial_it_returns_true_for()
    {
        var stopper = new FunctionStopperOptions { Stop = r => r.Value("loss") > 1, Name = "too far off" }.Create(_context);

        Assert.Null(stopper.Check(Reports.Of(0, 1, ("loss", 0.5)), Reports.Board()));
        Assert.Equal(new StopVerdict(false, "too far off said so at report 2"), stopper.Check(Reports.Of(0, 2, ("loss", 1.5)), Reports.Board()));
    }

    [Fact]
    public void Any_prefers_a_verdict_on_the_experiment_and_takes_the_earliest_deadline()
    {
        var stopper = new AnyStopper(new MaximumIterationStopper(1), new Whole(), new TimeoutStopper(20), new TimeoutStopper(10));

        Assert.True(stopper.Check(Reports.Of(0, 1), Reports.Board())!.WholeExperiment);
        Assert.Equal(TimeSpan.FromSeconds(10), stopper.Deadline);
        Assert.NotNull(stopper.CheckTime(TimeSpan.FromSeconds(10)));
        Assert.Null(stopper.CheckTime(TimeSpan.FromSeconds(9)));
    }

    [Fact]
    public void All_wants_all_criteria_at_the_same_report()
    {
        var stopper = new AllStopper(new MaximumIterationStopper(3), new MetricStopper("loss", StopAt.Most(0.1)));

        Assert.Null(stopper.Check(Reports.Of(0, 2, ("loss", 0.05)), Reports.Board()));
        Assert.Null(stopper.Check(Reports.Of(0, 3, ("loss", 0.5)), Reports.Board()));
        Assert.Equal(
            new StopVerdict(false, "made 4 reports, 3 at most were asked for; and loss is 0.1, at most 0.1 was asked for"),
            stopper.Check(Reports.Of(0, 4, ("loss", 0.1)), Reports.Board()));
    }

    [Fact]
    public void All_with_a_time_stops_the_trial_once_the_time_is_up()
    {
        var stopper = new AllStopper(new MaximumIterationStopper(2), new TimeoutStopper(60));

        Assert.Null(stopper.Deadline);
        Assert.Null(stopper.CheckTime(TimeSpan.FromSeconds(61)));
        Assert.Null(stopper.Check(Reports.Of(0, 2), Reports.Board(59)));
        Assert.False(stopper.Check(Reports.Of(0, 2), Reports.Board(60))!.WholeExperiment);
    }

    [Fact]
    public void All_of_times_ends_the_experiment_at_the_latest()
    {
        var stopper = new AllStopper(new TimeoutStopper(60), new TimeoutStopper(90));

        Assert.Equal(TimeSpan.FromSeconds(90), stopper.Deadline);
        Assert.Null(stopper.CheckTime(TimeSpan.FromSeconds(60)));
        Assert.True(stopper.CheckTime(TimeSpan.FromSeconds(90))!.WholeExperiment);
    }

    [Fact]
    public void Combinations_of_nothing_are_refused()
    {
        Assert.Contains("give at least one", Assert.Throws<ArgumentException>(() => new AnyStopper()).Message, StringComparison.Ordinal);
        Assert.Contains("give at least one", Assert.Throws<ArgumentException>(() => new AllStopper()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Combinations_let_their_parts_observe_and_forget()
    {
        var (first, second) = (new Whole(), new Whole());
        IStopper any = new AnyStopper(first);
        IStopper all = new AllStopper(second);
        foreach (var stopper in new[] { any, all })
        {
            stopper.Observe(Reports.Of(0, 1));
            stopper.Forget(new(0));
        }

        Assert.Equal((1, 1, 1, 1), (first.Observed, first.Forgotten, second.Observed, second.Forgotten));
    }

    private sealed class Whole : IStopper
    {
        public int Observed { get; private set; }

        public int Forgotten { get; private set; }

        public StopVerdict? Check(TrialReport report, TrialBoard board) => new(true, "all of it");

        public void Observe(TrialReport report) => Observed++;

        public void Forget(TrialId trial) => Forgotten++;
    }
}
