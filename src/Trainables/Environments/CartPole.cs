namespace Tuning.Environments;

/// <summary><c>CartPole-v0</c> and <c>CartPole-v1</c>: push a cart left or right so that the pole on it does not fall.</summary>
/// <remarks>
/// <para>The problem of Barto, Sutton and Anderson, "Neuronlike adaptive elements that can solve difficult learning control
/// problems" (1983), with the dynamics of Gymnasium 1.x: cart 1 kg, pole 0.1 kg, half its length 0.5 m, force 10 N, gravity
/// 9.8 m/s², explicit Euler in steps of 0.02 s. State in double precision, observation in single precision, as there.</para>
/// <list type="table">
/// <item><term>Observation</term><description><c>Box</c> of 4: position in ±4.8 m, velocity unbounded, pole angle in ±24°, its velocity
/// unbounded.</description></item>
/// <item><term>Action</term><description><c>Discrete(2)</c>: 0 pushes left, 1 right.</description></item>
/// <item><term>Reward</term><description>1 at every step, the terminating one included. With <c>sutton_barto_reward</c> 0, and -1 at the terminating
/// one.</description></item>
/// <item><term>Start</term><description>All four numbers uniform in [-0.05, 0.05).</description></item>
/// <item><term>End</term><description>Terminated when the cart is beyond ±2.4 m or the pole beyond ±12°; truncated by the registration after 200 (v0) or 500
/// (v1) steps.</description></item>
/// </list>
/// </remarks>
/// <param name="suttonBartoReward">Whether rewards are those of the original; <c>sutton_barto_reward</c> in <c>env_config</c>.</param>
public sealed class CartPole(bool suttonBartoReward = false) : IEnvironment
{
    private const double Gravity = 9.8;
    private const double PoleMass = 0.1;
    private const double TotalMass = PoleMass + 1.0;
    private const double HalfLength = 0.5;
    private const double PoleMoment = PoleMass * HalfLength;
    private const double Force = 10.0;
    private const double TimeStep = 0.02;
    private const double MaximumPosition = 2.4;
    private const double MaximumAngle = 12 * 2 * Math.PI / 360;

    private static readonly Box _observations = new(
        [(float)(-2 * MaximumPosition), float.NegativeInfinity, (float)(-2 * MaximumAngle), float.NegativeInfinity],
        [(float)(2 * MaximumPosition), float.PositiveInfinity, (float)(2 * MaximumAngle), float.PositiveInfinity]);

    private static readonly Discrete _actions = new(2);

    /// <summary>Position of the cart in metres, 0 in the middle.</summary>
    public double Position { get; set; }

    /// <summary>Velocity of the cart in m/s.</summary>
    public double Velocity { get; set; }

    /// <summary>Angle of the pole in radians, 0 upright.</summary>
    public double Angle { get; set; }

    /// <summary>Angular velocity of the pole in rad/s.</summary>
    public double AngularVelocity { get; set; }

    // Steps after the pole fell earn nothing.
    private bool _fallen;

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
        Position = -0.05 + (0.1 * random.NextDouble());
        Velocity = -0.05 + (0.1 * random.NextDouble());
        Angle = -0.05 + (0.1 * random.NextDouble());
        AngularVelocity = -0.05 + (0.1 * random.NextDouble());
        _fallen = false;
        Observe(observation);
    }

    /// <inheritdoc/>
    [MethodImpl(AggressiveOptimization)]
    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var force = action.Choice == 1 ? Force : -Force;
        var (sine, cosine) = Math.SinCos(Angle);
        var push = (force + (PoleMoment * (AngularVelocity * AngularVelocity) * sine)) / TotalMass;
        var angularAcceleration = ((Gravity * sine) - (cosine * push)) / (HalfLength * ((4.0 / 3.0) - (PoleMass * (cosine * cosine) / TotalMass)));
        var acceleration = push - (PoleMoment * angularAcceleration * cosine / TotalMass);
        Position += TimeStep * Velocity;
        Velocity += TimeStep * acceleration;
        Angle += TimeStep * AngularVelocity;
        AngularVelocity += TimeStep * angularAcceleration;
        Observe(observation);

        var terminated = Position < -MaximumPosition || Position > MaximumPosition || Angle < -MaximumAngle || Angle > MaximumAngle;
        var reward = suttonBartoReward
            ? terminated ? -1.0 : 0.0
            : terminated && _fallen ? 0.0 : 1.0;
        _fallen |= terminated;
        return new(reward, terminated);
    }

    /// <inheritdoc/>
    public JsonElement SaveState() => EnvironmentState.Save(new State(Position, Velocity, Angle, AngularVelocity, _fallen));

    /// <inheritdoc/>
    public void RestoreState(JsonElement state, RandomStream random) =>
        (Position, Velocity, Angle, AngularVelocity, _fallen) = EnvironmentState.Restore<State>(state);

    private void Observe(Span<float> observation)
    {
        observation[3] = (float)AngularVelocity;
        observation[0] = (float)Position;
        observation[1] = (float)Velocity;
        observation[2] = (float)Angle;
    }

    private sealed record State(double Position, double Velocity, double Angle, double AngularVelocity, bool Fallen);
}
