namespace Tuning;

/// <summary>How a metric is compared with a threshold.</summary>
public enum Comparison
{
    /// <summary>&gt;=</summary>
    AtLeast,

    /// <summary>&lt;=</summary>
    AtMost,

    /// <summary>&gt;</summary>
    MoreThan,

    /// <summary>&lt;</summary>
    LessThan,
}

/// <summary>A threshold of a metric. A bare number means "at least", as in Ray: <c>["training_iteration"] = 100</c>.</summary>
/// <param name="Comparison">The comparison.</param>
/// <param name="Value">The threshold.</param>
public readonly record struct StopAt(Comparison Comparison, double Value)
{
    /// <summary>Stop when the metric is at least this.</summary>
    public static StopAt Least(double value) => new(Comparison.AtLeast, value);

    /// <summary>Stop when the metric is at most this.</summary>
    public static StopAt Most(double value) => new(Comparison.AtMost, value);

    /// <summary>At least.</summary>
    public static implicit operator StopAt(double value) => Least(value);

    /// <summary>Whether a value passes the threshold; NaN never does.</summary>
    public bool IsReachedBy(double value) => Comparison switch
    {
        Comparison.AtLeast => value >= Value,
        Comparison.AtMost => value <= Value,
        Comparison.MoreThan => value > Value,
        _ => value < Value,
    };

    /// <summary>The comparison as in experiment files.</summary>
    public string Operator => Comparison switch
    {
        Comparison.AtLeast => ">=",
        Comparison.AtMost => "<=",
        Comparison.MoreThan => ">",
        _ => "<",
    };

    /// <summary><c>&gt;= 100</c>.</summary>
    public override string ToString() => Invariant($"{Operator} {Value}");
}
