using System.Collections.Concurrent;
using Tuning.Environments;
using Tuning.Runners;

namespace Tuning.Tests.Runners;

/// <summary>Samples of whole episodes: <c>batch_mode: complete_episodes</c>.</summary>
public sealed class WholeEpisodesTests
{
    [Fact]
    public void Every_copy_plays_whole_episodes_until_it_has_its_steps()
    {
        // Six copies with episodes of 3, 7, 11, … steps, of whom each is to have 8 at least.
        var created = 0;
        using var group = Group(_ => new CountingEnvironment(3 + (4 * created++)), steps: 8);
        var module = EnvRunnerGroupTests.Module(group);

        for (var i = 0; i < 3; i++)
        {
            var buffers = group.Sample(module);

            Assert.Equal([9, 14, 11, 15, 19, 23], buffers.Select(b => b.Steps));
            Assert.All(buffers, b => Assert.True(b.Terminated(b.Steps - 1)[0]));
            Assert.Equal([0, 1, 2, 0, 1, 2, 0, 1, 2], Enumerable.Range(0, 9).Select(t => (int)buffers[0].Observations(t)[0]));
            Assert.Equal([1, 2, 3, 1, 2, 3, 1, 2, 3], Enumerable.Range(0, 9).Select(t => (int)buffers[0].Rewards(t)[0]));
            Assert.Equal(91 * (i + 1), group.StepsLifetime);
        }

        var metrics = new Metrics();
        group.WriteTo(metrics);
        Assert.Equal(3 * 91, metrics.Number("env_runners/num_env_steps_sampled"));
        Assert.Equal(3 * (3 + 2 + 1 + 1 + 1 + 1), metrics.Number("env_runners/num_episodes"));
    }

    [Fact]
    public void Episodes_that_are_cut_end_with_what_they_showed_last()
    {
        using var group = Group(_ => new CountingEnvironment(100), steps: 5, limit: 4);

        var buffer = group.Sample(EnvRunnerGroupTests.Module(group))[0];

        Assert.Equal(8, buffer.Steps);
        Assert.Equal([3, 7], Enumerable.Range(0, 8).Where(t => buffer.Truncated(t)[0]));
        Assert.Equal([4f, 4f], buffer.FinalObservations.ToArray());
    }

    [Theory]
    [InlineData("CartPole-v1")]
    [InlineData("Pendulum-v1")]
    public void Samples_are_the_same_for_any_number_of_threads_and_after_a_restore(string environment)
    {
        using var one = new EnvRunnerGroup(EnvRunnerGroupTests.Options(environment, ObservationFilter.MeanStdFilter) with { CompleteEpisodes = true });
        using var two = new EnvRunnerGroup(EnvRunnerGroupTests.Options(environment, ObservationFilter.MeanStdFilter,
            threads: 3) with
        { CompleteEpisodes = true });
        using var three = new EnvRunnerGroup(EnvRunnerGroupTests.Options(environment, ObservationFilter.MeanStdFilter,
            seed: 99) with
        { CompleteEpisodes = true });
        var module = EnvRunnerGroupTests.Module(one);
        Assert.Equal(RolloutCopy.Of(one.Sample(module)), RolloutCopy.Of(two.Sample(module)));
        three.SetState(one.GetState());
        Assert.Null(three.RestoreNotice);

        for (var i = 0; i < 3; i++)
        {
            var expected = RolloutCopy.Of(one.Sample(module));
            Assert.Equal(expected, RolloutCopy.Of(two.Sample(module)));
            Assert.Equal(expected, RolloutCopy.Of(three.Sample(module)));
        }
    }

    [Fact]
    public void A_state_without_running_episodes_and_one_with_them_fit_both_modes()
    {
        var options = EnvRunnerGroupTests.Options("CartPole-v1", ObservationFilter.NoFilter);
        using var whole = new EnvRunnerGroup(options with { CompleteEpisodes = true });
        using var cut = new EnvRunnerGroup(options);
        var module = EnvRunnerGroupTests.Module(whole);
        cut.Sample(module);
        whole.SetState(cut.GetState());
        Assert.All(whole.Sample(module), b => Assert.True(b.Terminated(b.Steps - 1)[0] || b.Truncated(b.Steps - 1)[0]));

        cut.SetState(whole.GetState());
        Assert.Equal(cut.StepsPerIteration, cut.Sample(module).Sum(b => b.Rows));
    }

    [Fact]
    public void Hooks_see_the_sample_of_each_copy()
    {
        var seen = new ConcurrentBag<(int Runner, int Steps)>();
        using var group = Group(_ => new CountingEnvironment(4), steps: 6, hooks: () => new Samples(seen));

        group.Sample(EnvRunnerGroupTests.Module(group));

        Assert.Equal([(0, 8), (0, 8), (0, 8), (1, 8), (1, 8), (1, 8)], seen.Order());
    }

    [Fact]
    public void Agents_that_act_in_turn_play_their_games_to_the_end()
    {
        using var group = Games(threads: 1);
        using var other = Games(threads: 2);
        var modules = MultiAgentRollouts.ModulesOf(group);
        for (var i = 0; i < 3; i++)
        {
            var buffers = group.Sample(modules);
            Assert.Equal(MultiAgentRollouts.Copy(buffers), MultiAgentRollouts.Copy(other.Sample(modules)));
            foreach (var buffer in buffers.SelectMany(b => b).Where(b => b.Steps > 0))
            {
                Assert.True(buffer.Terminated(buffer.Steps - 1)[0]);
            }

            // Each of four copies has ten moves or more of both together, and no more than one game beyond.
            var moves = buffers.SelectMany(b => b).Sum(b => b.Steps);
            Assert.InRange(moves, 40, 4 * 18);
        }

        using var third = Games(threads: 1, seed: 99);
        third.SetState(group.GetState());
        Assert.Null(third.RestoreNotice);
        Assert.Equal(MultiAgentRollouts.Copy(group.Sample(modules)), MultiAgentRollouts.Copy(third.Sample(modules)));
    }

    private static EnvRunnerGroup Games(int threads, ulong seed = 5) => new(
        EnvRunnerGroupTests.Options("TicTacToe", ObservationFilter.NoFilter, seed, steps: 10, threads) with
        {
            NumEnvRunners = 2,
            NumEnvsPerEnvRunner = 2,
            CompleteEpisodes = true
        },
        ["p0", "p1"],
        PolicyMapping.Of([KeyValuePair.Create("x", "p0"), KeyValuePair.Create("o", "p1")]));

    private static EnvRunnerGroup Group(Func<ParameterSet, IEnvironment> create, int steps, int? limit = null, Func<IEpisodeHooks>? hooks = null) =>
        new(EnvRunnerGroupTests.Options("counted", ObservationFilter.NoFilter, steps: steps) with
        {
            Environment = new("counted", create, limit, null),
            NumEnvRunners = 2,
            NumEnvsPerEnvRunner = 3,
            Hooks = hooks,
            CompleteEpisodes = true
        });

    private sealed class Samples(ConcurrentBag<(int Runner, int Steps)> seen) : IEpisodeHooks
    {
        public void OnSampleEnd(EnvRunner runner, RolloutBuffer samples) => seen.Add((runner.Index, samples.Steps));
    }
}
