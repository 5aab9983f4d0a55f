using System.Runtime.CompilerServices;
using Tuning.Runners;
using Tuning.Numerics;

namespace Tuning.Learning;

/// <content>What the threads do in an iteration. Who computes which piece never changes the piece's result.</content>
internal sealed partial class ManagedPpoLearner
{
    private const int ValueChunk = ChunkRows;
    private IReadOnlyList<RolloutBuffer> _batch = [];
    private float[][] _values = [];
    private float[][] _finalValues = [];
    private int[] _order = [];
    private int _nextChunk;
    private int _nextEnvironment;
    private double _learningRate;
    private double _entropyCoeff;
    private double _clip;
    private double _targetVariance;

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
                throw new ArgumentException($"Buffer {i} holds observations of {buffer.ObservationSize}, actions of {buffer.ActionSize} and inputs of {buffer.InputSize} floats; the module's are {_module.ObservationSize}, {distribution.ActionSize} and {distribution.InputSize}.", nameof(batch));
            }

            rows = checked(rows + buffer.Rows);
        }

        _batch = batch;
        _rows.Resize(rows, _module.ObservationSize, distribution.ActionSize, distribution.InputSize);
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

        var orders = checked(rows * Options.NumEpochs);
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
            Shuffle();
        }

        if (Options.UseCritic)
        {
            while (ComputeValues(Interlocked.Increment(ref _nextChunk) - 1, thread))
            {
            }
        }

        _all.SignalAndWait();
        while (Advance(Interlocked.Increment(ref _nextEnvironment) - 1))
        {
        }

        _all.SignalAndWait();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Shuffle()
    {
        var count = _rows.Count;

        // Where a minibatch is all there is, its gradient has no order.
        var whole = Minibatches == 1;
        var epochs = whole ? 1 : Options.NumEpochs;
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
                _random.Shuffle(order);
            }
        }
    }

    /// <summary>Values of the chunk of a number, counted through all buffers; false when there is none.</summary>
    private bool ComputeValues(int chunk, int thread)
    {
        for (var i = 0; i < _batch.Count; i++)
        {
            var buffer = _batch[i];
            if (Part(ref chunk, buffer.AllObservations, buffer.Rows + buffer.Environments, _values[i]) || Part(ref chunk, buffer.FinalObservations, buffer.FinalCount, _finalValues[i]))
            {
                return true;
            }
        }

        return false;

        bool Part(ref int number, ReadOnlySpan<float> observations, int rows, float[] values)
        {
            var chunks = (rows + ValueChunk - 1) / ValueChunk;
            if (number >= chunks)
            {
                number -= chunks;
                return false;
            }

            var first = number * ValueChunk;
            var count = Math.Min(ValueChunk, rows - first);
            _module.ComputeValues(observations.Slice(first * _module.ObservationSize, count * _module.ObservationSize), count, values.AsSpan(first), _workspaces[thread]);
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
                _rows.Copy(buffer, environment, first);
                AdvantageEstimator.Compute(buffer, environment, _values[i], _finalValues[i], Options, _rows.Advantages.AsSpan(first, buffer.Steps), _rows.Targets.AsSpan(first, buffer.Steps));
                return true;
            }

            environment -= buffer.Environments;
            first += buffer.Rows;
        }

        return false;
    }

    /// <summary>All epochs, on the network or networks of this thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Train(int thread)
    {
        var (firstTrainer, endTrainer, member) = (0, _trainers.Length, thread);
        if (_trainers.Length == 2 && _team.Count > 1)
        {
            var split = (_team.Count + 1) / 2;
            (firstTrainer, endTrainer, member) = thread < split ? (0, 1, thread) : (1, 2, thread - split);
        }

        // Every thread for itself: the sums are the same, and nobody waits for them.
        var (mean, deviation, targetVariance) = _rows.Statistics();
        var advantageScale = 1 / Math.Max(1e-4, deviation);
        if (thread == 0)
        {
            _targetVariance = targetVariance;
        }

        var (rows, size, step, whole) = (_rows.Count, Options.MinibatchSize, _steps, Minibatches == 1);
        for (var epoch = 0; epoch < Options.NumEpochs; epoch++)
        {
            var last = epoch == Options.NumEpochs - 1;
            for (var first = 0; first < rows; first += size)
            {
                var order = _order.AsSpan(whole ? 0 : (epoch * rows) + first, Math.Min(size, rows - first));
                var settings = Settings(order.Length, mean, advantageScale);
                var needsNorm = last || _normBound is not null;
                step++;
                for (var i = firstTrainer; i < endTrainer; i++)
                {
                    var squares = _trainers[i].Gradient(member, _rows, order, settings, needsNorm, isGathered: whole && epoch > 0);
                    if (member == 0)
                    {
                        _exchange[(int)(step & 1), i] = squares;
                        if (last)
                        {
                            _lastNorms[i][first / size] = squares;
                            _statistics[i] = _statistics[i].Plus(_trainers[i].Sums(order.Length));
                        }
                    }
                }

                var scale = _normBound is { } bound ? ClipScale(bound, (int)(step & 1)) : 1;
                var adam = AdamStep.Of(step, _learningRate, Options.AdamBeta1, Options.AdamBeta2, Options.AdamEpsilon, scale);
                for (var i = firstTrainer; i < endTrainer; i++)
                {
                    _trainers[i].Step(member, adam);
                }
            }
        }
    }

    /// <summary>What the gradient is multiplied by so that its norm over all networks stays below the bound, as in PyTorch.</summary>
    private double ClipScale(double bound, int slot)
    {
        // Two slots: a thread can be one step ahead of another, never two.
        _all.SignalAndWait();
        var squares = 0.0;
        for (var i = 0; i < _trainers.Length; i++)
        {
            squares += _exchange[slot, i];
        }

        return Math.Min(1, bound / (Math.Sqrt(squares) + 1e-6));
    }

    private LossSettings Settings(int rows, double advantageMean, double advantageScale) => new(
        new((float)_clip, Options.UseKlLoss ? (float)_klCoeff : 0, (float)_entropyCoeff, 1f / rows),
        (float)Options.VfLossCoeff,
        (float)Options.VfClipParam,
        (float)advantageMean,
        (float)advantageScale);
}
