using System.Text.Json;
using Tuning.Randomness;

namespace Tuning.Environments;

/// <summary>An environment that takes a walk of random actions.</summary>
internal sealed class EnvironmentWalk : IEnvironmentWalk<EnvironmentWalk>
{
    private readonly bool _owns;
    private readonly RandomStream _luck;
    private readonly RandomStream _choices;
    private readonly float[] _action;
    private readonly int[] _indices;

    public EnvironmentWalk(IEnvironment environment, ulong seed, bool owns = true)
    {
        (Environment, _owns) = (environment, owns);
        _luck = (SeedPath.Of(seed) / "environment").Stream();
        _choices = (SeedPath.Of(seed) / "actions").Stream();
        _action = new float[environment.ActionSpace.Size];
        _indices = new int[_action.Length];
        Observation = new float[environment.ObservationSpace.Size];
        environment.Reset(_luck, Observation);
    }

    public IEnvironment Environment { get; }

    public float[] Observation { get; }

    public StepResult Result { get; private set; }

    /// <summary>Takes a step and returns the bytes that it allocated.</summary>
    public long Step()
    {
        Environment.ActionSpace.Sample(_choices, _action);
        for (var i = 0; i < _indices.Length; i++)
        {
            _indices[i] = (int)_action[i];
        }

        var action = Environment.ActionSpace.IsDiscrete ? new EnvironmentAction(_indices) : new EnvironmentAction(_action);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Result = Environment.Step(action, Observation);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    public void ResetIfDone()
    {
        if (Result.Done)
        {
            Environment.Reset(_luck, Observation);
        }
    }

    /// <inheritdoc/>
    public bool IsBetweenEpisodes => false;

    /// <inheritdoc/>
    public long Move()
    {
        var bytes = Step();
        ResetIfDone();
        return bytes;
    }

    /// <inheritdoc/>
    public bool CanSaveState => Environment.CanSaveState;

    /// <inheritdoc/>
    public JsonElement SaveState() => Environment.SaveState();

    /// <inheritdoc/>
    public string? Difference(EnvironmentWalk other) => Observation.AsSpan().SequenceEqual(other.Observation) && Result == other.Result
        ? null
        : $"[{ObservationText.Of(Observation)}] and [{ObservationText.Of(other.Observation)}]";

    /// <inheritdoc/>
    public void TakeOver(EnvironmentWalk other, JsonElement state)
    {
        _luck.Restore(other._luck.Save());
        _choices.Restore(other._choices.Save());
        Environment.RestoreState(state, _luck);
        other.Observation.CopyTo(Observation, 0);
        Result = other.Result;
    }

    public void Dispose()
    {
        if (_owns)
        {
            Environment.Dispose();
        }
    }
}
