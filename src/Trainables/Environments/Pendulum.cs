namespace Tuning.Environments;

/// <summary><c>Pendulum-v1</c>: swing a pendulum up with a weak motor at its joint, and keep it there.</summary>
/// <remarks>
/// <para>The dynamics are those of Gymnasium 1.x: mass and length 1, steps of 0.05 s, semi-implicit Euler. State in
/// double precision, torque and observation in single precision, as there.</para>
/// <list type="table">
/// <item><term>Observation</term><description><c>Box</c> of 3: cos θ and sin θ in [-1, 1], angular velocity in [-8, 8] rad/s. θ = 0 is
/// upright.</description></item>
/// <item><term>Action</term><description><c>Box</c> of 1: torque in [-2, 2] N·m; a torque outside is clipped.</description></item>
/// <item><term>Reward</term><description>-(θ² + 0.1 ω² + 0.001 u²) of the state before the step, θ normalised to [-π, π); between -16.2736044 and
/// 0.</description></item>
/// <item><term>Start</term><description>θ uniform in [-π, π), ω uniform in [-1, 1).</description></item>
/// <item><term>End</term><description>Never terminates; truncated after 200 steps by the registration.</description></item>
/// </list>
/// </remarks>
public sealed class Pendulum : IEnvironment
{
    /// <summary>Gravity in m/s² where none is given: 10.</summary>
    public const double DefaultGravity = 10.0;

    private const double TimeStep = 0.05;
    private const double MaximumSpeed = 8;
    private const float MaximumTorque = 2;

    private static readonly Box _observations = new([-1, -1, (float)-MaximumSpeed], [1, 1, (float)MaximumSpeed]);
    private static readonly Box _actions = new(-MaximumTorque, MaximumTorque, 1);

    private readonly double _gravityTerm;

    /// <summary>A pendulum.</summary>
    /// <param name="gravity">Gravity in m/s², finite; <c>g</c> in <c>env_config</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="gravity"/> is not finite.</exception>
    public Pendulum(double gravity = DefaultGravity)
    {
        if (!double.IsFinite(gravity))
        {
            throw new ArgumentOutOfRangeException(nameof(gravity), gravity, "The gravity of a pendulum must be finite.");
        }

        _gravityTerm = 3 * gravity / 2;
    }

    /// <summary>The angle θ in radians, 0 upright; it grows beyond π as the pendulum turns.</summary>
    public double Angle { get; set; }

    /// <summary>The angular velocity ω in rad/s.</summary>
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
        Angle = -Math.PI + (2 * Math.PI * random.NextDouble());
        Velocity = -1 + (2 * random.NextDouble());
        Observe(observation);
    }

    /// <inheritdoc/>
    [MethodImpl(AggressiveOptimization)]
    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var torque = Math.Clamp(action.Values[0], -MaximumTorque, MaximumTorque);
        var angle = Normalize(Angle);
        var cost = (angle * angle) + (0.1 * (Velocity * Velocity)) + (0.001f * (torque * torque));
        var velocity = Velocity + (((_gravityTerm * Math.Sin(Angle)) + (3f * torque)) * TimeStep);
        Velocity = Math.Clamp(velocity, -MaximumSpeed, MaximumSpeed);
        Angle += Velocity * TimeStep;
        Observe(observation);
        return new(-cost);
    }

    /// <inheritdoc/>
    public JsonElement SaveState() => EnvironmentState.Save(new State(Angle, Velocity));

    /// <inheritdoc/>
    public void RestoreState(JsonElement state, RandomStream random) => (Angle, Velocity) = EnvironmentState.Restore<State>(state);

    // Into [-π, π), with the floored remainder that Python and NumPy have.
    private static double Normalize(double angle)
    {
        var rest = (angle + Math.PI) % (2 * Math.PI);
        return (rest < 0 ? rest + (2 * Math.PI) : rest) - Math.PI;
    }

    private void Observe(Span<float> observation)
    {
        observation[2] = (float)Velocity;
        var (sine, cosine) = Math.SinCos(Angle);
        observation[0] = (float)cosine;
        observation[1] = (float)sine;
    }

    private sealed record State(double Angle, double Velocity);
}
