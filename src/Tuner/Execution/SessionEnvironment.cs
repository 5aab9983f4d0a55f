using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Tuning.Control;
using Tuning.Randomness;
using Tuning.Training;
using Tuning.Trials;

namespace Tuning.Execution;

/// <summary>What all segments of an experiment share. Immutable.</summary>
internal sealed record SessionEnvironment
{
    /// <summary>What is trained.</summary>
    public required TrainableDefinition Trainable { get; init; }

    /// <summary>Services of the host; each segment has a scope of its own.</summary>
    public required IServiceProvider Services { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Where messages go.</summary>
    public required ISessionMailbox Mailbox { get; init; }

    /// <summary>The full path of the experiment's directory.</summary>
    public required string Directory { get; init; }

    /// <summary>The root of the experiment's seeds.</summary>
    public required SeedPath Seed { get; init; }

    /// <summary>The hooks of the experiment file.</summary>
    public ImmutableArray<HookSpec> Hooks { get; init; } = [];

    /// <summary>How many threads a trial may use, at least 1.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>Whether a trial that ends by itself writes a last checkpoint.</summary>
    public bool SaveAtEnd { get; init; }

    /// <summary>Whether checkpoints survive a loss of power.</summary>
    public bool DurableCheckpoints { get; init; } = true;

    /// <summary>Log of the trials.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>What the process asks of all sessions.</summary>
    public SessionSignals Signals { get; } = new();

    /// <summary>Cancelled when the process aborts.</summary>
    public CancellationToken Abort { get; init; }
}

/// <summary>What the process asks of all sessions, beside the answers to their reports.</summary>
internal sealed class SessionSignals
{
    // Written by whoever asks for the stop, read by the trials' threads.
    private volatile string? _suspended;

    /// <summary>Why trials that repeat recorded reports are to leave that for another session; null while they are not.</summary>
    public string? Suspended => _suspended;

    /// <summary>Asks for it.</summary>
    public void Suspend(string reason) => _suspended ??= reason;
}

/// <summary>Where a segment starts.</summary>
/// <param name="Trial">The trial.</param>
/// <param name="Config">Its configuration now.</param>
/// <param name="From">The checkpoint that it loads; null starts from nothing.</param>
/// <param name="NextCheckpoint">The number of the next checkpoint that the trial writes.</param>
/// <param name="CatchUp">What it repeats.</param>
internal sealed record SegmentStart(TrialId Trial, ParameterSet Config, CheckpointRef? From, int NextCheckpoint, CatchUp CatchUp);

/// <summary>Where a session sends its messages. May be called from any thread; returns at once.</summary>
internal interface ISessionMailbox
{
    /// <summary>The session has a report to be answered; it is in the session's properties until then.</summary>
    void Reported(TrialSession session);

    /// <summary>A checkpoint has its final name.</summary>
    void Saved(TrialSession session, CheckpointRef checkpoint);

    /// <summary>The segment has ended without an exception.</summary>
    void Ended(TrialSession session, SegmentEnd end);

    /// <summary>The segment has ended with an exception.</summary>
    void Failed(TrialSession session, string message, bool retry);
}
