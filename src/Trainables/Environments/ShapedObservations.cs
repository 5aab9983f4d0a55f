using System.Diagnostics.CodeAnalysis;

namespace Tuning.Environments;

/// <summary>An environment whose observations come out otherwise: see <see cref="ObservationShaper"/>.</summary>
/// <param name="inner">The environment; owned from here on.</param>
/// <param name="wrappers">What becomes of its observations.</param>
internal sealed class ShapedObservations(IEnvironment inner, EnvironmentWrappers wrappers) : IEnvironment, IWrapsEnvironment
{
    private readonly ObservationShaper _shaper = new(inner.ObservationSpace, wrappers);

    /// <inheritdoc/>
    public Space ObservationSpace => _shaper.Space;

    /// <inheritdoc/>
    public Space ActionSpace => inner.ActionSpace;

    /// <inheritdoc/>
    public IRestorableEnvironment Inside => inner;

    /// <inheritdoc/>
    public bool StepsOnce => true;

    /// <inheritdoc/>
    public bool CanSaveState => inner.CanSaveState;

    /// <inheritdoc/>
    public void Reset(RandomStream random, Span<float> observation)
    {
        inner.Reset(random, _shaper.Seen);
        _shaper.Begin(observation);
    }

    /// <inheritdoc/>
    [MethodImpl(AggressiveOptimization)]
    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var result = inner.Step(action, _shaper.Seen);
        _shaper.Next(observation);
        return result;
    }

    /// <inheritdoc/>
    public JsonElement SaveState() => EnvironmentState.Save(new ShapedState([_shaper.Frames], [true], inner.SaveState()));

    /// <inheritdoc/>
    public void RestoreState(JsonElement state, RandomStream random)
    {
        var saved = EnvironmentState.Restore<ShapedState>(state);
        inner.RestoreState(saved.Inner, random);
        _shaper.Restore(saved.FramesOf(1)[0]);
    }

    /// <inheritdoc/>
    [SuppressMessage("Usage", "CA1816", Justification = "No finalizer in the family")]
    public void Dispose() => inner.Dispose();
}

/// <summary>The state of an environment with shaped observations.</summary>
/// <param name="Frames">The stacked frames of each agent.</param>
/// <param name="Present">Which agents are there.</param>
/// <param name="Inner">The state of the environment inside.</param>
internal sealed record ShapedState(float[][] Frames, bool[] Present, JsonElement Inner)
{
    /// <summary>The frames of so many agents.</summary>
    /// <exception cref="ArgumentException">There are more or fewer.</exception>
    public float[][] FramesOf(int agents) => Frames.Length == agents && Present.Length == agents ? Frames
        : throw new ArgumentException($"The state has the observations of {Frames.Length} agents; here there are {agents}.");
}
