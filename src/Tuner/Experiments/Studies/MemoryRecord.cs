using Tuning.Control;
using Tuning.Results;

namespace Tuning.Experiments.Studies;

/// <summary>The reports of a study that has no journal. Safe on any thread.</summary>
internal sealed class MemoryRecord : ExperimentRecord
{
    private readonly Lock _lock = new();
    private readonly List<RecordedStep> _reports = [];

    /// <summary>Adds a report.</summary>
    public void Add(ExperimentEvent.Reported report)
    {
        lock (_lock)
        {
            _reports.Add(new(report, []));
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<RecordedStep> Steps()
    {
        lock (_lock)
        {
            return [.. _reports];
        }
    }
}
