namespace Tuning.Runners;

/// <content>Rounds: evaluations, and samples of whole episodes.</content>
public sealed partial class EnvRunner
{
    // After so many steps buffers that nobody looks at begin anew.
    private const int StepsKept = 256;

    /// <summary>Plays the share of a round that this runner's copies have; a copy that has played its share waits.</summary>
    /// <param name="modules">One per policy.</param>
    /// <param name="round">How long it is: an evaluation, or a sample of whole episodes.</param>
    /// <param name="runners">How many runners share it.</param>
    /// <param name="lifetimeSteps">Environment steps that training has sampled so far.</param>
    [MethodImpl(AggressiveOptimization)]
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
                var copy = _playing[i];
                _waiting[copy] = !PlayOn(copy, time, round);
                if (!_waiting[copy])
                {
                    _playing[still++] = copy;
                }
            }

            count = still;
            if (IsEvaluation && _player.Hooks is null && time % StepsKept == StepsKept - 1)
            {
                foreach (var policy in _policies)
                {
                    policy.Restart();
                }
            }
        }

        Array.Clear(_waiting);
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
        PlayedSteps = 0;
        var goesOn = round.Continues && Started;
        if (!goesOn)
        {
            Stop();
        }

        BeginIteration(modules, lifetimeSteps);
        if (round.Continues && !goesOn)
        {
            Start();
            goesOn = true;
        }

        var count = 0;
        for (var copy = 0; copy < _environments.Count; copy++)
        {
            _left[copy] = round.ShareOf(Index, copy, runners, _environments.Count);
            _waiting[copy] = _left[copy] == 0;
            if (_left[copy] > 0)
            {
                _playing[count++] = copy;
                if (!goesOn)
                {
                    _player.Begin(copy);
                }
            }
        }

        return count;
    }

    // One step of one copy; whether it goes on playing.
    private bool PlayOn(int copy, int time, EvaluationRound round)
    {
        var done = _player.Advance(copy, time);
        if (done || !round.InEpisodes)
        {
            _left[copy]--;
        }

        if (done && (_left[copy] > 0 || round.Continues))
        {
            _player.Begin(copy);
        }

        return round.PlaysOn(_left[copy], done);
    }
}
