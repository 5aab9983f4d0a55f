using Tuning.Environments;
using Tuning.Randomness;
using Tuning.Runners;
using Tuning.Testing;

namespace Tuning.Tests.Runners;

public sealed class EnvRunnerGroupTests
{
    [Theory]
    [InlineData("Pendulum-v1", ObservationFilter.MeanStdFilter)]
    [InlineData("CartPole-v1", ObservationFilter.MeanStdFilter)]
    [InlineData("MountainCarContinuous-v0", ObservationFilter.NoFilter)]
    public void Results_are_the_same_for_any_number_of_threads(string environment, ObservationFilter filter)
    {
        var expected = Play(environment, filter, threads: 1);

        Assert.Equal(expected, Play(environment, filter, threads: 2));
        Assert.Equal(expected, Play(environment, filter, threads: 3));
    }

    [Theory]
    [InlineData("Pendulum-v1")]
    [InlineData("CartPole-v1")]
    [InlineData("MountainCar-v0")]
    [InlineData("MountainCarContinuous-v0")]
    [InlineData("Acrobot-v1")]
    public void Restored_group_continues_identically(string environment)
    {
        using var one = Group(environment, ObservationFilter.MeanStdFilter);
        using var two = Group(environment, ObservationFilter.MeanStdFilter, seed: 99);
        var module = Module(one);
        for (var i = 0; i < 3; i++)
        {
            one.Sample(module);
            Report(one);
        }

        two.SetState(one.GetState());
        Assert.Null(two.RestoreNotice);

        for (var i = 0; i < 4; i++)
        {
            var first = RolloutCopy.Of(one.Sample(module));
            Assert.Equal(first, RolloutCopy.Of(two.Sample(module)));
            Assert.Equal(Report(one), Report(two));
        }
    }

    [Fact]
    public void Restored_from_disk_continues_identically()
    {
        using var one = Group("CartPole-v1", ObservationFilter.MeanStdFilter);
        using var two = Group("CartPole-v1", ObservationFilter.MeanStdFilter, seed: 99);
        var module = Module(one);
        one.Sample(module);
        var path = Directory.CreateTempSubdirectory("runner-").FullName;
        try
        {
            one.SaveToPath(Path.Combine(path, "env_runner"));
            Assert.True(Directory.Exists(Path.Combine(path, "env_runner", "env_to_module_connector", "000_MeanStdFilter")));
            two.RestoreFromPath(Path.Combine(path, "env_runner"));
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }

        Assert.Equal(RolloutCopy.Of(one.Sample(module)), RolloutCopy.Of(two.Sample(module)));
        Assert.Equal(one.StepsLifetime, two.StepsLifetime);
    }

    [Theory]
    [InlineData("g", 9.81, 2, 3, "env_config")]
    [InlineData(null, 0, 2, 4, "here are 2 with 4")]
    [InlineData(null, 0, 3, 3, "here are 3 with 3")]
    public void Restoring_into_another_arrangement_starts_episodes_anew_with_a_notice(string? parameter, double value, int runners, int copies, string part)
    {
        using var one = Group("Pendulum-v1", ObservationFilter.MeanStdFilter);
        var module = Module(one);
        one.Sample(module);
        using var two = new EnvRunnerGroup(Options("Pendulum-v1", ObservationFilter.MeanStdFilter) with
        {
            NumEnvRunners = runners,
            NumEnvsPerEnvRunner = copies,
            EnvironmentConfig = parameter is null ? ParameterSet.Empty : ParameterSet.Empty.With(parameter, value),
        });
        two.SetState(one.GetState());

        Assert.Contains(part, two.RestoreNotice);
        Assert.Equal(one.StepsLifetime, two.StepsLifetime);
        Assert.All(two.Runners, r => Assert.False(r.Started));
        two.Sample(module);
        Assert.Equal(one.StepsLifetime + two.StepsPerIteration, two.StepsLifetime);
    }

    [Fact]
    public void Restoring_an_environment_that_cannot_save_its_state_starts_episodes_anew()
    {
        var options = Options("unsaveable",
            ObservationFilter.NoFilter) with
        { Environment = new("unsaveable", _ => new CountingEnvironment(5, canSave: false), null, null) };
        using var one = new EnvRunnerGroup(options);
        using var two = new EnvRunnerGroup(options);
        var module = Module(one);
        one.Sample(module);
        two.SetState(one.GetState());

        Assert.Contains("cannot save its state", two.RestoreNotice);

        // Who draws goes on where it was, and the checkpoint says it beforehand.
        Assert.Equal(one.Runners[0].Policies[0].Random.Save(), two.Runners[0].Policies[0].Random.Save());
        Assert.Equal(one.Runners[0].Vector.SaveStream(0), two.Runners[0].Vector.SaveStream(0));
        Assert.Equal(one.Runners[0].Player.Episodes[0].Number, two.Runners[0].Player.Episodes[0].Number);
        Assert.Equal("begin anew: unsaveable cannot save its state", one.GetMetadata()["running_episodes"]);
    }

    [Fact]
    public void Iterations_do_not_allocate()
    {
        using var group = Group("Pendulum-v1", ObservationFilter.MeanStdFilter, steps: 100);
        LinearModule[] modules = [Module(group)];
        for (var i = 0; i < 6; i++)
        {
            group.Sample(modules);
        }

        Assert.Equal(0, Allocations.Least(() => group.Sample(modules)));
    }

