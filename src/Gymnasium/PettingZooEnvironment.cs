namespace Tuning.Gymnasium;

/// <summary>
/// A copy of an environment of PettingZoo's parallel API, made by <c>env: pettingzoo:…</c>; as <see cref="GymEnvironment"/>, with several agents. The episode
/// ends when no agent is left.
/// </summary>
internal sealed unsafe class PettingZooEnvironment : IMultiAgentStepsAhead
{
    private readonly PythonWorker _worker;
    private readonly int _copy;
    private readonly AgentDescription[] _agents;
    private readonly Space[] _seen;
    private readonly Space[] _done;
    private readonly byte*[] _actions;
    private readonly byte*[] _observations;
    private readonly byte*[] _firsts;
    private readonly byte* _acts;
    private readonly byte* _flags;
    private readonly byte* _starts;
    private readonly byte* _over;
    private readonly double* _rewards;
    private RandomStream? _random;
    private bool _begun;
    private bool _sent;
    private bool _disposed;

    internal PettingZooEnvironment(PythonWorker worker, int copy)
    {
        (_worker, _copy, _agents) = (worker, copy, worker.Description.Agents);
        var count = _agents.Length;
        Agents = [.. _agents.Select(a => a.Name)];
        (_seen, _done) = ([.. _agents.Select(a => a.Observation.ToSpace())], [.. _agents.Select(a => a.Action.ToSpace())]);
        _acts = worker.Row<byte>("acts", copy, count);
        _flags = worker.Row<byte>("flags", copy, count);
        _starts = worker.Row<byte>("starts", copy, count);
        _over = worker.Row<byte>("over", copy, 1);
        _rewards = worker.Row<double>("reward", copy, count);
        (_actions, _observations, _firsts) = (new byte*[count], new byte*[count], new byte*[count]);
        for (var i = 0; i < count; i++)
        {
            _actions[i] = (byte*)worker.Row<int>(Invariant($"action{i}"), copy, _done[i].Size);
            _observations[i] = Observation("observation", i);
            _firsts[i] = Observation("first", i);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Agents { get; }

    /// <inheritdoc/>
    public Space ObservationSpace(int agent) => _seen[agent];

    /// <inheritdoc/>
    public Space ActionSpace(int agent) => _done[agent];

    /// <inheritdoc/>
    public void Reset(RandomStream random, MultiAgentStep step)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(step);
        ObjectDisposedException.ThrowIf(_disposed, this);
        var seeded = !ReferenceEquals(random, _random);
        if (seeded || !_begun)
        {
            if (seeded)
            {
                *_worker.Row<long>("seed", _copy, 1) = random.NextInt64(int.MaxValue);
            }

            _worker.Ask(_copy, seeded ? PythonWorker.SeededReset : PythonWorker.Reset);
            _worker.Await(_copy);
        }

        (_random, _begun, _sent) = (random, false, false);
        for (var i = 0; i < _agents.Length; i++)
        {
            if (_starts[i] != 0)
            {
                WorkerFlags.Read(_firsts[i], _agents[i].Observation, step.Observe(i));
            }
        }
    }

    /// <inheritdoc/>
    public void Send(MultiAgentStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        ObjectDisposedException.ThrowIf(_disposed, this);
        for (var i = 0; i < _agents.Length; i++)
        {
            _acts[i] = step.Acts(i) ? (byte)1 : (byte)0;
            if (step.Acts(i))
            {
                var action = step.Action(i);
                if (action.Choices.IsEmpty)
                {
                    action.Values.CopyTo(new((float*)_actions[i], _done[i].Size));
                }
                else
                {
                    action.Choices.CopyTo(new((int*)_actions[i], _done[i].Size));
                }
            }
        }

        _worker.Ask(_copy, PythonWorker.Step);
        _sent = true;
    }

    /// <inheritdoc/>
    public void Step(MultiAgentStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (!_sent)
        {
            Send(step);
        }

        _worker.Await(_copy);
        _sent = false;
        for (var i = 0; i < _agents.Length; i++)
        {
            var flags = _flags[i];
            if ((flags & WorkerFlags.Observed) != 0)
            {
                WorkerFlags.Read(_observations[i], _agents[i].Observation, step.Observe(i));
            }

            if ((flags & WorkerFlags.Present) != 0)
            {
                step.AddReward(i, _rewards[i]);
            }

            if ((flags & WorkerFlags.Terminated) != 0)
            {
                step.Terminate(i);
            }
            else if ((flags & WorkerFlags.Truncated) != 0)
            {
                step.Truncate(i);
            }
        }

        _begun = (*_over & WorkerFlags.Begun) != 0;
        if ((*_over & WorkerFlags.Terminated) != 0)
        {
            step.TerminateAll();
        }
        else if ((*_over & WorkerFlags.Truncated) != 0)
        {
            step.TruncateAll();
        }
    }

    /// <inheritdoc/>
    public void Forget()
    {
        (_random, _begun) = (null, false);
        if (_sent && !_disposed)
        {
            _worker.Ask(_copy, 0);
            _sent = false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _worker.Dispose();
        }
    }

    private byte* Observation(string array, int agent)
    {
        var (name, space) = (Invariant($"{array}{agent}"), _agents[agent].Observation);
        return space.Image ? _worker.Row<byte>(name, _copy, space.Size) : (byte*)_worker.Row<float>(name, _copy, space.Size);
    }
}
