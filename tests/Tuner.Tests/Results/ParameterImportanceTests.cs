using Tuning.Randomness;

namespace Tuning.Tests.Results;

public sealed class ParameterImportanceTests
{
    [Theory]
    [InlineData(40)]
    [InlineData(400)]
    public void What_the_loss_depends_on_comes_first(int trials)
    {
        var space = new SearchSpace().Add("lr", Domain.LogUniform(1e-5, 1)).Add("kind", Domain.Choice("a", "b", "c")).Add("n", Domain.RandInt(0, 10))
            .Add("idle", Domain.Uniform(0, 1));
        var importance = ParameterImportance.Of(space.Domains,
            Trials(space, trials, c => Math.Pow(Math.Log10((double)c["lr"]!) + 2, 2) + (c["kind"] is "b" ? 0 : 0.3) + (0.01 * (long)c["n"]!)));
        Assert.Equal(1, importance.Sum(i => i.Share), 1e-9);
        Assert.Equal("lr", importance[0].Parameter);
        Assert.True(importance.Single(i => i.Parameter == "idle").Share < 0.5 * importance[0].Share);
        Assert.True(importance.Single(i => i.Parameter == "kind").Share > importance.Single(i => i.Parameter == "idle").Share || trials < 100);
    }

    [Fact]
    public void A_loss_of_one_category_is_found_among_many_parameters()
    {
        var space = new SearchSpace().Add("kind", Domain.Choice("a", "b", "c", "d"));
        for (var i = 0; i < 8; i++)
        {
            space.Add("x" + i, Domain.Uniform(0, 1));
        }

        var importance = ParameterImportance.Of(space.Domains, Trials(space, 300, c => c["kind"] is "c" ? (double)c["x0"]! : 5 + (double)c["x0"]!));
        Assert.Equal(["kind", "x0"], importance.Take(2).Select(i => i.Parameter).Order());
    }

    [Fact]
    public void Few_trials_say_nothing()
    {
        var space = new SearchSpace().Add("x", Domain.Uniform(0, 1));
        Assert.Empty(ParameterImportance.Of(space.Domains, Trials(space, ParameterImportance.LeastTrials - 1, c => (double)c["x"]!)));
    }

    [Fact]
    public void Equal_losses_and_parameters_that_are_absent_do_no_harm()
    {
        var space = new SearchSpace().Add("kind", Domain.Choice("a", "b")).Add("x", Domain.Uniform(0, 1).When("kind == \"a\""))
            .Add("g", Domain.GridSearch(1, 2)).Add("e", Domain.Expression("g * 2"));
        var trials = Enumerable.Range(0, 30)
            .Select(i => (ParameterSet.Parse(i < 10 ? """{"kind": "a", "x": 0.5, "g": 1, "e": 2}""" : """{"kind": "b", "g": 2, "e": 4}"""), 1.0)).ToList();
        var importance = ParameterImportance.Of(space.Domains, trials);
        Assert.Equal(["g", "kind", "x"], importance.Select(i => i.Parameter).Order());
        Assert.All(importance, i => Assert.InRange(i.Share, 0, 1));
    }

    private static List<(ParameterSet, double)> Trials(SearchSpace space, int count, Func<ParameterSet, double> loss)
    {
        var random = new RandomStream(1);
        var codec = new Tuning.Spaces.ParameterCodec(space, []);
        var row = new double[codec.Axes.Length];
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            codec.Sample(random, row);
            var config = codec.Decode(row, out var fault);
            return (config, loss(config));
        })];
    }
}
