using Tuning.Modules;
using Tuning.Randomness;
using Tuning.Runners;
using Tuning.Tests.Learning.Dqn;

namespace Tuning.Tests.Runners;

/// <summary>How actions are chosen by their values: ε-greedy and soft Q.</summary>
public sealed class ValueExplorationTests
{
    private static readonly float[] _observation = [0.3f, -1, 2];

    [Fact]
    public void Epsilon_is_the_share_of_random_actions()
    {
        var module = DqnSome.Module();
        var counts = Count(new EpsilonGreedyExploration(_ => 0.4, 1), module, 8000);
        var values = module.ForwardInference(_observation);
        var best = Array.IndexOf(values, values.Max());

        // Four standard deviations of a binomial distribution.
        Assert.InRange(counts[best], 5600 - 164, 5600 + 164);
        Assert.All(counts.Where((_, a) => a != best), n => Assert.InRange(n, 800 - 107, 800 + 107));
    }

    [Fact]
    public void Epsilon_follows_the_steps_of_all_trajectories()
    {
        var seen = new List<long>();
        var exploration = new EpsilonGreedyExploration(
            steps =>
            {
                seen.Add(steps);
                return steps / 1000.0;
            },
            3);
        exploration.BeginSample(300);
        Count(exploration, DqnSome.Module(), 2);
        exploration.BeginSample(900);
        Count(exploration, DqnSome.Module(), 1);
        Assert.Equal([300, 303, 900], seen);
        exploration.WriteTo((name, value) => Assert.Equal(("curr_epsilon", 0.9), (name, value.Number!.Value)));
    }

    [Fact]
    public void Soft_Q_draws_by_exponentials_of_values()
    {
        var module = DqnSome.Module();
        var counts = Count(new SoftQExploration(0.5), module, 8000);
        var weights = module.ForwardInference(_observation).Select(v => Math.Exp(v / 0.5)).ToArray();
        var expected = weights.Select(w => 8000 * w / weights.Sum()).ToArray();

        // 99.99 % of chi-square with 3 degrees of freedom stay below 21.
        Assert.InRange(counts.Select((n, a) => (n - expected[a]) * (n - expected[a]) / expected[a]).Sum(), 0, 21);
    }

    private static int[] Count(Exploration exploration, DefaultDqnModule module, int draws)
    {
        var (counts, inputs, actions, workspace, random) =
            (new int[DqnSome.Actions], new float[DqnSome.Actions], new float[1], module.CreateWorkspace(1), new RandomStream(4));
        for (var i = 0; i < draws; i++)
        {
            exploration.Act(module, _observation, [0], inputs, actions, workspace, random);
            counts[(int)actions[0]]++;
        }

        return counts;
    }
}
