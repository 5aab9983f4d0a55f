using Tuning.Connectors;
using Tuning.Environments;
using Tuning.Learning;
using Tuning.Modules;
using Tuning.Randomness;

namespace Tuning.Tests.Environments;

public sealed class EnvironmentRegistryTests
{
    [Fact]
    public void Registered_environment_is_made_from_its_configuration_under_its_limit()
    {
        EnvironmentRegistry.Register("registry-test-a", c => new IdentityEnvironment(c.Get("choices", 2)), maxEpisodeSteps: 7);

        using var environment = EnvironmentRegistry.Create("registry-test-a", ParameterSet.Empty.With("choices", 5));
        Assert.Equal(new Discrete(5), environment.ActionSpace);
        Assert.Equal(7, Assert.IsType<TimeLimit>(environment).MaxEpisodeSteps);
        Assert.Contains("registry-test-a", EnvironmentRegistry.Names);
    }

    [Fact]
    public void Environment_without_a_limit_is_not_wrapped()
    {
        EnvironmentRegistry.Register("registry-test-b", _ => new IdentityEnvironment(2));

        using var environment = EnvironmentRegistry.Create("registry-test-b");
        Assert.IsType<IdentityEnvironment>(environment);
    }

    [Fact]
    public void Name_is_registered_once_whoever_comes_first()
    {
        var wins = 0;
        Parallel.For(0, 16, i =>
        {
            try
            {
                EnvironmentRegistry.Register("registry-test-c", _ => new IdentityEnvironment(2 + i));
                Interlocked.Increment(ref wins);
            }
            catch (InvalidOperationException e) when (e.Message.Contains("'registry-test-c' is registered already"))
            {
            }
        });

        Assert.Equal(1, wins);
        Assert.Throws<InvalidOperationException>(() => EnvironmentRegistry.Register("Pendulum-v1", _ => new Pendulum()));
    }

    [Fact]
    public void The_same_once_more_changes_nothing_and_something_else_under_its_name_is_refused()
    {
        static IEnvironment One(ParameterSet config) => new IdentityEnvironment(2);

        static IEnvironment Two(ParameterSet config) => new IdentityEnvironment(3);

        var several = MultiAgentEnvironments.MakeMultiAgent("CartPole-v1");
        for (var i = 0; i < 2; i++)
        {
            EnvironmentRegistry.Register("registry-test-again", One, 7);
            EnvironmentRegistry.RegisterMultiAgent("registry-test-several", several);
            ConnectorRegistry.Register("registry-test-again", Connector);
            LearnerRegistry.Register("registry-test-again", Learner);
            ModuleRegistry.Register("registry-test-again", Module);
        }

        Refused(() => EnvironmentRegistry.Register("registry-test-again", Two, 7));
        Refused(() => EnvironmentRegistry.Register("registry-test-again", One, 8));
        Refused(() => EnvironmentRegistry.Register("registry-test-several", One));
        Refused(() => EnvironmentRegistry.RegisterMultiAgent("registry-test-again", several, 7));
        Refused(() => ConnectorRegistry.Register("registry-test-again", _ => null!));
        Refused(() => LearnerRegistry.Register("registry-test-again", _ => null!));
        Refused(() => ModuleRegistry.Register("registry-test-again", (_, _) => null!));
        Assert.Contains("choose another name", Assert.Throws<InvalidOperationException>(() => LearnerRegistry.Register("default", Learner)).Message);

        static void Refused(Action register) =>
            Assert.Contains("is registered already, and is made in another way; give another version another name",
                Assert.Throws<InvalidOperationException>(register).Message);

        static ObservationConnector Connector(ConnectorSpec spec) => throw new NotSupportedException();

        static Learner Learner(LearnerSpec spec) => throw new NotSupportedException();

        static RlModule Module(ModuleSpec spec, RandomStream random) => throw new NotSupportedException();
    }

    [Theory]
    [InlineData("Pendulum-v0", "Pendulum-v1")]
    [InlineData("pendulum-v1", "Pendulum-v1")]
    [InlineData("CartPol-v1", "CartPole-v1")]
    [InlineData("MountainCarContinous-v0", "MountainCarContinuous-v0")]
    public void Unknown_name_gets_the_nearest(string wrong, string right)
    {
        var error = Assert.Throws<KeyNotFoundException>(() => EnvironmentRegistry.Get(wrong));

        Assert.Contains($"'{wrong}'", error.Message);
        Assert.Contains($"did you mean '{right}'?", error.Message);
        Assert.Contains("Acrobot-v1", error.Message);
    }

    [Fact]
    public void Name_that_is_near_to_none_gets_the_list_only()
    {
        var error = Assert.Throws<KeyNotFoundException>(() => EnvironmentRegistry.Get("Breakout"));

        Assert.DoesNotContain("did you mean", error.Message);
        Assert.Contains("CartPole-v1", error.Message);
    }

    [Fact]
    public void Unknown_parameter_of_an_environment_is_named_with_those_that_exist()
    {
        var error = Assert.Throws<ArgumentException>(() => EnvironmentRegistry.Create("CartPole-v1", ParameterSet.Empty.With("sutton_barto_rewards", true)));
        Assert.Contains("did you mean 'sutton_barto_reward'?", error.Message);

        error = Assert.Throws<ArgumentException>(() => EnvironmentRegistry.Create("Acrobot-v1", ParameterSet.Empty.With("g", 1)));
        Assert.Contains("its env_config has wrappers alone", error.Message);
    }

    [Fact]
    public void Limits_and_episodes_may_not_be_empty()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => EnvironmentRegistry.Register("registry-test-d", _ => new IdentityEnvironment(2), 0));
        Assert.Throws<ArgumentException>(() => EnvironmentRegistry.Register(" ", _ => new IdentityEnvironment(2)));
        Assert.False(EnvironmentRegistry.TryGet("registry-test-d", out _));
    }

    [Fact]
    public void Gravity_of_the_pendulum_comes_from_its_configuration()
    {
        using var light = EnvironmentRegistry.Create("Pendulum-v1", ParameterSet.Empty.With("g", 0));
        using var usual = EnvironmentRegistry.Create("Pendulum-v1");
        var one = new float[3];
        var two = new float[3];
        light.Reset(new RandomStream(1), one);
        usual.Reset(new RandomStream(1), two);
        Assert.Equal(one, two);
        light.Step(new([0f]), one);
        usual.Step(new([0f]), two);

        Assert.NotEqual(one[2], two[2]);
    }

    [Fact]
    public void A_factory_that_fails_is_named()
    {
        EnvironmentRegistry.Register("refusing", _ => throw new ArgumentException("size is 0; it must be positive", "config"));
        EnvironmentRegistry.Register("failing", _ => throw new IOException("no such map"));

        Assert.Equal("The environment refusing could not be made: size is 0; it must be positive",
            Assert.Throws<ArgumentException>(() => EnvironmentRegistry.Create("refusing")).Message);
        Assert.Equal("The environment failing could not be made: no such map",
            Assert.Throws<InvalidOperationException>(() => EnvironmentRegistry.Create("failing")).Message);
    }
}
