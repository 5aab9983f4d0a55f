using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Tests.Environments;

/// <summary>Spaces, starts and ends that the trajectories do not show.</summary>
public sealed class ClassicControlTests
{
    private const int Starts = 4000;

    [Fact]
    public void Spaces_are_those_of_Gymnasium()
    {
        Check("Pendulum-v1", new Box([-1, -1, -8], [1, 1, 8]), new Box(-2, 2, 1));
        Check("CartPole-v1", new Box([-4.8f, float.NegativeInfinity, -0.41887903f, float.NegativeInfinity],
            [4.8f, float.PositiveInfinity, 0.41887903f, float.PositiveInfinity]), new Discrete(2));
        Check("MountainCar-v0", new Box([-1.2f, -0.07f], [0.6f, 0.07f]), new Discrete(3));
        Check("MountainCarContinuous-v0", new Box([-1.2f, -0.07f], [0.6f, 0.07f]), new Box(-1, 1, 1));
        Check("Acrobot-v1", new Box([-1, -1, -1, -1, -12.566371f, -28.274334f], [1, 1, 1, 1, 12.566371f, 28.274334f]), new Discrete(3));

        static void Check(string name, Space observations, Space actions)
        {
            using var environment = EnvironmentRegistry.Create(name);
            Assert.Equal(observations, environment.ObservationSpace);
            Assert.Equal(actions, environment.ActionSpace);
        }
    }

    [Fact]
    public void Pendulum_starts_uniformly_in_angle_and_velocity()
    {
        using var pendulum = new Pendulum();
        Uniform(pendulum, () => pendulum.Angle, -Math.PI, Math.PI);
        Uniform(pendulum, () => pendulum.Velocity, -1, 1);
    }

    [Fact]
    public void CartPole_starts_uniformly_in_all_four()
    {
        using var cart = new CartPole();
        Uniform(cart, () => cart.Position, -0.05, 0.05);
        Uniform(cart, () => cart.Velocity, -0.05, 0.05);
        Uniform(cart, () => cart.Angle, -0.05, 0.05);
        Uniform(cart, () => cart.AngularVelocity, -0.05, 0.05);
    }

    [Fact]
    public void Mountain_cars_start_uniformly_at_rest()
    {
        using var car = new MountainCar();
        Uniform(car, () => car.Position, -0.6, -0.4);
        Assert.Equal(0, car.Velocity);
        using var continuous = new MountainCarContinuous();
        Uniform(continuous, () => continuous.Position, -0.6, -0.4);
        Assert.Equal(0, continuous.Velocity);
    }

    [Fact]
    public void Acrobot_starts_uniformly_in_all_four_in_single_precision()
    {
        using var acrobot = new Acrobot();
        Uniform(acrobot, () => acrobot.Angle1, -0.1, 0.1);
        Uniform(acrobot, () => acrobot.Angle2, -0.1, 0.1);
        Uniform(acrobot, () => acrobot.Velocity1, -0.1, 0.1);
        Uniform(acrobot, () => acrobot.Velocity2, -0.1, 0.1);
        Assert.Equal((float)acrobot.Angle1, acrobot.Angle1);
    }

    [Fact]
    public void Pendulum_pays_nothing_upright_and_most_hanging_at_full_speed()
    {
        using var pendulum = new Pendulum();
        var observation = new float[3];
        (pendulum.Angle, pendulum.Velocity) = (4 * Math.PI, 0);
        Assert.Equal(0, pendulum.Step(new([0f]), observation).Reward, 1e-12);
        (pendulum.Angle, pendulum.Velocity) = (-Math.PI, 8);
        Assert.Equal(-16.2736044, pendulum.Step(new([50f]), observation).Reward, 1e-6);
        Assert.Equal(8, pendulum.Velocity);
    }

    [Fact]
    public void CartPole_pays_for_the_terminating_step_and_nothing_after_it()
    {
        using var cart = new CartPole();
        var observation = new float[4];
        cart.Angle = 0.25;
        Assert.Equal(new StepResult(1, Terminated: true), cart.Step(new([1]), observation));
        Assert.Equal(new StepResult(0, Terminated: true), cart.Step(new([1]), observation));
    }

    [Fact]
    public void CartPole_pays_as_Sutton_and_Barto_when_asked()
    {
        using var cart = EnvironmentRegistry.Create("CartPole-v1", ParameterSet.Empty.With("sutton_barto_reward", true));
        var observation = new float[4];
        cart.Reset(new RandomStream(1), observation);
        StepResult result;
        while (!(result = cart.Step(new([1]), observation)).Done)
        {
            Assert.Equal(0, result.Reward);
        }

        Assert.Equal(new StepResult(-1, Terminated: true), result);
    }

    [Fact]
    public void Goal_velocity_keeps_a_slow_car_going()
    {
        var observation = new float[2];
        using var fast = new MountainCar(goalVelocity: 0.05) { Position = 0.49, Velocity = 0.03 };
        using var any = new MountainCar { Position = 0.49, Velocity = 0.03 };
        Assert.False(fast.Step(new([2]), observation).Terminated);
        Assert.True(any.Step(new([2]), observation).Terminated);
    }

    [Fact]
    public void Limit_and_termination_in_one_step_are_both_told()
    {
        using var limited = new TimeLimit(new CartPole { Angle = 0.25 }, 1);

        Assert.Equal(new StepResult(1, Terminated: true, Truncated: true), limited.Step(new([1]), new float[4]));
    }

    [Fact]
    public void State_of_another_environment_is_refused()
    {
        using var pendulum = EnvironmentRegistry.Create("Pendulum-v1");
        using var car = EnvironmentRegistry.Create("MountainCar-v0");

        var error = Assert.Throws<ArgumentException>(() => pendulum.RestoreState(car.SaveState(), new RandomStream(1)));
        Assert.Contains("is not one of a Pendulum", error.Message);
    }

    // Kolmogorov and Smirnov: 1.95 / √n is passed by chance once in 1,000 seeds; the seed is fixed.
    private static void Uniform(IEnvironment environment, Func<double> value, double low, double high)
    {
        var random = new RandomStream(11);
        var observation = new float[environment.ObservationSpace.Size];
        var values = new double[Starts];
        for (var i = 0; i < Starts; i++)
        {
            environment.Reset(random, observation);
            values[i] = (value() - low) / (high - low);
        }

        Array.Sort(values);
        Assert.InRange(values[0], -1e-6, 1);
        Assert.InRange(values[^1], 0, 1 + 1e-6);
        var distance = values.Select((v, i) => Math.Max(Math.Abs(v - ((double)i / Starts)), Math.Abs(v - ((i + 1.0) / Starts)))).Max();
        Assert.True(distance < 1.95 / Math.Sqrt(Starts), $"distance {distance}");
    }
}
