namespace Tuning.Search;

/// <summary>
/// The trials of a warm start as JSON, as the first line of a journal holds them: nothing else of the earlier experiments is needed to go on.
/// </summary>
internal static class WarmStartRecord
{
    /// <summary>An array of maps on one line.</summary>
    public static string Write(ImmutableArray<SearchObservation> trials) => ConfigurationBinder.ToJson(new ParameterList(trials.Select(Write)));

    /// <summary>Reads what <see cref="Write(ImmutableArray{SearchObservation})"/> wrote.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static ImmutableArray<SearchObservation> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return ParameterSet.ValueFromJson(document.RootElement) is ParameterList list
            ? [.. list.Select((item, i) => item is ParameterSet map ? Read(map, i, list.Count) : throw Unfit($"trial {i}", item))]
            : throw Unfit("it", json);
    }

    private static ParameterSet Write(SearchObservation trial)
    {
        var curve = trial.Curve.ToArray();
        var map = ParameterSet.From(
        [
            new("trial", (long)trial.Trial.Number),
            new("config", trial.Config),
            new("failed", trial.Status == TrialStatus.Failed),
            new("pruned", trial.IsPruned),
            new("values", trial.Objectives.IsEmpty ? new object?[] { Number(trial.Objective) } : trial.Objectives.Select(v => (object?)Number(v)).ToArray()),
            new("violation", trial.Violation),
            new("reports", (long)trial.Reports),
            new("iteration", trial.Iteration),
        ]);
        return curve.Length == 0 ? map : map.With("curve", new ParameterList(curve.SelectMany(p => new object?[] { p.Iteration, Number(p.Value) })));
    }

    private static SearchObservation Read(ParameterSet map, int place, int count)
    {
        var values = Field<ParameterList>(map, "values").Select(v => Real(v, "values")).ToImmutableArray();
        var curve = map.TryGet("curve", out _) ? Field<ParameterList>(map, "curve") : new ParameterList([]);
        if (values.IsEmpty || curve.Count % 2 != 0)
        {
            throw Unfit(values.IsEmpty ? "values" : "curve", map);
        }

        return new(new(Whole(map, "trial")), place - count, Field<ParameterSet>(map, "config"),
            Field<bool>(map, "failed") ? TrialStatus.Failed : TrialStatus.Terminated, double.IsNaN(values[0]) ? null : values[0], Whole(map, "reports"))
        {
            Objectives = values.Length > 1 ? values : [],
            Violation = Real(map.TryGet("violation", out var violation) ? violation : throw Unfit("violation", null), "violation"),
            EndOrder = place,
            Iteration = Field<long>(map, "iteration"),
            IsPruned = Field<bool>(map, "pruned"),
            Curve = curve.Chunk(2)
                .Select(c => new IntermediateValue(c[0] is long iteration ? iteration : throw Unfit("curve", c[0]), Real(c[1], "curve"))).ToArray(),
        };
    }

    private static T Field<T>(ParameterSet map, string name) => map.TryGet(name, out var found) && found is T value ? value : throw Unfit(name, found);

    private static int Whole(ParameterSet map, string name) => Field<long>(map, name) is >= 0 and <= int.MaxValue and var value ? (int)value
        : throw Unfit(name, map[name]);

    private static JsonException Unfit(string name, object? value) =>
        new($"This is not the record of a warm start: {name} is {(value is null ? "missing" : Domain.Text(value))}.");

    // NaN is null, as everywhere in a journal.
    private static double? Number(double? value) => value is double.NaN ? null : value;

    private static double Real(object? value, string name) => value switch
    {
        null => double.NaN,
        long whole => whole,
        double real => real,
        _ => throw Unfit(name, value),
    };
}
