using System.Collections.Immutable;
using System.Text.Json;

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
        try
        {
            using var document = JsonDocument.Parse(json);
            var list = (ParameterList)ParameterSet.ValueFromJson(document.RootElement)!;
            return [.. list.Select((item, i) => Read((ParameterSet)item!, i, list.Count))];
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or InvalidCastException or ArgumentException or NullReferenceException)
        {
            throw new JsonException($"This is not the record of a warm start: {e.Message}", e);
        }
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
        var values = ((ParameterList)map["values"]!).Select(Real).ToImmutableArray();
        var curve = map.TryGet("curve", out var points) ? (ParameterList)points! : new ParameterList([]);
        return new(new((int)(long)map["trial"]!), place - count, (ParameterSet)map["config"]!, (bool)map["failed"]! ? TrialStatus.Failed : TrialStatus.Terminated, double.IsNaN(values[0]) ? null : values[0], (int)(long)map["reports"]!)
        {
            Objectives = values.Length > 1 ? values : [],
            Violation = Real(map["violation"]),
            EndOrder = place,
            Iteration = (long)map["iteration"]!,
            IsPruned = (bool)map["pruned"]!,
            Curve = Enumerable.Range(0, curve.Count / 2).Select(i => new CurvePoint((long)curve[2 * i]!, Real(curve[(2 * i) + 1]))).ToArray(),
        };
    }

    // NaN is null, as everywhere in a journal.
    private static double? Number(double? value) => value is double.NaN ? null : value;

    private static double Real(object? value) => value switch
    {
        null => double.NaN,
        long whole => whole,
        _ => (double)value,
    };
}
