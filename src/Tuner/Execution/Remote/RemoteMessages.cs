namespace Tuning.Execution.Remote;

/// <summary>The first thing that a process hears that is to run segments: what all segments of the experiment share.</summary>
/// <param name="Experiment">The experiment, as JSON; code that it names is the process's own.</param>
/// <param name="Directory">The full path of its directory.</param>
/// <param name="Seed">The root of its seeds.</param>
/// <param name="Cpus">How many threads a trial may use.</param>
/// <param name="SaveAtEnd">Whether a trial that ends by itself writes a last checkpoint.</param>
internal sealed record RemoteSetup(string Experiment, string Directory, ulong Seed, int Cpus, bool SaveAtEnd);

/// <summary>The answer to <see cref="RemoteSetup"/>.</summary>
/// <param name="Process">The number of the process.</param>
/// <param name="Refusal">Why it can run none; null when it is ready.</param>
internal sealed record RemoteReady(int Process, string? Refusal);

/// <summary>Segments that repeat recorded reports leave that for another session.</summary>
/// <param name="Reason">Why.</param>
internal sealed record RemoteSuspend(string Reason);

/// <summary>A segment has begun, or repeats reports.</summary>
/// <param name="Segment">The segment.</param>
internal sealed record RemoteAlive(SegmentId Segment);

/// <summary>All segments end at once.</summary>
internal sealed record RemoteAbort;

/// <summary>What is logged where a segment runs.</summary>
/// <param name="Category">Who says it.</param>
/// <param name="Level">How important it is.</param>
/// <param name="Id">The number of the event.</param>
/// <param name="Text">The text, with an exception's below it.</param>
internal sealed record RemoteLog(string Category, LogLevel Level, int Id, string Text);

/// <summary>No segment can be run any more, by the machine's fault.</summary>
/// <param name="Message">What fails.</param>
internal sealed record RemoteFault(string Message);
