namespace Tuning.Experiments;

/// <summary>One session of one experiment while it runs.</summary>
/// <remarks>Any thread may use it.</remarks>
internal sealed class ExperimentRun
{
    private readonly ExperimentLoop _loop;
    private readonly TimeProvider _time;
    private readonly Func<ResultGrid> _results;
    private ITimer? _grace;

    public ExperimentRun(ExperimentLoop loop, ExperimentInfo info, TimeProvider time, Task<LoopResult> completion, Func<ResultGrid> results) =>
        (_loop, Info, _time, Completion, _results) = (loop, info, time, completion, results);

    /// <summary>The experiment.</summary>
    public ExperimentInfo Info { get; }

    /// <summary>How many lines its journal had before this session.</summary>
    public required long LinesBefore { get; init; }

    /// <summary>Its journal; open until <see cref="Completion"/>.</summary>
    public required EventJournal Journal { get; init; }

    /// <summary>The full path of its directory.</summary>
    public string Directory => Info.Directory;

    /// <summary>
    /// Completes when the session has ended, callbacks have been told, and every file is closed. Never faulted; see <see cref="LoopResult.Error"/>.
    /// </summary>
    public Task<LoopResult> Completion { get; }

    /// <summary>What became of the trials. Call after <see cref="Completion"/>.</summary>
    public ResultGrid Results() => _results();

    /// <summary>Stops gracefully: no new step, running steps end, trials write checkpoints.</summary>
    /// <param name="reason">Why, for the journal.</param>
    /// <param name="grace">After this time the session is aborted; null waits as long as a step takes.</param>
    public void RequestStop(string reason, TimeSpan? grace = null)
    {
        _loop.RequestStop(reason);
        if (grace is { } limit)
        {
            var timer = _time.CreateTimer(static run => ((ExperimentRun)run!).Abort(), this, limit, Timeout.InfiniteTimeSpan);
            Interlocked.Exchange(ref _grace, timer)?.Dispose();
            _ = Completion.ContinueWith(static (_, t) => ((ITimer)t!).Dispose(), timer, TaskScheduler.Default);
        }
    }

    /// <summary>Leaves at once; the experiment can be resumed.</summary>
    public void Abort() => _loop.Abort();
}
