namespace Tuning.Learning;

/// <summary>
/// PPO on the managed backend. Policy and value network have nothing to do with each other but the gradient's norm, so each gets threads of its
/// own, which meet only if gradients are clipped by their norm over both. Who computes which piece never changes the piece's result.
/// </summary>
internal sealed class ManagedPpoLearner : AdamPpoLearner
{
    private const int ChunkRows = 48;
    private readonly DefaultPpoModule _module;
    private readonly ThreadTeam _team;
    private readonly NetworkTrainer[] _trainers;
    private readonly ModuleWorkspace[] _workspaces;
    private readonly Action<int> _update;
    private readonly double[,] _exchange;
    private readonly double[][] _lastNorms;
    private readonly PpoSums[] _sums;
    private IReadOnlyList<RolloutBuffer> _batch = [];
    private float[][] _values = [];
    private float[][] _finalValues = [];
    private int[] _order = [];
    private int _nextChunk;
    private int _nextEnvironment;
    private long _lifetimeSteps;
    private double _targetVariance;

    public ManagedPpoLearner(DefaultPpoModule module, PpoOptions options, RandomStream random, int threads)
        : base(options, random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _module = module;
        var (distribution, adam, minibatch) = (module.ActionDistribution, OptimizerOf(options), options.MinibatchSize);
        _trainers = module.Networks.Count == 1 ? [new(module.Policy, distribution, module.FirstPolicyOutput, options.UseCritic, minibatch, threads, adam)]
            : !options.UseCritic ? [new(module.Policy, distribution, 0, false, minibatch, threads, adam)]
            : [new(module.Policy, distribution, 0, false, minibatch, Math.Max(1, (threads + 1) / 2), adam),
                new(module.Value, null, 0, true, minibatch, Math.Max(1, threads / 2), adam)];
        Optimizer = new(adam, [.. _trainers.Select(trainer => trainer.Update)]);
        _sums = new PpoSums[_trainers.Length];
        _exchange = new double[2, _trainers.Length];
        _lastNorms = [.. _trainers.Select(_ => Array.Empty<double>())];
        _workspaces = [.. Enumerable.Range(0, threads).Select(_ => module.CreateWorkspace(ChunkRows))];
        foreach (var workspace in _workspaces)
        {
            // Makes the value function's part now: later, which thread computes values first would decide when memory is taken.
            module.ComputeValues([], 0, [], workspace);
        }

        _team = new ThreadTeam(threads, "PPO learner", [.. _trainers.Select(trainer => trainer.Barrier)]);
        _update = thread =>
        {
            Prepare(thread);
            Train(thread);
        };
    }

    public override RlModule Module => _module;

    /// <summary>For tests: the trainers, policy first.</summary>
    internal IReadOnlyList<NetworkTrainer> Trainers => _trainers;

    private int Minibatches => (Rows.Count + Options.MinibatchSize - 1) / Options.MinibatchSize;

