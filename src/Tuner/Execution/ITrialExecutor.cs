namespace Tuning.Execution;

/// <summary>
/// Gives segments a place to run: a thread, a process, another machine. It does not decide when one may run: the controller's slots do. All that
/// passes between it and the session of the experiment are immutable messages.
/// </summary>
/// <remarks>Used by one thread; <see cref="Suspend"/> and <see cref="Abort"/> by any.</remarks>
internal interface ITrialExecutor : IAsyncDisposable
{
    /// <summary>Readies the executor; called once before the first message.</summary>
    /// <param name="mailbox">Where the segments' messages go.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask StartAsync(ISegmentMailbox mailbox, CancellationToken cancellationToken);

    /// <summary>Tells a segment something; <see cref="SegmentCommand.Start"/> makes it run, soon. Returns at once.</summary>
    void Send(SegmentCommand command);

    /// <summary>Ends a segment that nobody waits for any more. What it says from here on counts for nothing. Any thread.</summary>
    /// <returns>Whether it was ended by force; else it was told to stop, and may go on.</returns>
    bool GiveUp(SegmentId segment, string reason);

    /// <summary>Segments that repeat recorded reports are to leave that for another session; the others hear of the stop with their next answer.</summary>
    void Suspend(string reason);

    /// <summary>All segments are to end at once. What they say after that may be lost.</summary>
    void Abort();
}
