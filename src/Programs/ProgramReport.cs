namespace Tuning.Programs;

/// <summary>What a program reports, and who waits for the answer.</summary>
/// <param name="Metrics">The metrics.</param>
/// <param name="Checkpoint">A directory with the program's state; null when it gives none.</param>
/// <param name="Client">Who waits for the answer; null where nobody does.</param>
/// <param name="Saves">Whether it writes a checkpoint when it is asked to.</param>
internal sealed record ProgramReport(Metrics Metrics, string? Checkpoint, IReportClient? Client, bool Saves = false);

/// <summary>The program at the other end of a connection. Used by the trial's thread.</summary>
internal interface IReportClient
{
    /// <summary>Tells the program how it goes on.</summary>
    void Answer(string answer, string? reason);

    /// <summary>Lets the program write its state into a directory.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="patience">How long it may take; null for as long as it likes.</param>
    /// <returns>Whether it did; null where it has gone or took too long, and is heard no more.</returns>
    bool? Save(string directory, TimeSpan? patience);
}
