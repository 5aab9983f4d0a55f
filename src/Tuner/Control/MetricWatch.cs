namespace Tuning.Control;

/// <summary>A metric that an experiment names.</summary>
/// <param name="Metric">Its path.</param>
/// <param name="Place">Where it is named, <c>tune.metric</c>.</param>
internal readonly record struct NamedMetric(string Metric, string Place);

/// <summary>
/// Which metrics that an experiment names no trial has ever reported, whatever their value; texts, which nothing can be compared with, and arrays, which no
/// record holds, do not count.
/// </summary>
/// <param name="names">The names; those that a trainable declares are not among them.</param>
internal sealed class MetricWatch(ImmutableArray<NamedMetric> names)
{
    private readonly List<NamedMetric> _missing = [.. names];
    private Metrics? _last;

    /// <summary>Takes a report into account.</summary>
    public void Observe(Metrics metrics)
    {
        if (_missing.Count == 0)
        {
            return;
        }

        _last = metrics;
        for (var i = _missing.Count - 1; i >= 0; i--)
        {
            if (metrics.TryGet(_missing[i].Metric, out var value) && value.Kind is not (MetricKind.Array or MetricKind.Text))
            {
                _missing.RemoveAt(i);
            }
        }
    }

    /// <summary>What is missing, why that ends the experiment, and the way out; null when nothing is.</summary>
    public string? Fault()
    {
        if (_missing.Count == 0)
        {
            return null;
        }

        var metric = _missing[0].Metric;
        if ((_last ?? []).TryGet(metric, out var text) && text.Kind == MetricKind.Text)
        {
            return $"'{metric}', which {string.Join(", ", _missing.Where(m => m.Metric == metric).Select(m => m.Place).Distinct())} names, is the text " +
                $"'{text}' in every report; report a number";
        }

        var places = string.Join(", ", _missing.Where(m => m.Metric == metric).Select(m => m.Place).Distinct());
        var others = _missing.Select(m => m.Metric).Distinct().Count() is > 1 and var count ? $" (nor {count - 1} more)" : "";
        return $"no trial reported '{metric}'{others}, which {places} " +
            $"names.{NearestName.For(metric, [.. (_last ?? []).Where(m => m.Value.Kind != MetricKind.Array).Select(m => m.Key)], "metrics")}" +
            $" Set tune.strict_metric: false where it may come later";
    }
}
