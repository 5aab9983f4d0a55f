namespace Tuning.Specification;

/// <summary>Reads <c>stop</c>: a bare number is "at least", a map of comparisons says which.</summary>
internal sealed class StopSection(SectionReader sections)
{
    private readonly List<StopCondition> _conditions = [];
    private readonly HashSet<(string, Comparison)> _given = [];

    public ImmutableArray<StopCondition> Read(MapReader reader, ImmutableArray<Objective> objectives)
    {
        if (reader.Take("stop") is not { } entry)
        {
            return [];
        }

        if (entry.Value is not SourceMap map)
        {
            reader.Wrong(entry, "it must be a map of metrics: stop: {training_iteration: 100}.");
            return [];
        }

        foreach (var metric in map.Entries)
        {
            Metric(metric.Name, metric, reader.AtOf(entry), objectives);
        }

        return [.. _conditions];
    }

    private void Metric(string path, SourceEntry entry, SourcePath at, ImmutableArray<Objective> objectives)
    {
        var metric = sections.Metric(path);
        switch (entry.Value)
        {
            case SourceScalar { Value: long or double or bool } scalar:
                var least = Convert.ToDouble(scalar.Value, CultureInfo.InvariantCulture);
                Add(metric, least, path, entry, at);
                if (objectives.Any(o => o.Metric == metric && o.Mode == Mode.Min))
                {
                    at.Notice(entry.KeyPosition, path, $"'{path}: {scalar.Text}' stops a trial as soon as {path} is at least {scalar.Text}, but it is to " +
                        $"become small. To stop when it is small enough write {path}: {{\"<=\": {scalar.Text}}}.");
                }

                break;
            case SourceMap { Entries: [_, ..] } map when map.Entries.All(e => !IsComparison(e.Name)):
                // a: {b: 1} is a/b: 1.
                foreach (var inner in map.Entries)
                {
                    Metric(path + "/" + inner.Name, inner, at.At(entry.Name), objectives);
                }

                break;
            case SourceMap { Entries: [_, ..] } map:
                foreach (var comparison in map.Entries)
                {
                    if (!ExperimentJson.TryComparison(comparison.Name, out var how))
                    {
                        sections.At.Problem(comparison.KeyPosition, at.At(entry.Name).Under(comparison.Name),
                            $"'{comparison.Name}' compares nothing; write one of \">=\", \"<=\", \">\", \"<\".");
                    }
                    else if (comparison.Value is SourceScalar { Value: long or double or bool } value)
                    {
                        Add(metric, new StopAt(how, Convert.ToDouble(value.Value, CultureInfo.InvariantCulture)), path, entry, at);
                    }
                    else
                    {
                        sections.At.Problem(comparison.Value.Position, at.At(entry.Name).Under(comparison.Name),
                            MapReader.Wrong(comparison.Value, "it must be a number."));
                    }
                }

                break;
            default:
                sections.At.Problem(entry.Value.Position, at.Under(entry.Name),
                    MapReader.Wrong(entry.Value, "it must be a number, reached when the metric is at least that, or a comparison: {\"<=\": 0.1}."));
                break;
        }
    }

    private void Add(string metric, StopAt threshold, string written, SourceEntry entry, SourcePath at)
    {
        if (!_given.Add((metric, threshold.Comparison)))
        {
            sections.At.Problem(entry.KeyPosition, at.Under(entry.Name),
                $"'{written}' {(written == metric ? "" : $"is the old name of '{metric}', which ")}is given twice; keep one of them.");
            return;
        }

        _conditions.Add(new(metric, threshold));
    }

    private static bool IsComparison(string name) => name[0] is '<' or '>' or '=' or '!';
}
