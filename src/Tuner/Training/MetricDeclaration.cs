namespace Tuning.Training;

/// <summary>The metrics that a trainable reports with one configuration. Immutable.</summary>
/// <param name="Names">Their names; a trailing <c>/*</c> stands for any name below.</param>
/// <param name="AreAll">Whether there are no others beside what every report has, so that any other name is an error.</param>
public sealed record MetricDeclaration(IReadOnlyCollection<string> Names, bool AreAll)
{
    /// <summary>The beginnings of names that another configuration would report, and why this one does not, as the end of a sentence.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyDictionary<string, string> Absent { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether a metric is among them.</summary>
    public bool Has(string metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return Names.Any(n => n == metric || (n.EndsWith("/*", StringComparison.Ordinal) && metric.StartsWith(n[..^1], StringComparison.Ordinal)));
    }

    /// <summary>Why a metric is absent, where that is known.</summary>
    internal string? WhyNot(string metric) => Absent.FirstOrDefault(a => metric.StartsWith(a.Key, StringComparison.Ordinal)).Value;
}
