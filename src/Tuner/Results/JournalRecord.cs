namespace Tuning.Results;

/// <summary>The record as it stands in an experiment's journal; also while another process writes it.</summary>
/// <param name="directory">The experiment's directory.</param>
internal sealed class JournalRecord(string directory) : ExperimentRecord
{
    /// <inheritdoc/>
    public override IEnumerable<RecordedStep> Steps()
    {
        using var reader = new JournalReader(directory);
        while (reader.Read() is { } entry)
        {
            yield return new(entry.Event, entry.Commands);
        }
    }
}
