namespace Tuning.Trials;

/// <summary>
/// The conditions over metrics that tell feasible trials from others (<c>feasible_if</c>), and by how much a report breaks them.
/// Immutable, safe on any thread.
/// </summary>
/// <remarks>
/// A metric is named by its path in backticks, <c>`timers/step` &lt;= 3</c>, or with dots for the slashes, <c>timers.step &lt;= 3</c>. A metric
/// that is absent or NaN leaves its condition undecided: what an earlier report said of it holds on, and a trial that ends undecided is
/// not feasible, with a violation of infinity. So is a condition that has no value, such as an order of a text and a number.
/// </remarks>
internal sealed class Feasibility
{
    private readonly ImmutableArray<Formula> _conditions;
    private readonly Func<string, string> _today;

    /// <param name="conditions">The conditions, valid.</param>
    /// <param name="today">Today's path of a metric, given any spelling; null where there are no old ones.</param>
    public Feasibility(IEnumerable<string> conditions, Func<string, string>? today = null)
    {
        _conditions = [.. conditions.Select(Formula.Parse)];
        _today = today ?? (static name => name);
    }

    /// <summary>No conditions: every trial is feasible.</summary>
    public static Feasibility None { get; } = new([]);

    /// <summary>How many conditions there are.</summary>
    public int Count => _conditions.Length;

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _conditions.IsEmpty;

    /// <summary>The path of the metric that a name in a condition means.</summary>
    public static string Path(ImmutableArray<string> name) => string.Join('/', name);

    /// <summary>Violations by condition before the first report: undecided.</summary>
    public double[] Undecided()
    {
        var violations = new double[Count];
        violations.AsSpan().Fill(double.NaN);
        return violations;
    }

    /// <summary>Takes a report into account.</summary>
    /// <param name="report">The report.</param>
    /// <param name="violations">The violation of each condition; those that the report decides are replaced.</param>
    /// <returns>The sum; NaN while a condition is undecided.</returns>
    public double Observe(TrialReport report, Span<double> violations)
    {
        var scope = new ReportScope(report, _today);
        var sum = 0.0;
        for (var i = 0; i < violations.Length; i++)
        {
            var decided = Violation(_conditions[i], scope);
            violations[i] = double.IsNaN(decided) ? violations[i] : decided;
            sum += violations[i];
        }

        return sum;
    }

    /// <summary>Which of two is better by what they break: the feasible one, then the one that breaks less; what is undecided is last.</summary>
    public static int Compare(double left, double right) => Rank(left).CompareTo(Rank(right));

    private static double Rank(double violation) => double.IsNaN(violation) ? double.PositiveInfinity : violation;

    private static double Violation(Formula condition, ReportScope scope)
    {
        try
        {
            return condition.Violation(scope);
        }
        catch (ExpressionException)
        {
            // What has no value decides nothing.
            return double.NaN;
        }
    }

    private sealed class ReportScope(TrialReport report, Func<string, string> today) : IFormulaScope
    {
        public IReadOnlyCollection<string> Names => [];

        public NameLookup Find(ImmutableArray<string> name, out object? value)
        {
            var path = today(Path(name));
            value = report.Metrics.TryGet(path, out var metric) ? Value(metric) : report.Value(path);
            return value is null or double.NaN ? NameLookup.Absent : NameLookup.Found;
        }

        private static object? Value(MetricValue metric) => metric.Kind switch
        {
            MetricKind.Flag => metric.Flag,
            MetricKind.Text => metric.Text,
            MetricKind.Number => metric.Number,
            _ => null,
        };
    }
}
