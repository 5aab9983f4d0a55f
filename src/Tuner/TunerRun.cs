namespace Tuning;

/// <summary>An experiment that was started, by <see cref="Tuner.StartAsync"/>, while it runs and after.</summary>
/// <remarks>Any thread may use it.</remarks>
public sealed class TunerRun : IAsyncDisposable
{
    private readonly ExperimentRun _run;

    internal TunerRun(ExperimentRun run, Task<ResultGrid> completion) => (_run, Completion) = (run, completion);

    /// <summary>The experiment's name.</summary>
    public string Name => _run.Info.Name;

    /// <summary>The full path of its directory.</summary>
    public string Directory => _run.Directory;

    /// <summary>
    /// Completes when the session has ended and every file is closed, with the results; what was stopped has <see cref="ResultGrid.IsFinished"/>
    /// false. Faulted with <see cref="InvalidOperationException"/> where the experiment ended with an error outside of its trials, and with
    /// <see cref="OperationCanceledException"/> where the token of <see cref="Tuner.StartAsync"/> stopped it.
    /// </summary>
    public Task<ResultGrid> Completion { get; }

    /// <summary>
    /// What happens in this session, from its beginning to its end, in the order of the record. Each reader reads the journal at its own pace:
    /// there may be several, one that begins late misses nothing, and one that is slow holds up nothing and costs no memory.
    /// </summary>
    public IAsyncEnumerable<RunEvent> Events => ReadAsync();

    /// <summary>Asks for a graceful stop: no new step begins, running steps end, trials write checkpoints.</summary>
    /// <param name="reason">Why, for the journal.</param>
    /// <param name="grace">After this time it is aborted; null waits as long as a step takes.</param>
    public void RequestStop(string reason = "a stop was requested", TimeSpan? grace = null) => _run.RequestStop(reason, grace);

    /// <summary>Leaves at once; the experiment can be continued.</summary>
    public void Abort() => _run.Abort();

    /// <summary>Stops gracefully where it still runs, and waits until every file is closed. Throws nothing; see <see cref="Completion"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!Completion.IsCompleted)
        {
            RequestStop("the run was disposed");
        }

        await ((Task)Completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async IAsyncEnumerable<RunEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var reader = new JournalReader(Directory);
        var (decisions, found) = (new DecisionReader(), new List<Decision>());
        for (var ended = false; ;)
        {
            while (reader.Read() is { } entry)
            {
                found.Clear();
                decisions.Read(entry.Event, entry.Commands, found);
                if (entry.Line > _run.LinesBefore)
                {
                    foreach (var happened in Of(entry).Concat(found.Select(d => new RunEvent.Decided(d))))
                    {
                        yield return happened;
                    }
                }
            }

            if (ended)
            {
                yield break;
            }

            // Read once more after the end: the last lines may have come in between.
            await Task.WhenAny(_run.Journal.LongerThanAsync(reader.Position), _run.Completion).WaitAsync(cancellationToken).ConfigureAwait(false);
            ended = _run.Completion.IsCompleted;
        }
    }

    private static IEnumerable<RunEvent> Of(JournalEntry entry)
    {
        var at = entry.Event.At;
        switch (entry.Event)
        {
            case ExperimentEvent.Reported reported:
                yield return new RunEvent.TrialReported(reported.Report);
                break;
            case ExperimentEvent.CheckpointSaved saved:
                yield return new RunEvent.CheckpointSaved(at, saved.Checkpoint);
                break;
        }

        foreach (var command in entry.Commands)
        {
            RunEvent? happened = command switch
            {
                ExperimentCommand.CreateTrial create => new RunEvent.TrialCreated(at, create.Trial, create.Config),
                ExperimentCommand.StartTrial start => new RunEvent.TrialStarted(at, start.Trial, start.From),
                ExperimentCommand.EndTrial end => new RunEvent.TrialEnded(at, end.Trial, end.Status, end.Reason),
                ExperimentCommand.FinishExperiment finish => new RunEvent.Ended(at, true, finish.Reason),
                ExperimentCommand.SuspendExperiment suspend => new RunEvent.Ended(at, false, suspend.Reason),
                _ => null,
            };
            if (happened is not null)
            {
                yield return happened;
            }
        }
    }
}
