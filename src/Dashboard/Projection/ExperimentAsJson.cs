using Tuning.Spaces;

namespace Tuning.Dashboard.Projection;

/// <summary>An experiment as JSON: what it is, its trials in columns, importance and front.</summary>
internal static class ExperimentAsJson
{
    private const int SparkPoints = 48;

    /// <summary>The row of a list.</summary>
    public static void Row(Utf8JsonWriter writer, string id, ExperimentProjection projection, ResultGrid results, bool isRunning)
    {
        writer.WriteStartObject();
        writer.WriteString("id", id);
        writer.WriteString("name", results.Name);
        writer.WriteString("status", StatusOf(results, isRunning));
        writer.WriteNumber("version", projection.Lines);
        Counts(writer, results);
        writer.WriteNumber("samples", results.Samples);
        writer.Time("started", results.StartedAt);
        writer.Time("last", results.LastAt);
        if (results.Objectives is [var objective, ..])
        {
            writer.WriteString("metric", objective.Metric);
            writer.WriteString("mode", objective.Mode == Mode.Max ? "max" : "min");
            if (results.TryBest(objective) is { } best)
            {
                writer.Number("best", best.Standing);
                writer.WriteNumber("bestTrial", best.Id.Number);
            }

            writer.List("spark", Spark(results, objective), static (w, v) => w.Number(v));
        }

        writer.WriteEndObject();
    }

    /// <summary>All that the page of an experiment needs but curves.</summary>
    public static void Whole(Utf8JsonWriter writer, string id, ExperimentProjection projection, bool isRunning)
    {
        var results = projection.Results();
        writer.WriteStartObject();
        writer.WriteString("id", id);
        writer.WriteString("name", results.Name);
        writer.WriteString("directory", results.Directory);
        writer.WriteString("status", StatusOf(results, isRunning));
        writer.WriteString("endReason", results.EndReason);
        writer.WriteNumber("version", projection.Lines);
        writer.WriteNumber("samples", results.Samples);
        writer.WriteString("trainable", projection.Specification.Run);
        writer.WriteString("searcher", projection.Specification.SearchAlg.Type);
        writer.WriteString("scheduler", projection.Specification.Scheduler.Type);
        writer.WriteString("scope", results.Scope.ToString().ToLowerInvariant());
        writer.WriteString("seed", results.Seed?.ToString(CultureInfo.InvariantCulture));
        writer.Time("started", results.StartedAt);
        writer.Time("last", results.LastAt);
        Counts(writer, results);
        writer.WriteNumber("decisions", projection.DecisionCount);
        writer.List("objectives", results.Objectives, static (w, o) =>
        {
            w.WriteStartObject();
            w.WriteString("metric", o.Metric);
            w.WriteString("mode", o.Mode == Mode.Max ? "max" : "min");
            w.WriteEndObject();
        });
        writer.List("feasibleIf", results.FeasibleIf, static (w, c) => w.WriteStringValue(c));
        var best = results.Objectives is [var objective, ..] ? results.TryBest(objective) : null;
        writer.WritePropertyName("bestTrial");
        WriteOrNull(writer, best?.Id.Number);
        writer.WriteString("noBest", results.Objectives.IsEmpty ? "nothing is optimised" : results.NoBest());
        writer.List("importance", results.Importance(), static (w, i) =>
        {
            w.WriteStartObject();
            w.WriteString("parameter", i.Parameter);
            w.WriteNumber("share", i.Share);
            w.WriteEndObject();
        });
        Front(writer, projection.Front(results));
        Parameters(writer, results.Space);
        writer.List("metrics", projection.Metrics.Take(ExperimentProjection.MostMetrics), static (w, m) => w.WriteStringValue(m));
        writer.WriteNumber("metricCount", projection.Metrics.Count);
        writer.List("numeric", projection.Metrics.Where(projection.Numeric.Contains), static (w, m) => w.WriteStringValue(m));
        TrialColumns.Write(writer, projection);
        writer.WriteEndObject();
    }

    /// <summary>Whether it is running, has finished, was stopped or was killed.</summary>
    public static string StatusOf(ResultGrid results, bool isRunning) =>
        results.IsFinished ? results.IsFailed ? "failed" : "finished" : isRunning ? "running" : results.EndReason is not null ? "stopped" : "interrupted";

    /// <summary>A decision.</summary>
    public static void Decision(Utf8JsonWriter writer, Decision decision)
    {
        writer.WriteStartObject();
        writer.Time("at", decision.At);
        writer.WriteString("kind", decision.Name);
        writer.WritePropertyName("trial");
        WriteOrNull(writer, decision.Trial?.Number);
        writer.WriteNumber("report", decision.Report);
        writer.WriteString("reason", decision.Reason);
        if (decision.Source is { } source)
        {
            writer.WriteNumber("source", source.Number);
        }

        writer.WriteEndObject();
    }

    private static void Counts(Utf8JsonWriter writer, ResultGrid results)
    {
        writer.WriteNumber("trials", results.Count);
        writer.WriteNumber("ended", results.CountOf(TrialStatus.Terminated));
        writer.WriteNumber("failed", results.CountOf(TrialStatus.Failed));
        writer.WriteNumber("running", results.CountOf(TrialStatus.Running));
    }

    private static void WriteOrNull(Utf8JsonWriter writer, int? number)
    {
        if (number is { } value)
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    private static void Front(Utf8JsonWriter writer, ParetoFront? front)
    {
        if (front is null)
        {
            writer.WriteNull("front");
            return;
        }

        writer.WriteStartObject("front");
        writer.List("trials", front.Trials, static (w, t) => w.WriteNumberValue(t.Id.Number));
        writer.List("reference", front.Reference, static (w, r) => w.Number(r));
        writer.Number("hypervolume", front.Hypervolume);
        writer.WriteEndObject();
    }

    private static void Parameters(Utf8JsonWriter writer, SearchSpace space) => writer.List("space", space.Domains, static (w, d) =>
    {
        w.WriteStartObject();
        w.WriteString("path", d.Key);
        w.WriteString("domain", d.Value.ToString());
        w.WriteBoolean("log", d.Value is RealDomain { IsLog: true } or IntegerDomain { IsLog: true });
        (double, double)? bounds = d.Value switch
        {
            RealDomain real => (real.Lower, real.Upper),
            IntegerDomain whole => (whole.Lower, whole.Upper),
            _ => null,
        };
        if (bounds is var (lower, upper))
        {
            w.Number("lower", lower);
            w.Number("upper", upper);
        }

        w.WriteEndObject();
    });

    // The best so far, at a few trials.
    private static IEnumerable<double?> Spark(ResultGrid results, Objective objective)
    {
        double? best = null;
        var all = new List<double?>();
        foreach (var trial in results)
        {
            if (trial.Standing is { } value && double.IsFinite(value) && (best is null || objective.Compare(value, best) < 0))
            {
                best = value;
            }

            all.Add(best);
        }

        return all.Count <= SparkPoints ? all : Enumerable.Range(0, SparkPoints).Select(i => all[(int)((long)i * (all.Count - 1) / (SparkPoints - 1))]);
    }
}
