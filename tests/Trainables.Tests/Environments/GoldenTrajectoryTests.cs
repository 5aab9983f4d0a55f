using System.Globalization;
using Tuning.Environments;

namespace Tuning.Tests.Environments;

/// <summary>
/// Trajectories computed outside of the project from the published equations, in the precision of each operation: line 1 the state
/// that is set, line 2 its observation, then action, observation, reward and termination of each step.
/// </summary>
public sealed class GoldenTrajectoryTests
{
    private const double Tolerance = 1e-6;

    [Theory]
    [InlineData("pendulum")]
    [InlineData("pendulum_spinning")]
    public void Pendulum_follows(string name)
    {
        using var pendulum = new Pendulum();
        Follow(name, pendulum, s => (pendulum.Angle, pendulum.Velocity) = (s[0], s[1]));
    }

    [Theory]
    [InlineData("cartpole")]
    [InlineData("cartpole_falls")]
    [InlineData("cartpole_leaves")]
    public void CartPole_follows(string name)
    {
        using var cart = new CartPole();
        Follow(name, cart, s => (cart.Position, cart.Velocity, cart.Angle, cart.AngularVelocity) = (s[0], s[1], s[2], s[3]));
    }

    [Theory]
    [InlineData("mountaincar")]
    [InlineData("mountaincar_wall")]
    public void MountainCar_follows(string name)
    {
        using var car = new MountainCar();
        Follow(name, car, s => (car.Position, car.Velocity) = (s[0], s[1]));
    }

    [Theory]
    [InlineData("mountaincarcontinuous")]
    [InlineData("mountaincarcontinuous_wall")]
    public void MountainCarContinuous_follows(string name)
    {
        using var car = new MountainCarContinuous();
        Follow(name, car, s => car.Place(s[0], s[1]));
    }

    [Theory]
    [InlineData("acrobot")]
    [InlineData("acrobot_rises")]
    [InlineData("acrobot_fast")]
    public void Acrobot_follows(string name)
    {
        using var acrobot = new Acrobot();
        Follow(name, acrobot, s => (acrobot.Angle1, acrobot.Angle2, acrobot.Velocity1, acrobot.Velocity2) = (s[0], s[1], s[2], s[3]));
    }

    private static void Follow(string name, IEnvironment environment, Action<double[]> place)
    {
        using var stream = typeof(GoldenTrajectoryTests).Assembly.GetManifestResourceStream("golden/" + name)!;
        using var reader = new StreamReader(stream);
        place(Numbers(reader.ReadLine()!));
        reader.ReadLine();
        var observation = new float[environment.ObservationSpace.Size];
        var step = 0;
        while (reader.ReadLine() is { } line)
        {
            var row = Numbers("," + line);
            var result = environment.ActionSpace.IsDiscrete
                ? environment.Step(new EnvironmentAction([(int)row[0]]), observation)
                : environment.Step(new EnvironmentAction([(float)row[0]]), observation);
            for (var i = 0; i < observation.Length; i++)
            {
                Assert.True(Math.Abs(row[1 + i] - observation[i]) <= Tolerance,
                    $"{name}, step {step}, number {i}: {row[1 + i]} expected, {observation[i]} seen");
            }

            Assert.True(Math.Abs(row[^2] - result.Reward) <= Tolerance, $"{name}, step {step}: reward {row[^2]} expected, {result.Reward} seen");
            Assert.Equal(row[^1] == 1, result.Terminated);
            Assert.False(result.Truncated);
            step++;
        }

        Assert.True(step >= 7);
    }

    private static double[] Numbers(string line) => [.. line.Split(',').Skip(1).Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
}
