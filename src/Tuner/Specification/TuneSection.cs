namespace Tuning.Specification;

/// <summary>Reads <c>tune</c>.</summary>
internal sealed class TuneSection
{
    private readonly SectionReader _sections;

    public TuneSection(SectionReader sections, MapReader? reader)
    {
        _sections = sections;
        var catalog = sections.Catalog;
        SearchAlg = sections.Component(reader, "search_alg", "tune.search_alg", catalog.Searchers, "random");
        Scheduler = PolicySource.Filled(catalog.Schedulers, sections.Component(reader, "scheduler", "tune.scheduler", catalog.Schedulers, "fifo"));
        Stoppers = sections.Components(reader, "stoppers", "tune.stoppers", catalog.Stoppers) ?? [];
        if (reader is null)
        {
            return;
        }

        Objectives = ReadObjectives(reader);
        ReferencePoint = ReadReferencePoint(reader);
        Scope = reader.Choice<ResultScope>("scope") ?? ResultScope.Last;
        MaxConcurrentTrials = reader.Int("max_concurrent_trials") is { } most and not 0 ? most : null;
        Seed = ReadSeed(reader);
        StrictMetric = reader.Flag("strict_metric") ?? true;
        TimeBudget = reader.Seconds("time_budget_s");
        reader.Close();
    }

    public ComponentSpec SearchAlg { get; }

    public ComponentSpec Scheduler { get; }

    public ImmutableArray<ComponentSpec> Stoppers { get; }

    public ImmutableArray<Objective> Objectives { get; } = [];

    public ImmutableArray<double> ReferencePoint { get; } = [];

    public bool StrictMetric { get; } = true;

    public ResultScope Scope { get; }

    public int? MaxConcurrentTrials { get; }

    public TimeSpan? TimeBudget { get; }

    public ulong? Seed { get; }

    private static ulong? ReadSeed(MapReader reader)
    {
        if (reader.Take("seed") is not { } entry)
        {
            return null;
        }

        if (entry.Value is SourceScalar scalar && Limits.Seed(scalar.Text) is { } seed)
        {
            return seed;
        }

        reader.Wrong(entry, "it must be a whole number of 64 bits, from -9223372036854775808 to 18446744073709551615, or absent to draw one.");
        return null;
    }

    private static ImmutableArray<double> ReadReferencePoint(MapReader reader)
    {
        if (reader.Take("reference_point") is not { } entry)
        {
            return [];
        }

        if (entry.Value is SourceList list && list.Items.All(i => i is SourceScalar { Value: long or double }))
        {
            return [.. list.Items.Select(i => Convert.ToDouble(((SourceScalar)i).Value, CultureInfo.InvariantCulture))];
        }

        reader.Wrong(entry, "it must be a list of numbers, a value of each metric in their order, such as [0.2, 60000].");
        return [];
    }

    private ImmutableArray<Objective> ReadObjectives(MapReader reader)
    {
        var metrics = _sections.Texts(reader, "metric", "the path of a metric");
        var modes = new List<Mode>();
        var entry = reader.Take("mode");
        foreach (var item in entry?.Value is SourceList items ? items.Items : entry is null ? [] : [entry.Value])
        {
            if (item is SourceScalar { Value: "min" or "max" } scalar)
            {
                modes.Add((string)scalar.Value == "min" ? Mode.Min : Mode.Max);
            }
            else
            {
                _sections.At.Problem(item.Position, reader.PathOf(entry!), MapReader.Wrong(item, "it must be min or max."));
                return [];
            }
        }

        if (metrics.IsEmpty)
        {
            if (modes.Count > 0)
            {
                _sections.At.Problem(entry!.KeyPosition, reader.PathOf(entry),
                    "'mode' says which direction of a metric is better; name it with 'metric' beside it.");
            }

            return [];
        }

        if (modes.Count == 0 && metrics.Select(m => _sections.DeclaredMode(m)).ToList() is var declared && !declared.Contains(null))
        {
            modes.AddRange(declared.Select(m => m!.Value));
        }
        else if (modes.Count == 0)
        {
            var metric = reader.Map.Find("metric")!;
            _sections.At.Problem(metric.KeyPosition, reader.PathOf(metric),
                $"'{metrics[0]}' is to be optimised, but in which direction? Write mode: min or mode: max beside it.");
            return [];
        }

        if (modes.Count != metrics.Length && (modes.Count != 1 || entry!.Value is SourceList))
        {
            var each = string.Join(", ", metrics.Select((_, i) => modes[Math.Min(i, modes.Count - 1)] == Mode.Min ? "min" : "max"));
            _sections.At.Problem(entry!.KeyPosition, reader.PathOf(entry),
                $"There {(modes.Count == 1 ? "is 1 mode" : $"are {modes.Count} modes")} for " +
                $"{(metrics.Length == 1 ? "1 metric" : $"{metrics.Length} metrics")}; write one for each, such as mode: " +
                $"{(metrics.Length == 1 ? each : $"[{each}]")}{(metrics.Length > 1 ? $", or mode: {each[..3]} for all" : "")}.");
            return [];
        }

        return [.. metrics.Select((m, i) => new Objective(_sections.Metric(m), modes.Count == 1 ? modes[0] : modes[i]))];
    }
}
