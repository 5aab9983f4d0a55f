using Tuning.Checkpointing;
using Tuning.Environments;
using Tuning.Randomness;
using Tuning.Runners;
using Tuning.Testing;
using Tuning.Tests.Environments;
using static Tuning.Tests.Environments.ScriptedAgents;
using static Tuning.Tests.Runners.MultiAgentRollouts;

namespace Tuning.Tests.Runners;

[Trait("Lane", "Slow")]
public sealed class MultiAgentEnvRunnerGroupTests
{
    [Theory]
    [InlineData("MultiAgentPendulum", "0:p0,1:p1,*:p0", 3)]
    [InlineData("MultiAgentCartPole", "*:p", 2)]
    [InlineData("TicTacToe", "x:p0,o:p1", 0)]
    public void Results_are_the_same_for_any_number_of_threads(string environment, string mapping, int agents)
    {
        List<float> All(int threads)
        {
            using var group = Group(EnvironmentRegistry.Get(environment), 60, mapping, agents, ObservationFilter.MeanStdFilter, runners: 5, copies: 3,
                threads: threads);
            var modules = ModulesOf(group);
            var all = new List<float>();
            for (var i = 0; i < 4; i++)
            {
                all.AddRange(Copy(group.Sample(modules)));
                all.AddRange(Report(group).Select(m => (float)m.Value));
            }

            return all;
        }

        var expected = All(1);
        Assert.Equal(expected, All(2));
        Assert.Equal(expected, All(3));
    }

