using System.Collections.Concurrent;
using System.Text.Json;
using Tuning.Environments;
using Tuning.Randomness;
using Tuning.Runners;

namespace Tuning.Tests.Runners;

/// <summary>Playing whole episodes, or so many steps, dealt out to the copies.</summary>
public sealed class EvaluationRunnersTests
{
    private static readonly EvaluationRound _ten = new(10, InEpisodes: true, Resets: true);

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(10, 2, 3)]
    [InlineData(12, 2, 3)]
    [InlineData(3, 4, 5)]
    [InlineData(1000, 3, 2)]
    public void Every_copy_gets_its_share_and_nothing_is_left_over(int duration, int runners, int copies)
    {
        var round = new EvaluationRound(duration, true, true);
        var shares = Enumerable.Range(0, Math.Max(1, runners))
            .SelectMany(r => Enumerable.Range(0, copies).Select(c => round.ShareOf(r, c, Math.Max(1, runners), copies))).ToList();

        Assert.Equal(duration, shares.Sum());
        Assert.True(shares.Max() - shares.Min() <= 1);
    }

    [Fact]
    public void Short_episodes_are_not_preferred()
    {
        // Six copies, the later the longer its episodes: whatever ended first would be the short ones of the first copies.
        var created = 0;
        var played = new ConcurrentQueue<(int Runner, int Copy, int Length)>();
        using var group = Group(_ => new CountingEnvironment(1 + (10 * created++)), hooks: () => new Ends(played));

        group.Evaluate([EnvRunnerGroupTests.Module(group)], _ten, 0);

        Assert.Equal([2, 2, 2, 2, 1, 1], played.GroupBy(e => (e.Runner, e.Copy)).Select(g => g.Count()).OrderDescending());
        var metrics = Report(group);
        Assert.Equal(10, metrics.Number("env_runners/num_episodes"));
        Assert.Equal(played.Average(e => e.Length), metrics.Number("env_runners/episode_len_mean"));
        Assert.Equal(51, metrics.Number("env_runners/episode_len_max"));
        Assert.Equal(played.Sum(e => e.Length), metrics.Number("env_runners/num_env_steps_sampled"));
    }

    [Fact]
    public void Copies_without_a_share_are_never_begun()
    {
        var resets = 0;
        using var group = Group(_ => new Watched(() => Interlocked.Increment(ref resets)));

        group.Evaluate([EnvRunnerGroupTests.Module(group)], _ten with { Duration = 4 }, 0);

        Assert.Equal(4, resets);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(100)]
    public void Steps_are_counted_to_the_last_one(int duration)
    {
        using var group = Group(_ => new CountingEnvironment(5));

        group.Evaluate([EnvRunnerGroupTests.Module(group)], new(duration, InEpisodes: false, Resets: true), 0);

        Assert.Equal(duration, Report(group).Number("env_runners/num_env_steps_sampled"));
    }

    [Fact]
    public void Steps_begin_with_new_episodes_or_go_on_as_they_are_told()
    {
        Assert.Equal([0.0, 0, 0], Episodes(resets: true));
        // Six copies with four steps each: their fifth, the last of an episode, is in the second round, the tenth in the third.
        Assert.Equal([0.0, 6, 6], Episodes(resets: false));

        static IEnumerable<double?> Episodes(bool resets)
        {
            using var group = Group(_ => new CountingEnvironment(5));
            for (var i = 0; i < 3; i++)
            {
                group.Evaluate([EnvRunnerGroupTests.Module(group)], new(24, InEpisodes: false, resets), 0);
                yield return Report(group).Number("env_runners/num_episodes");
            }
        }
    }

    [Fact]
    public void A_report_tells_of_its_own_evaluation_only()
    {
        var length = 3;
        using var group = Group(_ => new Changing(() => length));
        group.Evaluate([EnvRunnerGroupTests.Module(group)], _ten, 0);
        Assert.Equal(3, Report(group).Number("env_runners/episode_len_mean"));

        length = 8;
        group.Evaluate([EnvRunnerGroupTests.Module(group)], _ten, 0);

        var metrics = Report(group);
        Assert.Equal(8, metrics.Number("env_runners/episode_len_min"));
        Assert.Equal(10, metrics.Number("env_runners/num_episodes"));
        Assert.Equal(20, metrics.Number("env_runners/num_episodes_lifetime"));
        Assert.Equal(110, metrics.Number("env_runners/num_env_steps_sampled_lifetime"));
    }

    [Theory]
    [InlineData("Pendulum-v1", true)]
    [InlineData("CartPole-v1", true)]
    [InlineData("CartPole-v1", false)]
    public void Results_are_the_same_for_any_number_of_threads_and_after_a_restore(string environment, bool inEpisodes)
    {
        var round = new EvaluationRound(50, inEpisodes, Resets: false);
        using var one = Evaluators(environment, threads: 1);
        using var two = Evaluators(environment, threads: 3);
        using var three = Evaluators(environment, threads: 2, seed: 99);
        var module = EnvRunnerGroupTests.Module(one);
        for (var i = 0; i < 3; i++)
        {
            if (i == 1)
            {
                three.SetState(one.GetState());
                Assert.Null(three.RestoreNotice);
            }

            one.Evaluate([module], round, 0);
            two.Evaluate([module], round, 0);
            var expected = Lines(one);
            Assert.Equal(expected, Lines(two));
            if (i > 0)
            {
                three.Evaluate([module], round, 0);
                Assert.Equal(expected, Lines(three));
            }
        }
    }

    [Fact]
    public void Filters_are_used_and_do_not_learn()
    {
        using var group = Evaluators("Pendulum-v1", threads: 1);
        using var training = new EnvRunnerGroup(EnvRunnerGroupTests.Options("Pendulum-v1", ObservationFilter.MeanStdFilter));
        var module = EnvRunnerGroupTests.Module(group);
        training.Sample(module);
        group.ToModule.Synchronise(training.ToModule);
        var before = Apply(group);

        group.Evaluate([module], _ten, 0);

        Assert.Equal(before, Apply(group));
        Assert.Equal(before, Apply(training));
        Assert.NotEqual([1f, 1f, 1f], before);

        static float[] Apply(EnvRunnerGroup group)
        {
            var result = new float[3];
            group.ToModule.Apply([1f, 1f, 1f], result, learn: false);
            return result;
        }
    }

    private static EnvRunnerGroup Evaluators(string environment, int threads, ulong seed = 5) =>
        new(EnvRunnerGroupTests.Options(environment, ObservationFilter.MeanStdFilter, seed, threads: threads) with { IsEvaluation = true });

    private static EnvRunnerGroup Group(Func<ParameterSet, IEnvironment> create, Func<IEpisodeHooks>? hooks = null) =>
        new(EnvRunnerGroupTests.Options("evaluated", ObservationFilter.NoFilter) with
        {
            Environment = new("evaluated", create, null, null),
            Hooks = hooks,
            IsEvaluation = true
        });

    private static Metrics Report(EnvRunnerGroup group)
    {
        var metrics = new Metrics();
        group.WriteTo(metrics);
        return metrics;
    }

    private static List<string> Lines(EnvRunnerGroup group) =>
        [.. Report(group).Where(m => !m.Key.Contains("_sec_", StringComparison.Ordinal)).Select(m => $"{m.Key}={m.Value}")];

    private sealed class Ends(ConcurrentQueue<(int Runner, int Copy, int Length)> played) : IEpisodeHooks
    {
        public void OnEpisodeEnd(EnvRunner runner, Episode episode) => played.Enqueue((runner.Index, episode.EnvironmentIndex, episode.Length));
    }

    private sealed class Watched(Action reset) : IEnvironment
    {
        private readonly CountingEnvironment _inner = new(5);

        public Space ObservationSpace => _inner.ObservationSpace;

        public Space ActionSpace => _inner.ActionSpace;

        public void Reset(RandomStream random, Span<float> observation)
        {
            reset();
            _inner.Reset(random, observation);
        }

        public StepResult Step(EnvironmentAction action, Span<float> observation) => _inner.Step(action, observation);
    }

    private sealed class Changing(Func<int> length) : IEnvironment
    {
        private CountingEnvironment _inner = new(1);

        public Space ObservationSpace => _inner.ObservationSpace;

        public Space ActionSpace => _inner.ActionSpace;

        public bool CanSaveState => true;

        public void Reset(RandomStream random, Span<float> observation)
        {
            _inner = new(length());
            _inner.Reset(random, observation);
        }

        public StepResult Step(EnvironmentAction action, Span<float> observation) => _inner.Step(action, observation);

        public JsonElement SaveState() => _inner.SaveState();

        public void RestoreState(JsonElement state, RandomStream random) => _inner.RestoreState(state, random);
    }
}
