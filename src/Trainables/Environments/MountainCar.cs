namespace Tuning.Environments;

/// <summary><c>MountainCar-v0</c>: an engine too weak for the hill must swing the car up the valley's walls.</summary>
/// <remarks>
/// <para>The problem of Moore, "Efficient memory-based learning for robot control" (1990), with the dynamics of Gymnasium
/// 1.x: force 0.001, gravity 0.0025. State in double precision, observation in single precision, as there.</para>
/// <list type="table">
/// <item><term>Observation</term><description><c>Box</c> of 2: position in [-1.2, 0.6], velocity in [-0.07, 0.07].</description></item>
/// <item><term>Action</term><description><c>Discrete(3)</c>: 0 pushes left, 1 does nothing, 2 pushes right.</description></item>
/// <item><term>Reward</term><description>-1 at every step.</description></item>
/// <item><term>Start</term><description>Position uniform in [-0.6, -0.4), velocity 0.</description></item>
/// <item><term>End</term><description>Terminated at position 0.5 or beyond with at least the goal's velocity; truncated after 200 steps by the registration.
/// The left wall stops the car.</description></item>
/// </list>
/// </remarks>
/// <param name="goalVelocity">The least velocity at the goal; <c>goal_velocity</c> in <c>env_config</c>.</param>
public sealed class MountainCar(double goalVelocity = 0) : IEnvironment
{
    private const double MinimumPosition = -1.2;
    private const double MaximumPosition = 0.6;
    private const double MaximumSpeed = 0.07;
    private const double GoalPosition = 0.5;
    private const double Force = 0.001;
    private const double Gravity = 0.0025;

    private static readonly Box _observations = new([(float)MinimumPosition, (float)-MaximumSpeed], [(float)MaximumPosition, (float)MaximumSpeed]);
    private static readonly Discrete _actions = new(3);

    /// <summary>Position of the car; the valley's floor is near -0.52.</summary>
    public double Position { get; set; }

    /// <summary>Velocity of the car per step.</summary>
    public double Velocity { get; set; }

    /// <inheritdoc/>
    public Space ObservationSpace => _observations;

    /// <inheritdoc/>
    public Space ActionSpace => _actions;

    /// <inheritdoc/>
    public bool CanSaveState => true;

    /// <inheritdoc/>
    public void Reset(RandomStream random, Span<float> observation)
    {
        ArgumentNullException.ThrowIfNull(random);
        Position = -0.6 + ((-0.4 - -0.6) * random.NextDouble());
        Velocity = 0;
        Observe(observation);
    }

    /// <inheritdoc/>
    [MethodImpl(AggressiveOptimization)]
    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var velocity = Velocity + (((action.Choice - 1) * Force) + (Math.Cos(3 * Position) * -Gravity));
        Velocity = Math.Clamp(velocity, -MaximumSpeed, MaximumSpeed);
        Position = Math.Clamp(Position + Velocity, MinimumPosition, MaximumPosition);
        if (Position == MinimumPosition && Velocity < 0)
        {
            Velocity = 0;
        }

        Observe(observation);
        return new(-1, Position >= GoalPosition && Velocity >= goalVelocity);
    }

    /// <inheritdoc/>
    public JsonElement SaveState() => EnvironmentState.Save(new State(Position, Velocity));

    /// <inheritdoc/>
    public void RestoreState(JsonElement state, RandomStream random) => (Position, Velocity) = EnvironmentState.Restore<State>(state);

    private void Observe(Span<float> observation)
    {
        observation[1] = (float)Velocity;
        observation[0] = (float)Position;
    }

    private sealed record State(double Position, double Velocity);
}
