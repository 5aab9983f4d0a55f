namespace Tuning.Environments;

/// <summary><c>Acrobot-v1</c>: two links hang from a fixed joint; swing the free end above the bar by torque at the middle joint.</summary>
/// <remarks>
/// <para>The problem of Sutton, "Generalization in reinforcement learning" (1996), with the equations of Sutton and Barto's
/// book and the integration of Gymnasium 1.x: one Runge-Kutta step of 0.2 s of the fourth order, then angles are wrapped into
/// [-π, π] and velocities bounded. State in double precision, the starting state rounded to single precision, as there.</para>
/// <list type="table">
/// <item><term>Observation</term><description><c>Box</c> of 6: cos θ₁, sin θ₁, cos θ₂, sin θ₂ in [-1, 1], ω₁ in ±4π, ω₂ in ±9π rad/s. θ₁ = 0 hangs down; θ₂ is
/// relative to the first link.</description></item>
/// <item><term>Action</term><description><c>Discrete(3)</c>: torque -1, 0 or 1 N·m.</description></item>
/// <item><term>Reward</term><description>-1 at every step, 0 at the terminating one.</description></item>
/// <item><term>Start</term><description>All four numbers uniform in [-0.1, 0.1).</description></item>
/// <item><term>End</term><description>Terminated when -cos θ₁ - cos(θ₁ + θ₂) &gt; 1; truncated after 500 steps by the registration.</description></item>
/// </list>
/// </remarks>
public sealed class Acrobot : IEnvironment
{
    private const double TimeStep = 0.2;
    private const double HalfStep = TimeStep / 2;
    private const double Gravity = 9.8;
    private const double CentreOfMass = 0.5;
    private const double MaximumVelocity1 = 4 * Math.PI;
    private const double MaximumVelocity2 = 9 * Math.PI;

    private static readonly Box _observations = new(
        [-1, -1, -1, -1, (float)-MaximumVelocity1, (float)-MaximumVelocity2],
        [1, 1, 1, 1, (float)MaximumVelocity1, (float)MaximumVelocity2]);

    private static readonly Discrete _actions = new(3);

    /// <summary>Angle of the first link in radians, 0 hanging down.</summary>
    public double Angle1 { get; set; }

    /// <summary>Angle of the second link relative to the first, in radians.</summary>
    public double Angle2 { get; set; }

    /// <summary>Angular velocity of the first link in rad/s.</summary>
    public double Velocity1 { get; set; }

    /// <summary>Angular velocity of the second link in rad/s.</summary>
    public double Velocity2 { get; set; }

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
        Angle1 = (float)(-0.1 + (0.2 * random.NextDouble()));
        Angle2 = (float)(-0.1 + (0.2 * random.NextDouble()));
        Velocity1 = (float)(-0.1 + (0.2 * random.NextDouble()));
        Velocity2 = (float)(-0.1 + (0.2 * random.NextDouble()));
        Observe(observation);
    }

    /// <inheritdoc/>
    [MethodImpl(AggressiveOptimization)]
    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        double torque = action.Choice - 1;
        var start = new Vector4(Angle1, Angle2, Velocity1, Velocity2);
        var k1 = Derivative(start, torque);
        var k2 = Derivative(start.Plus(HalfStep, k1), torque);
        var k3 = Derivative(start.Plus(HalfStep, k2), torque);
        var k4 = Derivative(start.Plus(TimeStep, k3), torque);
        Angle1 = Wrap(Integrate(start.Angle1, k1.Angle1, k2.Angle1, k3.Angle1, k4.Angle1));
        Angle2 = Wrap(Integrate(start.Angle2, k1.Angle2, k2.Angle2, k3.Angle2, k4.Angle2));
        Velocity1 = Math.Clamp(Integrate(start.Velocity1, k1.Velocity1, k2.Velocity1, k3.Velocity1, k4.Velocity1), -MaximumVelocity1, MaximumVelocity1);
        Velocity2 = Math.Clamp(Integrate(start.Velocity2, k1.Velocity2, k2.Velocity2, k3.Velocity2, k4.Velocity2), -MaximumVelocity2, MaximumVelocity2);
        Observe(observation);
        var terminated = -Math.Cos(Angle1) - Math.Cos(Angle2 + Angle1) > 1;
        return new(terminated ? 0 : -1, terminated);
    }

    /// <inheritdoc/>
    public JsonElement SaveState() => EnvironmentState.Save(new State(Angle1, Angle2, Velocity1, Velocity2));

    /// <inheritdoc/>
    public void RestoreState(JsonElement state, RandomStream random) =>
        (Angle1, Angle2, Velocity1, Velocity2) = EnvironmentState.Restore<State>(state);

    private static double Integrate(double start, double k1, double k2, double k3, double k4) =>
        start + (TimeStep / 6.0 * (k1 + (2 * k2) + (2 * k3) + k4));

    // Masses, lengths and moments of inertia are 1 and left out; centres of mass are at half of the links.
    private static Vector4 Derivative(Vector4 s, double torque)
    {
        var (sine2, cosine2) = Math.SinCos(s.Angle2);
        var d1 = (CentreOfMass * CentreOfMass) + (1 + (CentreOfMass * CentreOfMass) + (2 * CentreOfMass * cosine2)) + 1 + 1;
        var d2 = (CentreOfMass * CentreOfMass) + (CentreOfMass * cosine2) + 1;
        var phi2 = CentreOfMass * Gravity * Math.Cos(s.Angle1 + s.Angle2 - (Math.PI / 2));
        var phi1 = (-CentreOfMass * (s.Velocity2 * s.Velocity2) * sine2)
            - (2 * CentreOfMass * s.Velocity2 * s.Velocity1 * sine2)
            + ((CentreOfMass + 1) * Gravity * Math.Cos(s.Angle1 - (Math.PI / 2)))
            + phi2;
        var acceleration2 = (torque + (d2 / d1 * phi1) - (CentreOfMass * (s.Velocity1 * s.Velocity1) * sine2) - phi2)
            / ((CentreOfMass * CentreOfMass) + 1 - (d2 * d2 / d1));
        var acceleration1 = -((d2 * acceleration2) + phi1) / d1;
        return new(s.Velocity1, s.Velocity2, acceleration1, acceleration2);
    }

    private static double Wrap(double angle)
    {
        while (angle > Math.PI)
        {
            angle -= 2 * Math.PI;
        }

        while (angle < -Math.PI)
        {
            angle += 2 * Math.PI;
        }

        return angle;
    }

    private void Observe(Span<float> observation)
    {
        observation[5] = (float)Velocity2;
        var (sine, cosine) = Math.SinCos(Angle1);
        observation[0] = (float)cosine;
        observation[1] = (float)sine;
        (sine, cosine) = Math.SinCos(Angle2);
        observation[2] = (float)cosine;
        observation[3] = (float)sine;
        observation[4] = (float)Velocity1;
    }

    private readonly record struct Vector4(double Angle1, double Angle2, double Velocity1, double Velocity2)
    {
        public Vector4 Plus(double factor, Vector4 other) =>
            new(
                Angle1 + (factor * other.Angle1), Angle2 + (factor * other.Angle2),
                Velocity1 + (factor * other.Velocity1), Velocity2 + (factor * other.Velocity2));
    }

    private sealed record State(double Angle1, double Angle2, double Velocity1, double Velocity2);
}
