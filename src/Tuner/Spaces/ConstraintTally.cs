namespace Tuning.Spaces;

/// <summary>How often each constraint held by itself in configurations of which none fulfilled all of them. Used by one thread.</summary>
internal sealed class ConstraintTally(ImmutableArray<Formula> constraints)
{
    private readonly int[] _held = new int[constraints.Length];
    private readonly (string? Example, int Count)[] _faults = new (string?, int)[constraints.Length];
    private int _draws;

    /// <summary>Counts a configuration that was refused.</summary>
    public void Add(Resolution resolution)
    {
        _draws++;
        for (var i = 0; i < constraints.Length; i++)
        {
            _held[i] += resolution.Fulfils(constraints[i], out var fault) ? 1 : 0;
            _faults[i] = fault is null ? _faults[i] : (_faults[i].Example ?? fault, _faults[i].Count + 1);
        }
    }

    private string Named(int constraint) => _faults[constraint] is { Example: { } fault, Count: var count }
        ? $"'{constraints[constraint].Text}' ({(count == _draws ? "" : "at times ")}without a value: {fault.TrimEnd('.')})"
        : $"'{constraints[constraint].Text}'";

    /// <summary>Says it all, and what to do.</summary>
    /// <param name="where">What the message begins with, such as <c>points_to_evaluate[0]: </c>.</param>
    public UnfulfilledConstraintsException ToException(string where = "")
    {
        string[] never = [.. Enumerable.Range(0, constraints.Length).Where(i => _held[i] == 0).Select(Named)];
        var detail = never.Length > 0
            ? $"{string.Join(" and ", never)} held in none of them{(never.Length == 1 ? "" : ", each taken by itself")}. Check for a slip, loosen " +
                $"{(never.Length == 1 ? "it" : "them")}, or change the domains to where {(never.Length == 1 ? "it holds" : "they hold")}."
            : $"Each held at times ({string.Join(", ", constraints.Select((c, i) => Invariant(
                $"'{c.Text}' in {_held[i]:#,0}")))}), but never all together. Loosen one, or narrow the domains to where they hold.";
        return new(Invariant(
            $"{where}None of {_draws:#,0} configurations that were drawn{(where.Length > 0 ? " with it" : "")} fulfils the constraints: {detail}"))
        {
            Constraint = never.Length == 1 ? constraints[_held.IndexOf(0)].Text : null,
            IsEverywhere = where.Length == 0,
        };
    }
}

/// <summary>The constraints of a search space leave nothing to try, as far as draws can tell. Trying again brings the same.</summary>
internal sealed class UnfulfilledConstraintsException(string message) : InvalidOperationException(message)
{
    /// <summary>The one that never held by itself; null when there are several such, or none.</summary>
    public string? Constraint { get; init; }

    /// <summary>Whether that is said of the whole space, not only of one given point or one cell of a grid.</summary>
    public bool IsEverywhere { get; init; }
}
