using Tuning.Execution;
using Tuning.Experiments.Studies;
using Tuning.Server.Web;

namespace Tuning.Server;

/// <summary>What may be asked of a study from outside, and what an answer is: each request once, however often it comes.</summary>
/// <remarks>
/// Safe on any thread. Its own lock guards the tables and is never held while the study decides; a trial's lock puts what is said about the trial
/// in an order.
/// </remarks>
internal sealed partial class StudyDesk : IDisposable
{
    private const int MostRequests = 16_384;

    private static readonly TimeSpan _tick = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Study _study;
    private readonly StudyLoop _loop;
    private readonly TimeSpan? _lease;
    private readonly AskLog _log;
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _stopping = new();

    // All below is guarded by the lock.
    private readonly Dictionary<Handle, HandedTrial> _handed = [];
    private readonly HashSet<Handle> _leased = [];
    private readonly Queue<StudyTrial> _unclaimed = new();
    private readonly Dictionary<string, AskedOnce> _requests = new(StringComparer.Ordinal);
    private readonly Queue<(string Name, AskedOnce Asked)> _oldRequests = new();

    // What earlier servers heard at the end of trials is read when somebody repeats it.
    private readonly Lazy<ResultGrid> _earlier;

    public StudyDesk(Study study, TimeSpan? lease)
    {
        (_study, _loop, _lease) = (study, study.Loop, lease);
        _log = new(study.Directory);
        _earlier = new(study.Results);
        var asks = new Dictionary<Handle, Asked>();
        foreach (var asked in _log.Earlier)
        {
            foreach (var handle in asked.Trials)
            {
                asks[handle] = asked;
            }

            if (asked.Request is { } request)
            {
                Remember(request, new(asked.Count, Task.FromResult(asked.Trials)));
            }
        }

        foreach (var trial in _loop.Running)
        {
            if (asks.TryGetValue(new(trial.Id.Number, trial.Attempt), out var asked))
            {
                Hand(trial, asked);
            }
            else
            {
                _unclaimed.Enqueue(trial);
            }
        }

        _log.Earlier.Clear();
        _timer = _loop.Time.CreateTimer(_ => Tick(), null, _tick, _tick);
    }

    /// <summary>The study.</summary>
    public Study Study => _study;

    /// <summary>Called when there are no more trials and all have ended.</summary>
    public Action Finished { private get; set; } = () => { };

    /// <summary>Called of what no request is to blame for; the last such is said with the study.</summary>
    public void Failed(Exception error) => LastError = error.Message;

    /// <summary>The last error that no request was to blame for; null while there was none.</summary>
    public string? LastError { get; private set; }

    /// <summary>Hands out trials: the same where the request came before.</summary>
    /// <param name="ask">What is asked for.</param>
    /// <param name="gone">The client has gone.</param>
    public async Task<AskAnswer> AskAsync(AskRequest ask, CancellationToken gone)
    {
        CheckOpen();
        Expire();
        if (ask.Request is not { } name)
        {
            return Answer(await HandOutAsync(ask, gone).ConfigureAwait(false), ask);
        }

        var mine = new TaskCompletionSource<ImmutableArray<Handle>>(TaskCreationOptions.RunContinuationsAsynchronously);
        AskedOnce? before;
        lock (_lock)
        {
            if (!_requests.TryGetValue(name, out before))
            {
                Remember(name, new(ask.Count, mine.Task));
            }
        }

        if (before is not null)
        {
            return before.Count == ask.Count ? Answer(await before.Trials.WaitAsync(gone).ConfigureAwait(false), ask)
                : throw new ProblemException(409, "request-differs",
                    Invariant($"The request '{name}' asked for {before.Count} trials before, and now for {ask.Count}. A new ask has a new name."));
        }

        try
        {
            // Whoever repeats it while it waits is answered with it, also when the first has gone.
            var trials = await HandOutAsync(ask, CancellationToken.None).ConfigureAwait(false);
            if (trials.IsEmpty)
            {
                Forget(name);
            }

            mine.SetResult(trials);
            return Answer(trials, ask);
        }
        catch (Exception e)
        {
            Forget(name);
            mine.SetException(e);
            _ = mine.Task.Exception;
            throw;
        }
    }