    public override PpoLearnerMetrics Update(IReadOnlyList<RolloutBuffer> batch, long lifetimeSteps)
    {
        Accept(batch);
        if (Rows.Count == 0)
        {
            return Idle(lifetimeSteps);
        }

        foreach (var trainer in _trainers)
        {
            trainer.Refresh();
        }

        _lifetimeSteps = lifetimeSteps;
        _sums.AsSpan().Clear();
        _team.Run(_update);
        var gradientSteps = (long)Options.Epochs * Minibatches;
        Optimizer.Steps += gradientSteps;
        _module.WeightsChanged();
        var (policy, value) = (_sums[0], _sums[^1]);
        return Report(policy with { Clipped = value.Clipped, Unclipped = value.Unclipped, Error = value.Error }, MeanNorm(), _targetVariance, gradientSteps,
            lifetimeSteps);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _team.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Of the last epoch, over all networks.</summary>
    private double MeanNorm()
    {
        var sum = 0.0;
        for (var i = 0; i < Minibatches; i++)
        {
            var squares = 0.0;
            foreach (var norms in _lastNorms)
            {
                squares += norms[i];
            }

            sum += Math.Sqrt(squares);
        }

        return sum / Minibatches;
    }

    private void Accept(IReadOnlyList<RolloutBuffer> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var distribution = _module.ActionDistribution;
        var rows = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            var buffer = batch[i];
            if (buffer.ObservationSize != _module.ObservationSize || buffer.ActionSize != distribution.ActionSize || buffer.InputSize != distribution.InputSize)
            {
                throw new ArgumentException($"Buffer {i} holds observations of {buffer.ObservationSize}, actions of {buffer.ActionSize} and inputs of " +
                    $"{buffer.InputSize} floats; the module's are {_module.ObservationSize}, {distribution.ActionSize} and {distribution.InputSize}.",
                    nameof(batch));
            }

            rows = checked(rows + buffer.Rows);
        }

        _batch = batch;
        Rows.Resize(rows, _module.ObservationSize, distribution.ActionSize, distribution.InputSize);
        if (_values.Length != batch.Count)
        {
            _values = [.. batch.Select(_ => Array.Empty<float>())];
            _finalValues = [.. batch.Select(_ => Array.Empty<float>())];
        }

        for (var i = 0; i < batch.Count; i++)
        {
            Grow(ref _values[i], batch[i].Rows + batch[i].Environments);
            Grow(ref _finalValues[i], batch[i].FinalCount);
        }

        var orders = checked(rows * Options.Epochs);
        if (_order.Length < orders)
        {
            _order = new int[PpoRows.Room(_order.Length, orders)];
        }

        for (var i = 0; i < _lastNorms.Length; i++)
        {
            Grow(ref _lastNorms[i], Minibatches);
        }

        (_nextChunk, _nextEnvironment) = (0, 0);
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            // Half more than is needed now: episodes end more often in one iteration than in another.
            array = new T[length + (length / 2)];
        }
    }

    /// <summary>The orders of all epochs, the values of all observations, and from them rows, advantages and targets.</summary>
    private void Prepare(int thread)
    {
        if (thread == 0)
        {
            DrawOrders();
        }

        if (Options.UseCritic)
        {
            while (ComputeValues(Interlocked.Increment(ref _nextChunk) - 1, thread))
            {
            }
        }

        _team.Together.SignalAndWait();
        while (Advance(Interlocked.Increment(ref _nextEnvironment) - 1))
        {
        }

        _team.Together.SignalAndWait();
    }

    [MethodImpl(AggressiveOptimization)]
    private void DrawOrders()
    {
        var count = Rows.Count;

        // Where a minibatch is all there is, its gradient has no order.
        var whole = Minibatches == 1;
        var epochs = whole ? 1 : Options.Epochs;
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            var order = _order.AsSpan(epoch * count, count);
            if (epoch == 0)
            {
                for (var i = 0; i < count; i++)
                {
                    order[i] = i;
                }
            }
            else
            {
                _order.AsSpan((epoch - 1) * count, count).CopyTo(order);
            }

            if (Options.ShuffleBatchPerEpoch && !whole)
            {
                Shuffle(order);
            }
        }
    }

    /// <summary>Values of the chunk of a number, counted through all buffers; false when there is none.</summary>
    private bool ComputeValues(int chunk, int thread)
    {
        for (var i = 0; i < _batch.Count; i++)
        {
            var buffer = _batch[i];
            if (Part(ref chunk, buffer.AllObservations, buffer.Rows + buffer.Environments, _values[i])
                || Part(ref chunk, buffer.FinalObservations, buffer.FinalCount, _finalValues[i]))
            {
                return true;
            }
        }

        return false;

        bool Part(ref int number, ReadOnlySpan<float> observations, int rows, float[] values)
        {
            var chunks = (rows + ChunkRows - 1) / ChunkRows;
            if (number >= chunks)
            {
                number -= chunks;
                return false;
            }

            var first = number * ChunkRows;
            var count = Math.Min(ChunkRows, rows - first);
            _module.ComputeValues(observations.Slice(first * _module.ObservationSize, count * _module.ObservationSize), count, values.AsSpan(first),
                _workspaces[thread]);
            return true;
        }
    }

    /// <summary>Rows and advantages of the environment of a number, counted through all buffers; false when there is none.</summary>
    private bool Advance(int environment)
    {
        var first = 0;
        for (var i = 0; i < _batch.Count; i++)
        {
            var buffer = _batch[i];
            if (environment < buffer.Environments)
            {
                first += environment * buffer.Steps;
                Rows.Copy(buffer, environment, first);
                AdvantageEstimator.Compute(buffer, environment, _values[i], _finalValues[i], Options, Rows.Advantages.AsSpan(first, buffer.Steps),
                    Rows.Targets.AsSpan(first, buffer.Steps));
                return true;
            }

            environment -= buffer.Environments;
            first += buffer.Rows;
        }

        return false;
    }

    /// <summary>All epochs, on the network or networks of this thread.</summary>
    [MethodImpl(AggressiveOptimization)]
    private void Train(int thread)
    {
        var (firstTrainer, endTrainer, member) = (0, _trainers.Length, thread);
        if (_trainers.Length == 2 && _team.Count > 1)
        {
            var split = (_team.Count + 1) / 2;
            (firstTrainer, endTrainer, member) = thread < split ? (0, 1, thread) : (1, 2, thread - split);
        }

        // Every thread for itself: the sums are the same, and nobody waits for them.
        var (mean, deviation, targetVariance) = Rows.Statistics();
        if (thread == 0)
        {
            _targetVariance = targetVariance;
        }

        var (rows, size, step, whole) = (Rows.Count, Options.MinibatchSize, Optimizer.Steps, Minibatches == 1);
        var learningRate = Options.LearningRate.At(_lifetimeSteps);
        for (var epoch = 0; epoch < Options.Epochs; epoch++)
        {
            var last = epoch == Options.Epochs - 1;
            for (var first = 0; first < rows; first += size)
            {
                var order = _order.AsSpan(whole ? 0 : (epoch * rows) + first, Math.Min(size, rows - first));
                var settings = Settings(order.Length, _lifetimeSteps, mean, deviation);
                var needsNorm = last || Optimizer.NeedsNorm;
                step++;
                for (var i = firstTrainer; i < endTrainer; i++)
                {
                    var squares = _trainers[i].Gradient(member, Rows, order, settings, needsNorm, isGathered: whole && epoch > 0);
                    if (member == 0)
                    {
                        _exchange[(int)(step & 1), i] = squares;
                        if (last)
                        {
                            _lastNorms[i][first / size] = squares;
                            _sums[i] = _sums[i].Plus(_trainers[i].Sums(order.Length));
                        }
                    }
                }

                var adam = Optimizer.At(step, learningRate, Optimizer.NeedsNorm ? Norm((int)(step & 1)) : 0);
                for (var i = firstTrainer; i < endTrainer; i++)
                {
                    _trainers[i].Step(member, adam);
                }
            }
        }
    }

    /// <summary>The norm of the gradient over all networks.</summary>
    private double Norm(int slot)
    {
        // Two slots: a thread can be one step ahead of another, never two.
        _team.Together.SignalAndWait();
        var squares = 0.0;
        for (var i = 0; i < _trainers.Length; i++)
        {
            squares += _exchange[slot, i];
        }

        return Math.Sqrt(squares);
    }
}
