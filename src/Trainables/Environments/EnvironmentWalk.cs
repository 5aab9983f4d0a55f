namespace Tuning.Environments;

/// <summary>An environment whose agents take a walk of random actions; it starts the next episode where one ends.</summary>
internal sealed class EnvironmentWalk : IDisposable
{
    private readonly bool _owns;
    private readonly RandomStream _luck;
    private readonly RandomStream _choices;
    private readonly float[][] _actions;
    private readonly bool[] _willAct;

    /// <summary>Starts an episode.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="seed">Decides its luck and all actions.</param>
    /// <param name="owns">Whether it ends with the walk.</param>
    public EnvironmentWalk(IMultiAgentEnvironment environment, ulong seed, bool owns = true)
    {
        (Environment, _owns) = (environment, owns);
        _luck = (SeedPath.Of(seed) / "environment").Stream();
        _choices = (SeedPath.Of(seed) / "actions").Stream();
        Now = environment.Start(_luck);
        _actions = [.. environment.Agents.Select((_, i) => new float[environment.ActionSpace(i).Size])];
        Present = new bool[environment.Agents.Count];
        _willAct = new bool[environment.Agents.Count];
        Follow();
    }

    public IMultiAgentEnvironment Environment { get; }

    public MultiAgentStep Now { get; }

    /// <summary>Who is there after the last step.</summary>
    public bool[] Present { get; }

    /// <summary>Whether the last call started an episode.</summary>
    public bool IsStart { get; private set; } = true;

    /// <summary>Goes on by one step, or to the start of the next episode, and returns the bytes that the environment allocated.</summary>
    public long Move()
    {
        IsStart = Now.Done;
        if (IsStart)
        {
            Environment.Restart(_luck, Now);
            Follow();
            return 0;
        }

        for (var i = 0; i < Now.Count; i++)
        {
            if (_willAct[i])
            {
                Environment.ActionSpace(i).Sample(_choices, _actions[i]);
                Now.SetAction(i, _actions[i]);
            }
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Environment.Advance(Now);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Follow();
        return bytes;
    }

    /// <summary>Goes on where another walk is, from the state of its environment.</summary>
    public void TakeOver(EnvironmentWalk other, JsonElement state)
    {
        _luck.Restore(other._luck.Save());
        _choices.Restore(other._choices.Save());
        Environment.RestoreState(state, _luck);
        other._willAct.CopyTo(_willAct, 0);
        other.Present.CopyTo(Present, 0);
    }

    /// <summary>What differs between what two walks saw last; null when nothing does.</summary>
    public string? Difference(EnvironmentWalk other)
    {
        if (Now.AllTerminated != other.Now.AllTerminated || Now.AllTruncated != other.Now.AllTruncated)
        {
            return "the episode's end";
        }

        for (var i = 0; i < Now.Count; i++)
        {
            if (Now.IsObserved(i) != other.Now.IsObserved(i) || (Now.IsObserved(i) && !Now.Observation(i).SequenceEqual(other.Now.Observation(i))))
            {
                return $"the observation{Of(i)}: [{ObservationText.Of(Now.Observation(i))}] and [{ObservationText.Of(other.Now.Observation(i))}]";
            }

            if (!Now.Reward(i).Equals(other.Now.Reward(i))
                || Now.IsTerminated(i) != other.Now.IsTerminated(i) || Now.IsTruncated(i) != other.Now.IsTruncated(i))
            {
                return Invariant($"reward or end{Of(i)}: {Now.Reward(i)} and {other.Now.Reward(i)}");
            }
        }

        return null;
    }

    /// <summary>Whose something is, for messages; nothing where there is one agent.</summary>
    public string Of(int agent) => EnvironmentRules.Of(Environment, agent);

    public void Dispose()
    {
        if (_owns)
        {
            Environment.Dispose();
        }
    }

    private void Follow()
    {
        for (var i = 0; i < Now.Count; i++)
        {
            Present[i] = (Present[i] && !IsStart) || Now.IsObserved(i);
            Present[i] &= !Now.Done && !Now.IsTerminated(i) && !Now.IsTruncated(i);
            _willAct[i] = Now.ActsNext(i);
        }
    }
}
