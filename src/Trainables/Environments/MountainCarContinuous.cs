namespace Tuning.Environments;

/// <summary><c>MountainCarContinuous-v0</c>: the mountain car with an engine that is throttled, and pays for its fuel.</summary>
/// <remarks>
/// <para>The dynamics of Gymnasium 1.x, power 0.0015. As there, the state of a fresh episode is in double precision and from
/// its first step on in single precision, in which the arithmetic is then done as well.</para>
/// <list type="table">
/// <item><term>Observation</term><description><c>Box</c> of 2: position in [-1.2, 0.6], velocity in [-0.07, 0.07].</description></item>
/// <item><term>Action</term><description><c>Box</c> of 1: force in [-1, 1]; a force outside is clipped, but paid for in full.</description></item>
/// <item><term>Reward</term><description>-0.1 × action², and +100 at the terminating step.</description></item>
/// <item><term>Start</term><description>Position uniform in [-0.6, -0.4), velocity 0.</description></item>
/// <item><term>End</term><description>Terminated at position 0.45 or beyond with at least the goal's velocity; truncated after 999 steps by the registration.
/// The left wall stops the car.</description></item>
/// </list>
/// </remarks>
/// <param name="goalVelocity">The least velocity at the goal; <c>goal_velocity</c> in <c>env_config</c>.</param>
public sealed class MountainCarContinuous(double goalVelocity = 0) : IEnvironment
{
    private const double MinimumPosition = -1.2;
    private const double MaximumPosition = 0.6;
    private const double MaximumSpeed = 0.07;
    private const double GoalPosition = 0.45;
    private const double Power = 0.0015;
    private const double Gravity = 0.0025;

    private static readonly Box _observations = new([(float)MinimumPosition, (float)-MaximumSpeed], [(float)MaximumPosition, (float)MaximumSpeed]);
    private static readonly Box _actions = new(-1, 1, 1);

    // From the first step on position and velocity hold numbers of single precision.
    private bool _single;

    /// <summary>Position of the car; the valley's floor is near -0.52.</summary>
    public double Position { get; private set; }

    /// <summary>Velocity of the car per step.</summary>
    public double Velocity { get; private set; }

    /// <inheritdoc/>
    public Space ObservationSpace => _observations;

    /// <inheritdoc/>
    public Space ActionSpace => _actions;

    /// <inheritdoc/>
    public bool CanSaveState => true;

    /// <summary>Puts the car somewhere, as at the start of an episode: in double precision until the first step.</summary>
    /// <param name="position">Position, in [-1.2, 0.6].</param>
    /// <param name="velocity">Velocity, in [-0.07, 0.07].</param>
    public void Place(double position, double velocity) => (Position, Velocity, _single) = (position, velocity, false);

    /// <inheritdoc/>
    public void Reset(RandomStream random, Span<float> observation)
    {
        ArgumentNullException.ThrowIfNull(random);
        Place(-0.6 + ((-0.4 - -0.6) * random.NextDouble()), 0);
        Observe(observation);
    }

    /// <inheritdoc/>
    [MethodImpl(AggressiveOptimization)]
    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var throttle = action.Values[0];
        var terminated = _single ? MoveSingle(throttle) : MoveDouble(throttle);
        _single = true;
        Observe(observation);
        return new((terminated ? 100.0 : 0.0) - ((double)throttle * throttle * 0.1), terminated);
    }

    /// <inheritdoc/>
    public JsonElement SaveState() => EnvironmentState.Save(new State(Position, Velocity, _single));

    /// <inheritdoc/>
    public void RestoreState(JsonElement state, RandomStream random) => (Position, Velocity, _single) = EnvironmentState.Restore<State>(state);

    // A throttle within bounds is a number of single precision and so is the change; one that was clipped is exact.
    private static float Change(float throttle, double cosine, out double exact)
    {
        if (throttle is < -1 or > 1)
        {
            exact = (Math.Clamp(throttle, -1.0, 1.0) * Power) - (Gravity * cosine);
            return (float)exact;
        }

        var single = (throttle * (float)Power) - (float)(Gravity * cosine);
        exact = single;
        return single;
    }

    private bool MoveDouble(float throttle)
    {
        _ = Change(throttle, Math.Cos(3 * Position), out var change);
        var velocity = Math.Clamp(Velocity + change, -MaximumSpeed, MaximumSpeed);
        var position = Math.Clamp(Position + velocity, MinimumPosition, MaximumPosition);
        if (position == MinimumPosition && velocity < 0)
        {
            velocity = 0;
        }

        (Position, Velocity) = ((float)position, (float)velocity);
        return position >= GoalPosition && velocity >= goalVelocity;
    }

    private bool MoveSingle(float throttle)
    {
        var position = (float)Position;
        var change = Change(throttle, Math.Cos(3 * position), out _);
        var velocity = Math.Clamp((float)Velocity + change, (float)-MaximumSpeed, (float)MaximumSpeed);
        position = Math.Clamp(position + velocity, (float)MinimumPosition, (float)MaximumPosition);
        if (position == (float)MinimumPosition && velocity < 0)
        {
            velocity = 0;
        }

        (Position, Velocity) = (position, velocity);
        return position >= (float)GoalPosition && velocity >= (float)goalVelocity;
    }

    private void Observe(Span<float> observation)
    {
        observation[1] = (float)Velocity;
        observation[0] = (float)Position;
    }

    private sealed record State(double Position, double Velocity, bool Single);
}
