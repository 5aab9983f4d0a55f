using Tuning.Control;
using Tuning.Spaces;

namespace Tuning.CommandLine;

/// <summary>What an experiment would do: how many trials, by what, and how much at most.</summary>
internal sealed class PlannedRun
{
    private readonly ComponentCatalog _catalog;
    private readonly ExperimentSpec _spec;
    private readonly ExperimentParts _parts;

    public PlannedRun(ComponentCatalog catalog, ExperimentSpec spec) =>
        (_catalog, _spec, _parts) = (catalog, spec, ExperimentParts.Planned(catalog.Define(spec), Environment.ProcessorCount));

    /// <summary>The whole as a person reads it, a few lines.</summary>
    public IEnumerable<string> Lines()
    {
        var searched = _spec.Space.SearchedPaths;
        yield return $"{_spec.Name}: {TrialsText()} of {_spec.Run}, {Readable.Count(_parts.Resources.Slots, "trial")} at once, into " +
            Path.Combine(_spec.StoragePath, _spec.Name);
        yield return $"  searches:  {(searched.Count == 0 ? "nothing" : string.Join(", ", searched))}";
        yield return $"  searcher:  {_catalog.Searchers.Brief(_spec.SearchAlg)}";
        yield return $"  scheduler: {_catalog.Schedulers.Brief(_spec.Scheduler)}{(_spec.Scheduler.Type == "fifo" ? " (every trial runs to its stop)" : "")}";
        yield return $"  stop:      {StopText()}";
        yield return $"  at most:   {Cost()}";
        if (_parts.Resources.Layout is { } layout)
        {
            yield return $"  each has:  {string.Join(", ", ResourceTexts(layout))}";
        }

        if (_parts.Resources.Notice is { } notice)
        {
            yield return $"             {notice}";
        }
    }

    /// <summary>The same for programs.</summary>
    public ParameterSet ToParameters() => ParameterSet.From(new Dictionary<string, object?>
    {
        ["name"] = _spec.Name,
        ["run"] = _spec.Run,
        ["directory"] = Path.Combine(_spec.StoragePath, _spec.Name),
        ["trials"] = _parts.Trials,
        ["at_once"] = (long)_parts.Resources.Slots,
        ["searches"] = new ParameterList(_spec.Space.SearchedPaths),
        ["searcher"] = _spec.SearchAlg.ToParameters(),
        ["scheduler"] = _spec.Scheduler.ToParameters(),
        ["stop"] = StopText(),
        ["at_most"] = Cost(),
        ["each_has"] = new ParameterList(_parts.Resources.Layout is { } layout ? ResourceTexts(layout) : []),
    });

    private static IEnumerable<string> ResourceTexts(ResourceLayout layout) =>
    [
        .. layout.Cpu is { } cpu ? [Invariant($"{cpu} of {layout.Cores} cpu")] : (IEnumerable<string>)[],
        .. layout.Devices.Select(d => Invariant($"{d.Amount} of {d.All.Count} {d.Name}{(d.All.Names.IsEmpty ? "" : $" ({d.All})")}")),
        .. layout.Memory is { } memory ? [$"{new ByteSize(memory)} of {new ByteSize(layout.AllMemory)} memory"] : (IEnumerable<string>)[],
        .. layout.MaxProcesses is { } most ? [Invariant($"at most {most} processes and threads")] : (IEnumerable<string>)[],
    ];

    private static string Amount(string metric, double amount) => metric == AutoMetrics.TimeTotal && amount < 1e9
        ? $"{Readable.Duration(TimeSpan.FromSeconds(amount))} of training"
        : Invariant($"{amount:#,0.######} {metric}");

    private string TrialsText()
    {
        if (_parts.Trials is not { } trials)
        {
            return "trials without limit";
        }

        var cells = trials / Math.Max(1, _spec.NumSamples);
        var by = _spec.Space.Domains.Any(d => d.Value is GridDomain) ? "grid_search" : _spec.SearchAlg.Type;
        return Readable.Count(trials, "trial")
            + (cells > 1 ? Invariant($" ({Readable.Count(_spec.NumSamples, "sample")} × {cells:#,0} by {by})") : "");
    }

    private string StopText()
    {
        string[] parts = [.. _spec.Stop.Select(s => $"{s.Metric} {s.Threshold}"), .. _spec.Stoppers.Select(_catalog.Stoppers.Brief)];
        return parts.Length == 0 ? "none" : string.Join(", or ", parts);
    }

    private string Cost()
    {
        var budget = _spec.TimeBudget is { } time ? $"{Readable.Duration(time)} of running time" : null;
        var ends = _parts.Ends;
        if (ends.IsEmpty)
        {
            return budget ?? $"no limit is set: a trial ends when {(StopText() is "none" ? "" : "the above holds, or ")}{_spec.Run} ends it by itself";
        }

        var trials = _parts.Trials;
        var work = string.Join(", or ", ends.Select(e => trials is not { } count ? Amount(e.Metric, e.At) + " for each trial"
            : (count > 1 ? Invariant($"{count:#,0} × {Amount(e.Metric, e.At)} = ") : "") + Amount(e.Metric, count * e.At)));
        return (ends.Length > 1 ? work + ", whichever comes first" : work) + (budget is null ? "" : $"; {budget} in all");
    }
}
