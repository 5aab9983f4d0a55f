namespace Tuning.Training;

/// <summary>Thrown by a save that has nothing to save and does not fail for that: no checkpoint is written, and the log says why.</summary>
/// <param name="message">Why.</param>
internal sealed class UnsavedException(string message) : Exception(message);
