namespace Tuning.Gymnasium;

/// <summary>
/// A copy of an environment of Python's Gymnasium, made by <c>env: gym:…</c>. It steps in a worker process, beside the other copies of its runner. Hooks that
/// are shown an environment find here what <see cref="IEnvironment"/> has no place for.
/// </summary>
/// <remarks>
/// The copy is seeded once, by a number from its stream, and goes on drawing by itself, as Gymnasium means it. It is reset within the step that ends an
/// episode. Its state cannot be saved: a restored experiment begins its episodes anew.
/// </remarks>
public sealed unsafe class GymEnvironment : IStepsAhead
{
    private readonly PythonWorker _worker;
    private readonly int _copy;
    private readonly SpaceDescription _seen;
    private readonly byte* _flags;
    private readonly double* _reward;
    private readonly double*[] _infos;
    private readonly byte* _action;
    private readonly byte* _observation;
    private readonly byte* _first;
    private RandomStream? _random;
    private bool _begun;
    private bool _sent;
    private bool _isReset;
    private bool _disposed;

    internal GymEnvironment(PythonWorker worker, int copy)
    {
        (_worker, _copy) = (worker, copy);
        var agent = worker.Description.Agents[0];
        (_seen, ObservationSpace, ActionSpace) = (agent.Observation, agent.Observation.ToSpace(), agent.Action.ToSpace());
        ActionParts = agent.Action.Parts;
        _flags = worker.Row<byte>("flags", copy, 1);
        _reward = worker.Row<double>("reward", copy, 1);
        var (infos, copies) = (worker.Infos.Count, worker.Copies);
        _infos = [worker.Row<double>("infos", copy, infos), worker.Row<double>("infos", copies + copy, infos)];
        _action = (byte*)worker.Row<int>("action", copy, agent.Action.Size);
        _observation = Observation("observation");
        _first = Observation("first");
    }

    /// <inheritdoc/>
    public Space ObservationSpace { get; }

    /// <inheritdoc/>
    public Space ActionSpace { get; }

    /// <summary>The process that it runs in.</summary>
    internal PythonWorker Worker => _worker;

    /// <summary>The parts of the observation in Python, in the order of their numbers.</summary>
    public ImmutableArray<SpacePart> ObservationParts => _seen.Parts;

    /// <summary>The parts of the action in Python, in the order of their numbers.</summary>
    public ImmutableArray<SpacePart> ActionParts { get; }

    /// <summary>A number of the info dictionary that the last step or reset gave.</summary>
    /// <param name="name">One of those that <c>infos</c> in <c>env_config</c> lists; slashes lead into dictionaries.</param>
    /// <returns>The number; NaN where the dictionary had none of that name.</returns>
    /// <exception cref="ArgumentException">It is not listed.</exception>
    public double Info(string name)
    {
        for (var i = 0; i < _worker.Infos.Count; i++)
        {
            if (_worker.Infos[i] == name)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                return _infos[_isReset ? 1 : 0][i];
            }
        }

        throw new ArgumentException($"The info '{name}' is not handed over; list it below infos in the env_config of {_worker.Name}.", nameof(name));
    }

    /// <inheritdoc/>
    public void Reset(RandomStream random, Span<float> observation)
    {
        ArgumentNullException.ThrowIfNull(random);
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

        (_random, _begun, _sent, _isReset) = (random, false, false, true);
        Read(_first, observation);
    }

    /// <inheritdoc/>
    public void Send(EnvironmentAction action)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (action.Choices.IsEmpty)
        {
            action.Values.CopyTo(new((float*)_action, ActionSpace.Size));
        }
        else
        {
            action.Choices.CopyTo(new((int*)_action, ActionSpace.Size));
        }

        _worker.Ask(_copy, PythonWorker.Step);
        _sent = true;
    }

    /// <inheritdoc/>
    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        if (!_sent)
        {
            Send(action);
        }

        _worker.Await(_copy);
        (_sent, _isReset) = (false, false);
        var flags = *_flags;
        _begun = (flags & WorkerFlags.Begun) != 0;
        Read(_observation, observation);
        return new(*_reward, (flags & WorkerFlags.Terminated) != 0, (flags & WorkerFlags.Truncated) != 0);
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

    private byte* Observation(string array) => _seen.Image ? _worker.Row<byte>(array, _copy, _seen.Size) : (byte*)_worker.Row<float>(array, _copy, _seen.Size);

    private void Read(byte* row, Span<float> observation) => WorkerFlags.Read(row, _seen, observation);
}

/// <summary>What the worker says of a step, in bits.</summary>
internal static unsafe class WorkerFlags
{
    public const byte Terminated = 1;
    public const byte Truncated = 2;
    public const byte Begun = 4;
    public const byte Present = 4;
    public const byte Observed = 8;

    /// <summary>Reads an observation; images are bytes in the memory.</summary>
    public static void Read(byte* row, SpaceDescription space, Span<float> observation)
    {
        if (!space.Image)
        {
            new ReadOnlySpan<float>(row, space.Size).CopyTo(observation);
            return;
        }

        for (var i = 0; i < observation.Length; i++)
        {
            observation[i] = row[i];
        }
    }
}
