namespace Tuning.Server;

/// <summary>What a study says of itself and its trials, in JSON.</summary>
internal static class StudyAnswers
{
    /// <summary>Trials that were handed out.</summary>
    public static void Asked(Utf8JsonWriter writer, AskAnswer answer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("trials");
        foreach (var trial in answer.Trials)
        {
            writer.WriteStartObject();
            writer.WriteNumber("trial", trial.Handle.Trial);
            writer.WriteNumber("attempt", trial.Handle.Attempt);
            writer.WritePropertyName("config");
            trial.Config.WriteTo(writer);
            Text(writer, "reason", trial.Reason);
            Number(writer, "lease_s", trial.Lease);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteBoolean("more", answer.More);
        Text(writer, "reason", answer.Reason);
        if (answer.RetryAfter is { } seconds)
        {
            writer.WriteNumber("retry_after_s", seconds);
        }

        writer.WriteEndObject();
    }

    /// <summary>The study.</summary>
    public static void Study(Utf8JsonWriter writer, StudyDesk desk)
    {
        var study = desk.Study;
        var results = study.Results();
        writer.WriteStartObject();
        writer.WriteString("name", results.Name);
        Text(writer, "directory", study.Directory);
        Objectives(writer, results);
        writer.WritePropertyName("space");
        results.Space.ToParameters().WriteTo(writer);
        writer.WriteNumber("seed", study.Seed);
        if (results.Samples >= 0)
        {
            writer.WriteNumber("samples", results.Samples);
        }

        writer.WriteStartObject("trials");
        foreach (var group in results.GroupBy(t => t.Word).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            writer.WriteNumber(group.Key, group.Count());
        }

        writer.WriteEndObject();
        writer.WriteBoolean("finished", study.IsFinished);
        Text(writer, "reason", study.EndReason);
        Text(writer, "error", study.Loop.Fault?.Message ?? desk.LastError);
        writer.WriteEndObject();
    }

    /// <summary>The best trial, of several objectives the front.</summary>
    public static void Best(Utf8JsonWriter writer, StudyDesk desk)
    {
        var results = desk.Study.Results();
        writer.WriteStartObject();
        Objectives(writer, results);
        writer.WritePropertyName("best");
        if (results.TryBest(results.Objectives[0]) is { } best)
        {
            Trial(writer, desk, best);
        }
        else
        {
            writer.WriteNullValue();
            writer.WriteString("reason", results.NoBest() ?? "No trial has told a value yet.");
        }

        if (results.Objectives.Length > 1)
        {
            writer.WriteStartArray("front");
            foreach (var trial in results.ParetoFront()?.Trials ?? [])
            {
                Trial(writer, desk, trial);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    /// <summary>Trials in their order, a page of them.</summary>
    public static void Trials(Utf8JsonWriter writer, StudyDesk desk, int after, int limit, string? status)
    {
        var results = desk.Study.Results();
        var (written, last) = (0, after);
        writer.WriteStartObject();
        writer.WriteStartArray("trials");
        for (var i = Math.Max(0, after + 1); i < results.Count && written < limit; i++)
        {
            last = i;
            if (status is null || results[i].Word == status)
            {
                Trial(writer, desk, results[i]);
                written++;
            }
        }

        writer.WriteEndArray();
        if (last < results.Count - 1)
        {
            writer.WriteNumber("next", last);
        }

        writer.WriteEndObject();
    }

    /// <summary>One trial, with what it reported last.</summary>
    public static void Trial(Utf8JsonWriter writer, StudyDesk desk, int number) => Trial(writer, desk, desk.Study.Results()[number], withMetrics: true);

    private static void Trial(Utf8JsonWriter writer, StudyDesk desk, TrialResult trial, bool withMetrics = false)
    {
        var view = desk.Study.Loop.Find(trial.Id)!;
        writer.WriteStartObject();
        writer.WriteNumber("trial", trial.Id.Number);
        writer.WriteString("status", trial.Word);
        writer.WriteNumber("attempt", view.Status == TrialStatus.Failed ? view.Failures : view.Failures + 1);
        writer.WritePropertyName("config");
        trial.Config.WriteTo(writer);
        Number(writer, "value", trial.Objective);
        writer.WriteNumber("reports", trial.Reports);
        writer.WriteNumber("step", trial.TrainingIteration);
        Text(writer, "reason", trial.Reason);
        Text(writer, "client", desk.ClientOf(trial.Id, view.Failures + 1));
        if (withMetrics)
        {
            writer.WriteStartObject("metrics");
            foreach (var (name, value) in trial.Metrics)
            {
                switch (value.Kind)
                {
                    case MetricKind.Text:
                        writer.WriteString(name, value.Text);
                        break;
                    case MetricKind.Flag:
                        writer.WriteBoolean(name, value.Flag!.Value);
                        break;
                    case MetricKind.Number when value.IsWhole:
                        writer.WriteNumber(name, (long)value.Number!.Value);
                        break;
                    case MetricKind.Number:
                        Number(writer, name, value.Number);
                        break;
                }
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void Objectives(Utf8JsonWriter writer, ResultGrid results)
    {
        writer.WriteStartArray("objectives");
        foreach (var objective in results.Objectives)
        {
            writer.WriteStartObject();
            writer.WriteString("metric", objective.Metric);
            writer.WriteString("mode", objective.Mode == Mode.Min ? "min" : "max");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Text(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    // JSON has no number for those that are none: they are texts, as they may be told.
    private static void Number(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number)
        {
            if (double.IsFinite(number))
            {
                writer.WriteNumber(name, number);
            }
            else
            {
                writer.WriteString(name, double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
            }
        }
    }
}