    [Fact]
    public void Buffer_goes_on_where_the_last_iteration_ended()
    {
        using var group = Group("Pendulum-v1", ObservationFilter.MeanStdFilter);
        var module = Module(group);
        var end = group.Sample(module)[1].Observations(23).ToArray();

        Assert.Equal(end, group.Sample(module)[1].Observations(0).ToArray());
    }

    [Fact]
    public void Truncation_keeps_the_final_observation_and_termination_does_not()
    {
        // Observations count the steps of the episode; every third one of copy 0 is terminated, every fourth of copy 1 truncated.
        var made = 0;
        using var group = new EnvRunnerGroup(Options("counting", ObservationFilter.NoFilter) with
        {
            Environment = new("counting", _ => made++ % 2 == 0 ? new CountingEnvironment(3) : new TimeLimit(new CountingEnvironment(1000), 4), null, null),
            NumEnvRunners = 0,
            NumEnvsPerEnvRunner = 2,
            StepsPerEnvironment = 12,
        });
        var buffer = Assert.Single(group.Sample(Module(group)));

        for (var step = 0; step < 12; step++)
        {
            Assert.Equal([step % 3, step % 4], buffer.Observations(step).ToArray());
            Assert.Equal([step % 3 == 2, false], buffer.Terminated(step).ToArray());
            Assert.Equal([false, step % 4 == 3], buffer.Truncated(step).ToArray());
        }

        Assert.Equal([4f, 4f, 4f], buffer.FinalObservations.ToArray());
        Assert.Equal([0f, 0f], buffer.Observations(12).ToArray());
    }

    [Fact]
    public void Step_that_terminates_at_the_limit_is_terminated_only()
    {
        using var group = new EnvRunnerGroup(Options("counting", ObservationFilter.NoFilter) with
        {
            Environment = new("counting", _ => new CountingEnvironment(4), 4, null),
            NumEnvRunners = 0,
            NumEnvsPerEnvRunner = 1,
            StepsPerEnvironment = 4,
        });
        var buffer = Assert.Single(group.Sample(Module(group)));

        Assert.True(buffer.Terminated(3)[0]);
        Assert.False(buffer.Truncated(3)[0]);
        Assert.Equal(0, buffer.FinalCount);
    }

    [Fact]
    public void Module_of_other_sizes_is_refused()
    {
        using var group = Group("Pendulum-v1", ObservationFilter.NoFilter);
        using var other = Group("CartPole-v1", ObservationFilter.NoFilter);

        var error = Assert.Throws<ArgumentException>(() => group.Sample(Module(other)));
        Assert.Contains("its agents in Pendulum-v1 see 3", error.Message);
    }

    [Fact]
    public void Observation_that_is_not_finite_is_named()
    {
        using var group = new EnvRunnerGroup(Options("broken",
            ObservationFilter.NoFilter) with
        { Environment = new("broken", _ => new CountingEnvironment(1000, poisonAt: 5), null, null), Threads = 2 });

        var error = Assert.Throws<InvalidOperationException>(() => group.Sample(Module(group)));
        Assert.Contains("copy 0 of runner 0", error.Message);
        Assert.Contains("NaN", error.Message);
    }

    [Fact]
    public void Weights_sequence_counts_changes_between_iterations()
    {
        using var group = Group("Pendulum-v1", ObservationFilter.NoFilter);
        var module = Module(group);
        group.Sample(module);
        Assert.Equal(0, group.WeightsSequenceNumber);
        module.Touch();
        group.Sample(module);
        group.Sample(module);
        Assert.Equal(1, group.WeightsSequenceNumber);
    }

    [Fact]
    public void Without_exploration_the_likeliest_action_is_taken()
    {
        using var group = new EnvRunnerGroup(Options("Pendulum-v1", ObservationFilter.NoFilter) with { Explore = false });
        var buffer = group.Sample(Module(group))[0];

        for (var step = 0; step < buffer.Steps; step++)
        {
            for (var i = 0; i < buffer.Environments; i++)
            {
                Assert.Equal(buffer.ActionDistributionInputs(step)[2 * i], buffer.Actions(step)[i]);
            }
        }
    }

    internal static EnvRunnerOptions Options(string environment, ObservationFilter filter, ulong seed = 5, int steps = 23, int threads = 1) => new()
    {
        Environment = EnvironmentRegistry.TryGet(environment, out var known) ? known : new(environment, _ => new CountingEnvironment(5), null, null),
        NumEnvRunners = 2,
        NumEnvsPerEnvRunner = 3,
        StepsPerEnvironment = steps,
        ObservationFilter = filter,
        Threads = threads,
        Seed = SeedPath.Of(seed),
    };

    internal static LinearModule Module(EnvRunnerGroup group) => new(group.ObservationSize, group.ActionDistribution);

    private static EnvRunnerGroup Group(string environment, ObservationFilter filter, ulong seed = 5, int steps = 23) =>
        new(Options(environment, filter, seed, steps));

    private static List<float> Play(string environment, ObservationFilter filter, int threads)
    {
        using var group = new EnvRunnerGroup(Options(environment, filter, threads: threads) with { NumEnvRunners = 5, StepsPerEnvironment = 60 });
        var module = Module(group);
        var all = new List<float>();
        for (var i = 0; i < 4; i++)
        {
            all.AddRange(RolloutCopy.Of(group.Sample(module)));
            all.AddRange(Report(group).Select(m => (float)m.Value));
        }

        return all;
    }

    private static List<(string Key, double Value)> Report(EnvRunnerGroup group)
    {
        var metrics = new Metrics();
        group.WriteTo(metrics);
        return [.. metrics.Where(m => !m.Key.Contains("duration")).Select(m => (m.Key, m.Value.Number!.Value))];
    }
}
