namespace Tuning.Dashboard.Projection;

/// <summary>Trials as columns: a list per thing that is known of each, which a browser reads many times faster than an object per trial.</summary>
internal static class TrialColumns
{
    public static void Write(Utf8JsonWriter writer, ExperimentProjection projection)
    {
        var trials = projection.Trials().ToList();
        writer.WriteStartObject("columns");
        writer.List("words", TrialView.Words, static (w, v) => w.WriteStringValue(v));
        writer.List("word", trials, static (w, t) => w.WriteNumberValue(t.WordNumber));
        writer.List("reports", trials, static (w, t) => w.WriteNumberValue(t.Reports));
        writer.List("iteration", trials, static (w, t) => w.WriteNumberValue(t.TrainingIteration));
        writer.List("time", trials, static (w, t) => w.Number(t.TimeTotal));
        writer.List("created", trials, static (w, t) => w.Time(t.CreatedAt));
        writer.List("started", trials, static (w, t) => w.Time(t.StartedAt));
        writer.List("ended", trials, static (w, t) => w.Time(t.EndedAt));
        writer.List("value", trials, static (w, t) => w.Number(t.Standing));
        writer.List("feasible", trials, static (w, t) => w.WriteBooleanValue(t.IsFeasible));
        writer.List("reason", trials, static (w, t) => w.WriteStringValue(t.Reason));
        writer.WriteStartArray("objectives");
        for (var i = 0; i < projection.Info.Objectives.Length; i++)
        {
            writer.WriteStartArray();
            foreach (var trial in trials)
            {
                writer.Number(projection.ValueOf(i, trial.Id));
            }

            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteStartObject("params");
        foreach (var path in trials.SelectMany(t => t.SearchedPaths).Distinct())
        {
            writer.List(path, trials, (w, t) =>
            {
                Value(w, t.Config.TryGet(path, out var value) ? value : null);
            });
        }

        writer.WriteEndObject();
        writer.WriteStartObject("metrics");
        foreach (var name in projection.Metrics.Take(ExperimentProjection.MostMetrics))
        {
            writer.List(name, trials, (w, t) =>
            {
                if (projection.LastReport(t.Id) is { } last && last.Metrics.TryGet(name, out var value))
                {
                    w.Metric(value);
                }
                else
                {
                    w.WriteNullValue();
                }
            });
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>A value of a configuration.</summary>
    public static void Value(Utf8JsonWriter writer, object? value)
    {
        if (value is double number)
        {
            writer.Number(number);
        }
        else
        {
            ParameterSet.WriteValue(writer, value);
        }
    }
}
