using Tuning.Control;
using Tuning.Running;

namespace Tuning.Dashboard.Projection;

/// <summary>One trial as JSON.</summary>
internal static class TrialAsJson
{
    private const int MostMetrics = 10_000;

    /// <summary>What is known of it but its curves.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="projection">The experiment.</param>
    /// <param name="trial">The trial.</param>
    /// <param name="command">A command as it can be copied.</param>
    public static void Write(Utf8JsonWriter writer, ExperimentProjection projection, TrialView trial, Func<IReadOnlyList<string>, string> command)
    {
        var directory = Path.Combine(projection.Directory, trial.Id.DirectoryName);
        writer.WriteStartObject();
        writer.WriteNumber("trial", trial.Id.Number);
        writer.WriteString("name", trial.Id.DirectoryName);
        writer.WriteString("directory", directory);
        writer.WriteString("status", trial.Word);
        writer.WriteString("reason", trial.Reason);
        writer.WriteNumber("reports", trial.Reports);
        writer.WriteNumber("iteration", trial.TrainingIteration);
        writer.WriteNumber("failures", trial.Failures);
        writer.Number("time", trial.TimeTotal);
        writer.Number("value", trial.Standing);
        writer.Time("created", trial.CreatedAt);
        writer.Time("started", trial.StartedAt);
        writer.Time("ended", trial.EndedAt);
        writer.List("searched", trial.SearchedPaths, static (w, p) => w.WriteStringValue(p));
        writer.List("config", trial.Config.Flatten(), static (w, p) =>
        {
            w.WriteStartArray();
            w.WriteStringValue(p.Key);
            TrialColumns.Value(w, p.Value);
            w.WriteEndArray();
        });
        writer.List("metrics", (projection.LastReport(trial.Id)?.Metrics ?? new(1)).Take(MostMetrics), static (w, m) =>
        {
            w.WriteStartArray();
            w.WriteStringValue(m.Key);
            w.Metric(m.Value);
            w.WriteEndArray();
        });
        writer.List("decisions", projection.Decisions.Where(d => d.Trial == trial.Id || d.Source == trial.Id), ExperimentAsJson.Decision);
        writer.List("checkpoints", projection.Checkpoints(trial.Id).Reverse(), (w, c) =>
        {
            var path = Path.Combine(directory, c.DirectoryName);
            w.WriteStartObject();
            w.WriteString("name", c.DirectoryName);
            w.WriteNumber("report", c.AfterReport);
            w.WriteString("path", path);
            w.WriteString("inspect", command(["inspect", path]));
            w.WriteString("evaluate", command(["evaluate", path, "--episodes", "100"]));
            w.WriteString("export", command(["export", path, "--format", "onnx", "--output", trial.Id.DirectoryName + ".onnx"]));
            w.WriteEndObject();
        });
        writer.List("files", TrialOutput.Files.Where(f => File.Exists(Path.Combine(directory, f))), static (w, f) => w.WriteStringValue(f));
        writer.WriteString("explain", command(["explain", projection.Directory, trial.Id.Number.ToString(CultureInfo.InvariantCulture)]));
        writer.WriteEndObject();
    }

    /// <summary>Some of its metrics as curves, in the order in which they appeared.</summary>
    /// <param name="projection">The experiment.</param>
    /// <param name="trial">The trial.</param>
    /// <param name="from">How many metrics are left out before.</param>
    /// <param name="count">How many are read.</param>
    /// <param name="search">What their names hold; empty for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static byte[] History(ExperimentProjection projection, TrialId trial, int from, int count, string search, CancellationToken cancellationToken)
    {
        var matching = projection.Metrics.Where(m => projection.Numeric.Contains(m) && m.Contains(search, StringComparison.OrdinalIgnoreCase)).ToList();
        var chosen = matching.Skip(from).Take(count).Select(m => (Name: m, Curve: new Curve())).ToList();
        using (var reader = new JournalReader(projection.Directory))
        {
            while (chosen.Count > 0 && reader.Lines < projection.Lines && reader.Read() is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (entry.Event is ExperimentEvent.Reported { Report: var report } && report.Trial == trial)
                {
                    foreach (var (name, curve) in chosen)
                    {
                        if (report.Value(name) is { } value)
                        {
                            curve.Add(report.TrainingIteration, (float)value, reader.Lines);
                        }
                    }
                }
            }
        }

        return Json.Of(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("total", matching.Count);
            writer.List("curves", chosen, static (w, c) =>
            {
                w.WriteStartObject();
                w.WriteString("metric", c.Name);
                var points = c.Curve.Points.ToArray();
                w.List("x", Enumerable.Range(0, c.Curve.Count), (j, i) => j.Number(points[2 * i]));
                w.List("y", Enumerable.Range(0, c.Curve.Count), (j, i) => j.Number(points[(2 * i) + 1]));
                w.WriteEndObject();
            });
            writer.WriteEndObject();
        });
    }
}