    /// <summary>A value on the way.</summary>
    public ReportAnswer Report(Handle? attempt, int number, long step, Func<Metrics> read)
    {
        CheckOpen();
        Expire();
        var (handed, handle) = Find(number, attempt);
        if (handed is null)
        {
            return Earlier(handle, step);
        }

        lock (handed)
        {
            if (handed.Outcome is { } outcome)
            {
                return outcome.StoppedAt == step ? new(true, outcome.Reason, true) : throw Ended(handle, outcome.Reason);
            }

            var metrics = read();
            metrics[AutoMetrics.TrainingIteration] = step;
            var digest = ReportDigest.Of(metrics);
            handed.HeardAt = _loop.Time.GetTimestamp();
            if (handed.Step == step)
            {
                return handed.Digest is 0 || handed.Digest == digest ? new(false, null, true) : throw new ProblemException(409, "report-differs",
                    Invariant($"Trial {number} has reported step {step} with other values. A new report has a later step."));
            }

            var stops = Calling(() => _study.Report(handed.Trial, metrics));
            (handed.Step, handed.Digest) = (step, digest);
            if (!stops)
            {
                return new(false, null, false);
            }

            var reason = _loop.Find(handed.Trial.Id)?.Reason ?? "the study stopped it";
            End(handed, new(reason, step, 0, null));
            return new(true, reason, false);
        }
    }

    /// <summary>A trial has ended.</summary>
    /// <param name="attempt">Which attempt is meant; null for the one under way.</param>
    /// <param name="number">Its number.</param>
    /// <param name="metrics">What it came to; null with <paramref name="failure"/>, and where its last report is what it came to.</param>
    /// <param name="failure">Why it failed; null where it did not.</param>
    public TellAnswer Tell(Handle? attempt, int number, Metrics? metrics, string? failure)
    {
        CheckOpen();
        Expire();
        var (handed, handle) = Find(number, attempt);
        var digest = metrics is null ? 0 : ReportDigest.Of(metrics);
        if (handed is null)
        {
            return EarlierTold(handle, metrics, failure);
        }

        lock (handed)
        {
            if (handed.Outcome is { } outcome)
            {
                return Told(handed, outcome, digest, failure);
            }

            Calling(() =>
            {
                if (failure is not null)
                {
                    _study.TellFailed(handed.Trial, failure);
                }
                else if (metrics is not null)
                {
                    _study.Tell(handed.Trial, metrics);
                }
                else
                {
                    _study.Tell(handed.Trial);
                }

                return true;
            });
            End(handed, new(failure is null ? "it was told" : $"it failed: {failure}", null, digest, failure));
            return new(Word(handed.Trial.Id), true, false);
        }
    }

    /// <summary>A client says that it is still at work.</summary>
    public void Heartbeat(Handle? attempt, int number)
    {
        CheckOpen();
        Expire();
        var (handed, handle) = Find(number, attempt);
        if (handed is null)
        {
            throw Ended(handle, _loop.Find(new(number))?.Reason ?? "it is not under way");
        }

        lock (handed)
        {
            if (handed.Outcome is { } outcome)
            {
                throw Ended(handle, outcome.Reason);
            }

            handed.HeardAt = _loop.Time.GetTimestamp();
        }
    }

    /// <summary>Who works on a trial, as it calls itself; null where nobody said.</summary>
    public string? ClientOf(TrialId trial, int attempt)
    {
        lock (_lock)
        {
            return _handed.TryGetValue(new(trial.Number, attempt), out var handed) ? handed.Client : null;
        }
    }

    /// <summary>Whoever waits for a trial is told that there is none for now.</summary>
    public void Stop() => _stopping.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_lock)
        {
            _log.Dispose();
        }

        _stopping.Dispose();
    }
}
