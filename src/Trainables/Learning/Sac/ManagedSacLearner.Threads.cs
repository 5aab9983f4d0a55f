using System.Runtime.CompilerServices;
using Tuning.Numerics;

namespace Tuning.Learning;

/// <content>What the threads do in a gradient step.</content>
internal sealed partial class ManagedSacLearner
{
    private int _nextBlock;
    private int _nextSum;
    private int _nextStep;
    private int _nextTransposition;
    private bool _targetsFollow;
    private double _actorLr;
    private double _criticLr;

    private Action<int> Guard(Action<int> body) => thread =>
    {
        try
        {
            body(thread);
        }
        catch
        {
            _barrier.Break();
            throw;
        }
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Update(int thread)
    {
        var count = _rows.Batch.Count;
        var settings = new SacSettings((float)Alpha, 1f / count, _options.Huber);
        for (var i = Next(ref _nextBlock); i < Blocks; i = Next(ref _nextBlock))
        {
            _blocks[i].Compute(_rows, i * RowsPerBlock, Math.Min(RowsPerBlock, count - (i * RowsPerBlock)), _transposed, settings);
        }

        _barrier.SignalAndWait();
        for (var i = Next(ref _nextSum); Find(i, out var update, out var piece); i = Next(ref _nextSum))
        {
            _updates[update].Reduce(piece, Blocks);
        }

        _barrier.SignalAndWait();
        if (_updates[0].Clip is not null)
        {
            if (thread == 0)
            {
                foreach (var update in _updates)
                {
                    update.Clip!.Apply(update.Gradient);
                }
            }

            _barrier.SignalAndWait();
        }

        for (var i = Next(ref _nextStep); Find(i, out var update, out var piece); i = Next(ref _nextStep))
        {
            var scale = _normBound is { } bound ? Math.Min(1, bound / (_updates[update].Norm + 1e-6)) : 1;
            var step = AdamStep.Of(_steps, update == 0 ? _actorLr : _criticLr, 0.9, 0.999, 1e-8, scale);
            _updates[update].Apply(piece, step, _targetsFollow ? (float)_options.Tau : 0);
        }

        _barrier.SignalAndWait();
        for (var i = Next(ref _nextTransposition); i < _transposed.Length; i = Next(ref _nextTransposition))
        {
            _transposed[i].Refresh();
        }

        // Nobody takes from the first three any more.
        if (thread == 0)
        {
            (_nextBlock, _nextSum, _nextStep) = (0, 0, 0);
        }

        _barrier.SignalAndWait();
        _nextTransposition = 0;
    }

    private static int Next(ref int counter) => Interlocked.Increment(ref counter) - 1;

    /// <summary>The network and piece of a number, counted through all networks; false when there is none.</summary>
    private bool Find(int number, out int update, out int piece)
    {
        (update, piece) = (0, number);
        while (update < _updates.Length && piece >= _updates[update].Pieces)
        {
            piece -= _updates[update].Pieces;
            update++;
        }

        return update < _updates.Length;
    }
}
