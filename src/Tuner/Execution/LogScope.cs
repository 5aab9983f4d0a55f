using System.Collections;

namespace Tuning.Execution;

/// <summary>A scope of the log that says which experiment, and which of its trials, a message is about.</summary>
internal sealed class LogScope(string experiment, TrialId? trial = null) : IReadOnlyList<KeyValuePair<string, object?>>
{
    /// <inheritdoc/>
    public int Count => trial is null ? 1 : 2;

    /// <inheritdoc/>
    public KeyValuePair<string, object?> this[int index] => index == 0 ? new("Experiment", experiment) : new("Trial", trial?.ToString());

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    /// <inheritdoc/>
    public override string ToString() => trial is null ? $"Experiment:{experiment}" : $"Experiment:{experiment} Trial:{trial}";

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
