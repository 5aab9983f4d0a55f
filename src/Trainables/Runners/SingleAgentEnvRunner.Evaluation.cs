using System.Runtime.CompilerServices;
using Tuning.Environments;
using Tuning.Modules;

namespace Tuning.Runners;

/// <content>Evaluation, and samples of whole episodes: copies play shares, and wait when they have played them.</content>
internal sealed partial class SingleAgentEnvRunner
{
    private float[] _evaluated = [];
    private float[] _inputs = [];
    private float[] _actions = [];
    private int[] _playing = [];
    private int[] _left = [];
    private RolloutBuffer[] _samples = [];

    /// <summary>The buffers of this runner's copies, which samples of whole episodes go to. Called once, before any.</summary>
    internal IReadOnlyList<RolloutBuffer> RecordLanes(int actionSize, int inputSize) =>
        _samples = [.. _episodes.Select(_ => RolloutBuffer.OfLane(_toModule.OutputSize, actionSize, inputSize))];

    /// <summary>Plays the share of a round that this runner's copies have.</summary>
    /// <param name="module">The policy.</param>
    /// <param name="round">How long it is.</param>
    /// <param name="runners">How many runners share it.</param>
    /// <param name="lifetimeSteps">Environment steps that training has sampled so far.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Play(RlModule module, EvaluationRound round, int runners, long lifetimeSteps)
    {
        var workspace = WorkspaceFor(module);
        var (size, inputSize, actionSize) = (_toModule.OutputSize, module.ActionDistribution.InputSize, module.ActionDistribution.ActionSize);
        var count = BeginRound(module, round, runners);
        _exploration.BeginSample(lifetimeSteps);
        for (var step = 0; count > 0; step++)
        {
            for (var i = 0; i < count; i++)
            {
                RowOf(_playing[i]).CopyTo(_evaluated.AsSpan(i * size));
            }

            _exploration.Act(module, _evaluated.AsSpan(0, count * size), _playing.AsSpan(0, count), _inputs.AsSpan(0, count * inputSize), _actions.AsSpan(0, count * actionSize), workspace, Random);
            Divergence.RefuseActions(_actions.AsSpan(0, count * actionSize));
            PlayedSteps += count;
            var still = 0;
            for (var i = 0; i < count; i++)
            {
                if (PlayOn(_playing[i], step, _inputs.AsSpan(i * inputSize, inputSize), _actions.AsSpan(i * actionSize, actionSize), round))
                {
                    _playing[still++] = _playing[i];
                }
            }

            count = still;
        }

        Started = round.Continues;
        foreach (var samples in _samples)
        {
            if (samples.Steps > 0)
            {
                _hooks?.OnSampleEnd(this, samples);
            }
        }
    }

    // Deals out the shares, and begins the episodes of those that have one. How many play.
    private int BeginRound(RlModule module, EvaluationRound round, int runners)
    {
        var copies = _episodes.Length;
        var (inputSize, actionSize) = (module.ActionDistribution.InputSize, module.ActionDistribution.ActionSize);
        if (_playing.Length == 0)
        {
            _evaluated = new float[copies * _toModule.OutputSize];
            (_inputs, _actions) = (new float[copies * inputSize], new float[copies * actionSize]);
            (_playing, _left) = (new int[copies], new int[copies]);
            if (_hooks is not null && _samples.Length == 0)
            {
                RecordLanes(actionSize, inputSize);
            }
        }

        _finished.Clear();
        PlayedSteps = 0;
        var goesOn = round.Continues && Started;
        if (round.Continues && !Started)
        {
            Start();
            goesOn = true;
        }

        var count = 0;
        for (var copy = 0; copy < copies; copy++)
        {
            _left[copy] = round.ShareOf(Index, copy, runners, copies);
            if (_left[copy] > 0)
            {
                _playing[count++] = copy;
                if (!goesOn)
                {
                    Begin(_episodes[copy], RowOf(copy));
                }
            }

            if (_samples.Length > 0)
            {
                _samples[copy].Forget();
                RowOf(copy).CopyTo(_samples[copy].Pending);
            }
        }

        return count;
    }

    // One step of one copy; whether it goes on playing.
    private bool PlayOn(int copy, int step, ReadOnlySpan<float> inputs, ReadOnlySpan<float> action, EvaluationRound round)
    {
        var episode = _episodes[copy];
        var row = RowOf(copy);
        var result = Advance(episode, action, row);
        if (_samples.Length > 0)
        {
            Record(_samples[copy], inputs, action, result, row);
        }

        if (result.Done)
        {
            Finish(episode, step);
        }

        if (result.Done || !round.InEpisodes)
        {
            _left[copy]--;
        }

        if (result.Done && (_left[copy] > 0 || round.Continues))
        {
            Begin(episode, row);
        }

        if (_samples.Length > 0)
        {
            row.CopyTo(_samples[copy].Pending);
        }

        return round.PlaysOn(_left[copy], result.Done);
    }

    private static void Record(RolloutBuffer samples, ReadOnlySpan<float> inputs, ReadOnlySpan<float> action, StepResult result, ReadOnlySpan<float> row)
    {
        inputs.CopyTo(samples.PendingInputs);
        action.CopyTo(samples.PendingAction);
        samples.Complete((float)result.Reward);
        if (result.Terminated)
        {
            samples.MarkTerminated(samples.Steps - 1, 0);
        }
        else if (result.Done)
        {
            samples.MarkTruncated(samples.Steps - 1, 0, row);
        }
    }

    private Span<float> RowOf(int copy) => _current.AsSpan(copy * _toModule.OutputSize, _toModule.OutputSize);
}
