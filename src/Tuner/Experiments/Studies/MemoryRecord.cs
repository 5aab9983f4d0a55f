namespace Tuning.Experiments.Studies;

/// <summary>The reports of a study that has no journal. Safe on any thread.</summary>
internal sealed class MemoryRecord : ExperimentRecord, ISessionObserver
{
    private readonly Lock _lock = new();
    private readonly List<RecordedStep> _reports = [];

    /// <inheritdoc/>
    public void Handled(ExperimentEvent happened, IReadOnlyList<ExperimentCommand> commands)
    {
        if (happened is ExperimentEvent.Reported reported)
        {
            lock (_lock)
            {
                _reports.Add(new(reported, []));
            }
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
