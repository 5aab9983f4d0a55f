using System.Runtime.CompilerServices;

namespace Tuning.Runners;

/// <content>Evaluation, and samples of whole episodes: copies play shares, and wait when they have played them.</content>
internal sealed partial class MultiAgentEnvRunner
{
    // After so many steps buffers that nobody looks at begin anew.
    private const int StepsKept = 256;

    private int[] _playing = [];
    private int[] _left = [];

    // Copies that have played their share; null where all play on.
    private bool[]? _waiting;

    /// <summary>Plays the share of a round that this runner's copies have.</summary>
    /// <param name="modules">One per policy.</param>
    /// <param name="round">How long it is.</param>
    /// <param name="runners">How many runners share it.</param>
    /// <param name="lifetimeSteps">Environment steps that training has sampled so far.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Play(IReadOnlyList<RlModule> modules, EvaluationRound round, int runners, long lifetimeSteps)
    {
        var count = BeginRound(modules, round, runners, lifetimeSteps);
        for (var time = 0; count > 0; time++)
        {
            Act();
            PlayedSteps += count;
            var still = 0;
            for (var i = 0; i < count; i++)
            {
                if (PlayOn(_playing[i], time, round))
                {
                    _playing[still++] = _playing[i];
                }
                else
                {
                    _waiting![_playing[i]] = true;
                }
            }

            count = still;
            if (IsEvaluation && _hooks is null && time % StepsKept == StepsKept - 1)
            {
                RestartBuffers();
            }
        }

        ShowSamples();
        if (IsEvaluation && !round.Continues)
        {
            Stop();
        }
        else
        {
            // Samples are learnt from before the next round drops them.
            Started = round.Continues;
        }
    }

    // Deals out the shares, and begins the episodes of those that have one. How many play.
    private int BeginRound(IReadOnlyList<RlModule> modules, EvaluationRound round, int runners, long lifetimeSteps)
    {
        var copies = _episodes.Length;
        if (_playing.Length == 0)
        {
            (_playing, _left, _waiting) = (new int[copies], new int[copies], new bool[copies]);
        }

        _finished.Clear();
        _finishedAgents.Clear();
        PlayedSteps = 0;
        var goesOn = round.Continues && Started;
        if (!goesOn)
        {
            Stop();
        }

        for (var i = 0; i < _policies.Length; i++)
        {
            _policies[i].Begin(modules[i], lifetimeSteps);
        }

        if (round.Continues && !goesOn)
        {
            Start();
            goesOn = true;
        }

        var count = 0;
        for (var copy = 0; copy < copies; copy++)
        {
            _left[copy] = round.ShareOf(Index, copy, runners, copies);
            _waiting![copy] = _left[copy] == 0;
            if (_left[copy] > 0)
            {
                _playing[count++] = copy;
                if (!goesOn)
                {
                    Begin(copy);
                }
            }
        }

        return count;
    }

    // One step of one copy; whether it goes on playing.
    private bool PlayOn(int copy, int time, EvaluationRound round)
    {
        var done = Advance(copy, time);
        if (done || !round.InEpisodes)
        {
            _left[copy]--;
        }

        if (done && (_left[copy] > 0 || round.Continues))
        {
            Begin(copy);
        }

        return round.PlaysOn(_left[copy], done);
    }

    private void RestartBuffers()
    {
        foreach (var policy in _policies)
        {
            foreach (var buffer in policy.Used)
            {
                buffer.Restart();
            }
        }
    }
}
