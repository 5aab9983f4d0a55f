using Tuning.Search.Tpe;
using Tuning.Tests.Search.Contract;

namespace Tuning.Tests.Search.Tpe;

public sealed class AxisGroupsTests
{
    private static readonly SearchSpace _space = new SearchSpace()
        .Add("kind", Domain.Choice("svm", "forest")).Add("lr", Domain.Uniform(0, 1))
        .Add("c", Domain.Uniform(0, 1).When("kind == 'svm'")).Add("g", Domain.Uniform(0, 1).When("kind == 'svm'"))
        .Add("depth", Domain.RandInt(1, 9).When("kind == 'forest'")).Add("leaf", Domain.Uniform(0, 1).When("kind == 'forest' and depth > 4"));

    [Fact]
    public void Together_are_the_largest_sets_that_no_trial_has_in_part() =>
        Assert.Equal(["c g", "depth", "kind lr", "leaf"], Groups(Grouping.Together, 40));

    [Fact]
    public void Without_trials_all_are_together() => Assert.Single(Groups(Grouping.Together, 0));

    [Fact]
    public void Conditional_parameters_can_be_alone() => Assert.Equal(["c", "depth", "g", "kind lr", "leaf"], Groups(Grouping.ConditionalAlone, 40));

    [Fact]
    public void Each_can_be_alone() => Assert.Equal(6, Groups(Grouping.Alone, 40).Count());

    private static IEnumerable<string> Groups(Grouping grouping, int trials)
    {
        var drawn = new DrawnTrials(_space, trials);
        var groups = new AxisGroups(drawn.Codec, drawn.Archive(), grouping);
        Assert.True(groups.Follow());
        Assert.False(groups.Follow());
        var of = groups.GroupOf.ToArray();
        Assert.Equal(of.Distinct().Count(), groups.Count);
        return drawn.Codec.Axes.GroupBy(a => of[a.Index]).Select(g => string.Join(' ', g.Select(a => a.Path).Order(StringComparer.Ordinal)))
            .Order(StringComparer.Ordinal);
    }
}
