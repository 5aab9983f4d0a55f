using System.Text.Json;
using Tuning.Randomness;

namespace Tuning.Environments;

/// <summary>An environment with several agents that take a walk of random actions; it starts the next episode where one ends.</summary>
internal sealed class MultiAgentWalk : IEnvironmentWalk<MultiAgentWalk>
{
    private readonly bool _owns;
    private readonly RandomStream _luck;
    private readonly RandomStream _choices;
    private readonly float[][] _actions;
    private readonly bool[] _willAct;

    public MultiAgentWalk(IMultiAgentEnvironment environment, ulong seed, bool owns = true)
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

    /// <inheritdoc/>
    public bool IsBetweenEpisodes => Now.Done;

    /// <inheritdoc/>
    public bool CanSaveState => Environment.CanSaveState;

    /// <inheritdoc/>
    public JsonElement SaveState() => Environment.SaveState();

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public void TakeOver(MultiAgentWalk other, JsonElement state)
    {
        _luck.Restore(other._luck.Save());
        _choices.Restore(other._choices.Save());
        Environment.RestoreState(state, _luck);
        other._willAct.CopyTo(_willAct, 0);
        other.Present.CopyTo(Present, 0);
    }

    /// <inheritdoc/>
    public string? Difference(MultiAgentWalk other)
    {
        if (Now.AllTerminated != other.Now.AllTerminated || Now.AllTruncated != other.Now.AllTruncated)
        {
            return "the episode's end";
        }

        for (var i = 0; i < Now.Count; i++)
        {
            if (Now.IsObserved(i) != other.Now.IsObserved(i) || (Now.IsObserved(i) && !Now.Observation(i).SequenceEqual(other.Now.Observation(i))))
            {
                return $"the observation of '{Environment.Agents[i]}'";
            }

            if (!Now.Reward(i).Equals(other.Now.Reward(i)) || Now.IsTerminated(i) != other.Now.IsTerminated(i) || Now.IsTruncated(i) != other.Now.IsTruncated(i))
            {
                return $"reward or end of '{Environment.Agents[i]}'";
            }
        }

        return null;
    }

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