    [Theory]
    [InlineData("MultiAgentPendulum", "0:p0,*:p1", 3)]
    [InlineData("MultiAgentCartPole", "*:p", 2)]
    [InlineData("TicTacToe", "x:p0,o:p1", 0)]
    public void Restored_group_continues_identically(string environment, string mapping, int agents)
    {
        var definition = EnvironmentRegistry.Get(environment);
        using var one = Group(definition, 23, mapping, agents, ObservationFilter.MeanStdFilter, runners: 2, copies: 3);
        using var two = Group(definition, 23, mapping, agents, ObservationFilter.MeanStdFilter, runners: 2, copies: 3, seed: 99);
        var modules = ModulesOf(one);
        two.Sample(modules);
        for (var i = 0; i < 3; i++)
        {
            one.Sample(modules);
            Report(one);
        }

        two.SetState(one.GetState());
        Assert.Null(two.RestoreNotice);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(Copy(one.Sample(modules)), Copy(two.Sample(modules)));
            Assert.Equal(Report(one), Report(two));
        }
    }

    [Fact]
    public void Restored_from_disk_an_agent_that_waits_goes_on_waiting_with_what_it_was_given()
    {
        // Agent 0 waits for three steps at a time, agent 1 comes at 5 and leaves at 9.
        static void Script(int t, MultiAgentStep step)
        {
            if (t % 4 == 0)
            {
                See(step, 0, t);
            }

            if (t > 0)
            {
                step.AddReward(0, t);
            }

            if (t is >= 5 and < 9)
            {
                See(step, 1, t);
            }

            if (t == 9)
            {
                step.Terminate(1);
            }

            if (t == 30)
            {
                step.TruncateAll();
            }
        }

        using var one = Play(2, Script, steps: 7, mapping: "agent_0:a,agent_1:b");
        using var two = Play(2, Script, steps: 7, mapping: "agent_0:a,agent_1:b");
        var modules = ModulesOf(one);
        one.Sample(modules);
        Report(one);
        var path = Directory.CreateTempSubdirectory("runner-").FullName;
        try
        {
            one.SaveToPath(Path.Combine(path, "env_runner"));
            Assert.True(Directory.Exists(Path.Combine(path, "env_runner", "env_to_module_connector", "a")));
            Assert.True(Directory.Exists(Path.Combine(path, "env_runner", "module_to_env_connector", "b")));
            two.RestoreFromPath(Path.Combine(path, "env_runner"));
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }

        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(Copy(one.Sample(modules)), Copy(two.Sample(modules)));
            Assert.Equal(Report(one), Report(two));
        }

        Assert.Equal(one.StepsLifetime, two.StepsLifetime);
    }

    [Fact]
    public void Each_policy_has_a_filter_of_its_own_in_the_checkpoint()
    {
        using var group = Group(EnvironmentRegistry.Get("MultiAgentPendulum"), 11, "0:p0,1:p1", 2, ObservationFilter.MeanStdFilter, runners: 2, copies: 2);
        group.Sample(ModulesOf(group));
        var path = Directory.CreateTempSubdirectory("runner-").FullName;
        try
        {
            group.SaveToPath(Path.Combine(path, "env_runner"));
            var means = new[] { "p0", "p1" }.Select(p => ComponentFiles.ReadOwn(
                new(Path.Combine(path, "env_runner", "env_to_module_connector", p, "000_MeanStdFilter")), "state.safetensors")
                .Tensor("mean").Bytes.ToArray()).ToList();
            Assert.NotEqual(means[0], means[1]);
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    [Fact]
    public void Restoring_what_does_not_fit_starts_episodes_anew_with_a_notice()
    {
        static void Script(int t, MultiAgentStep step)
        {
            See(step, 0, t);
            See(step, 1, t);
        }

        using var one = Play(2, Script, steps: 5, mapping: "agent_0:a,agent_1:b", canSave: false);
        using var two = Play(2, Script, steps: 5, mapping: "agent_0:a,agent_1:b", canSave: false);
        var modules = ModulesOf(one);
        one.Sample(modules);
        two.SetState(one.GetState());
        Assert.Contains("cannot save its state", two.TakeRestoreNotice());
        Assert.Null(two.TakeRestoreNotice());
        Assert.Equal(0, two.Sample(modules)[0][0].Observations(0)[0]);
        Assert.Equal(10, two.StepsLifetime);

        using var other = Play(2, Script, steps: 5, mapping: "agent_0:b,agent_1:a");
        using var source = Play(2, Script, steps: 5, mapping: "agent_0:a,agent_1:b");
        source.Sample(modules);
        other.SetState(source.GetState());
        Assert.Contains("follows the policy 'a', which it does not follow here", other.RestoreNotice);
        using var fewer = Play(1, (t, step) => See(step, 0, t), steps: 5, mapping: "*:a");
        using var three = Play(3, Script, steps: 5, mapping: "*:a");
        three.Sample([modules[0]]);
        fewer.ApplyState(three.CaptureState());
        Assert.Contains("their agents are agent_0, agent_1, agent_2, here they are agent_0", fewer.RestoreNotice);
    }

    [Theory]
    [InlineData("MultiAgentPendulum", 2)]
    [InlineData("TicTacToe", 0)]
    public void Iterations_do_not_allocate(string environment, int agents)
    {
        using var group = Group(EnvironmentRegistry.Get(environment), 100, "*:p", agents, ObservationFilter.MeanStdFilter, copies: 4);
        LinearModule[] modules = ModulesOf(group);
        for (var i = 0; i < 8; i++)
        {
            group.Sample(modules);
        }

        Assert.Equal(0, Allocations.Least(() => group.Sample(modules)));
    }

    [Fact]
    public void Policies_may_have_different_spaces()
    {
        using var group = Group(new("unlike", _ => new Unlike(), null, null), 6, "walker:w,diver:d");
        Assert.Equal(["d", "w"], group.Policies.Select(p => p.Id));
        Assert.Equal([3, 2], group.Policies.Select(p => p.ToModule.OutputSize));
        var buffers = group.Sample(ModulesOf(group));

        Assert.Equal((3, 1, 6), (buffers[0][0].ObservationSize, buffers[0][0].ActionSize, buffers[0][0].Steps));
        Assert.Equal((2, 1, 6), (buffers[1][0].ObservationSize, buffers[1][0].ActionSize, buffers[1][0].Steps));
        Assert.Contains("both follow the policy 'p'",
            Assert.Throws<ArgumentException>(() => Group(new("unlike", _ => new Unlike(), null, null), 6, "*:p")).Message);
    }

    [Fact]
    public void Function_may_choose_the_policy_by_episode()
    {
        var options = new EnvRunnerOptions
        {
            Environment = new("scripted", _ => new ScriptedAgents(1, (t, step) =>
            {
                See(step, 0, t);
                if (t == 3)
                {
                    step.TerminateAll();
                }
            }), null, null),
            StepsPerEnvironment = 7,
            Seed = SeedPath.Of(0),
        };
        using var group = new EnvRunnerGroup(options, ["even", "odd"], PolicyMapping.Of((_, episode) => episode.Number % 2 == 0 ? "even" : "odd"));
        var modules = ModulesOf(group);
        var buffers = group.Sample(modules);

        Assert.Equal(["0: 0", "1: 0", "2: 0 terminated", "0: 0"], Rows(buffers[0][0]));
        Assert.Equal(["0: 0", "1: 0", "2: 0 terminated"], Rows(buffers[1][0]));
        buffers = group.Sample(modules);
        Assert.Equal(["1: 0", "2: 0 terminated", "0: 0", "1: 0"], Rows(buffers[0][0]).Take(2).Concat(Rows(buffers[0][0]).TakeLast(2)));
    }

    [Fact]
    public void Mapping_that_does_not_fit_says_why()
    {
        Assert.Contains("says nothing of the agent 'o'", Refused("x:p"));
        Assert.Contains("A pattern \"*\" stands for all", Refused("x:p"));
        Assert.Contains("gives the agent 'o' the policy 'q', which is none of: p", Refused("x:p,o:q", "p"));
        using var group = new EnvRunnerGroup(Options(), ["p"], PolicyMapping.Of((agent, episode) => episode.Agents.Count == 0 ? "p" : "other"));
        Assert.Contains("gives the agent 'x' the policy 'other'", Assert.Throws<InvalidOperationException>(() => group.Sample(ModulesOf(group))).Message);

        static EnvRunnerOptions Options() => new() { Environment = EnvironmentRegistry.Get("TicTacToe"), StepsPerEnvironment = 5, Seed = SeedPath.Of(0) };

        static string Refused(string mapping, params string[] policies)
        {
            var map = mapping.Split(',').Select(m => m.Split(':')).Select(m => KeyValuePair.Create(m[0], m[1])).ToList();
            return Assert.Throws<ArgumentException>(() =>
                new EnvRunnerGroup(Options(), policies.Length == 0 ? map.Select(m => m.Value) : policies, PolicyMapping.Of(map))).Message;
        }
    }

    [Fact]
    public void Environments_are_closed()
    {
        var made = new List<ScriptedAgents>();
        ScriptedAgents Make()
        {
            var environment = new ScriptedAgents(1, (t, step) => See(step, 0, t));
            made.Add(environment);
            return environment;
        }

        Group(new("closing", _ => Make(), null, null), 3, "*:p", runners: 2, copies: 2).Dispose();
        Assert.Throws<ArgumentException>(() => Group(new("closing", _ => Make(), null, null), 3, "someone:p", runners: 2, copies: 2));
        Assert.All(made, e => Assert.True(e.Closed));
    }

    // A walker with two numbers and three choices, a diver with three numbers that does a number.
    private sealed class Unlike : IMultiAgentEnvironment
    {
        public IReadOnlyList<string> Agents { get; } = ["walker", "diver"];

        public Space ObservationSpace(int agent) => agent == 0 ? new Box(0, 1, 2) : new Box(-1, 1, 3);

        public Space ActionSpace(int agent) => agent == 0 ? new Discrete(3) : new Box(-1, 1, 1);

        public void Reset(RandomStream random, MultiAgentStep step)
        {
            step.Observe(0).Fill(0.5f);
            step.Observe(1).Fill(-0.5f);
        }

        public void Step(MultiAgentStep step)
        {
            step.Observe(0).Fill(step.Action(0).Choice / 2f);
            step.Observe(1).Fill(step.Action(1).Values[0]);
        }
    }
}
