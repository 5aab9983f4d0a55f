using System.Diagnostics.CodeAnalysis;

namespace Tuning.Environments;

/// <summary>An environment whose actions go from other bounds: a number in [low, high] means the number at the same place between the bounds inside.</summary>
/// <remarks>RLlib's <c>TransformedActionPendulum</c>, which tests whether an algorithm follows the bounds that an environment gives. A number outside is
/// clipped.</remarks>
internal sealed class TransformedActions : IEnvironment
{
    private readonly IEnvironment _inner;
    private readonly Box _box;
    private readonly float _low;
    private readonly float _high;
    private readonly float[] _action;

    /// <param name="inner">The environment, with actions in a bounded box; owned from here on.</param>
    /// <param name="low">The least number of an action.</param>
    /// <param name="high">The largest.</param>
    /// <exception cref="ArgumentException"><paramref name="low"/> is not below <paramref name="high"/>, or one is not finite.</exception>
    public TransformedActions(IEnvironment inner, double low, double high)
    {
        (_inner, _box, _low, _high) = (inner, (Box)inner.ActionSpace, (float)low, (float)high);
        if (!(_low < _high) || !float.IsFinite(_high - _low))
        {
            throw new ArgumentException(Invariant($"Actions are to go from low {low} to high {high}; low must be below high, and both finite."));
        }

        _action = new float[_box.Size];
        ActionSpace = new Box(_low, _high, _box.Shape.AsSpan());
    }

    /// <inheritdoc/>
    public Space ObservationSpace => _inner.ObservationSpace;

    /// <inheritdoc/>
    public Space ActionSpace { get; }

    /// <inheritdoc/>
    public bool CanSaveState => _inner.CanSaveState;

    /// <summary><c>Pendulum-v1</c> with actions in [low, high]. RLlib's files have the two in a map <c>config</c>.</summary>
    public static IEnvironment Pendulum(ParameterSet config)
    {
        var bounds = config.TryGet("config", out var inner) && inner is ParameterSet map ? map : config;
        return new TransformedActions(new Pendulum(config.Get("g", Environments.Pendulum.DefaultGravity)), bounds.Get("low", -1.0), bounds.Get("high", 1.0));
    }

    /// <inheritdoc/>
    public void Reset(RandomStream random, Span<float> observation) => _inner.Reset(random, observation);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        for (var i = 0; i < _action.Length; i++)
        {
            var place = (Math.Clamp(action.Values[i], _low, _high) - _low) / (_high - _low);
            _action[i] = _box.Low[i] + (place * (_box.High[i] - _box.Low[i]));
        }

        return _inner.Step(new EnvironmentAction(_action), observation);
    }

    /// <inheritdoc/>
    public JsonElement SaveState() => _inner.SaveState();

    /// <inheritdoc/>
    public void RestoreState(JsonElement state, RandomStream random) => _inner.RestoreState(state, random);

    /// <inheritdoc/>
    [SuppressMessage("Usage", "CA1816", Justification = "No finalizer in the family")]
    public void Dispose() => _inner.Dispose();
}
