using Tuning.Search.Tpe;
using Tuning.Specification;

namespace Tuning.Tests.Specification;

/// <summary>What a search algorithm cannot do with a space is found before anything runs.</summary>
public sealed class SearchCheckTests
{
    public static TheoryData<string> SearchAlgs =>
    [
        "random", "tpe", "motpe", "gp", "cma_es", "auto", "nsga2", "bohb", "quasi_random", "{type: repeater, repeat: 2, searcher: tpe}",
        "{type: concurrency_limiter, max_concurrent: 2, searcher: random}",
    ];

    [Theory]
    [MemberData(nameof(SearchAlgs))]
    public void Constraints_that_leave_nothing_are_refused(string searchAlg)
    {
        var read = Read(searchAlg, "[\"x >= 0\", \"x + y > 2\"]");

        var problem = Assert.Single(read.Problems);
        Assert.Equal("impossible.constraints[1]", problem.Path);
        Assert.Contains("configurations that were drawn fulfils the constraints: 'x + y > 2' held in none of them.", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SearchAlgs))]
    public void Constraints_that_one_in_a_thousand_fulfils_are_taken(string searchAlg) => Assert.Empty(Read(searchAlg, "[\"x + y < 0.04\"]").Problems);

    [Theory]
    [InlineData("x: {expr: 1 / k}", "", "impossible.config.x", "has no value in ")]
    [InlineData("m: {uniform: [0, 1], when: log(k) > 1}", "", "impossible.config.m", "has no value in ")]
    [InlineData("y: {uniform: [0, 1]}", "y / k >= 0", "impossible.constraints[0]", "Those are drawn again.")]
    public void Expressions_that_have_no_value_at_times_are_told(string parameter, string constraint, string path, string message)
    {
        var read = ExperimentFile.Parse(
            $$"""
            impossible:
              run: train
              config: {k: {randint: [0, 4]}, {{parameter}}}
              constraints: [{{(constraint.Length == 0 ? "" : $"'{constraint}'")}}]
              tune: {metric: loss, mode: min}
              stop: {training_iteration: 1}
            """,
            "impossible.yaml",
            new ComponentCatalog().AddTrainable(Train));

        Assert.Empty(read.Problems);
        var notice = Assert.Single(read.Notices, n => n.Path == path);
        Assert.Contains(message, notice.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_says_the_same()
    {
        var tune = new TuneConfig { Metric = "loss", Mode = Mode.Min, SearchAlgorithm = new TpeOptions(), Constraints = ["x > 2"] };

        var error = Assert.Throws<SpecificationException>(() =>
            ExperimentBuilder.Build(new ComponentCatalog(), Train, new SearchSpace().Add("x", Domain.Uniform(0, 1)), tune));

        Assert.Contains("constraints[0]: None of ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("set_index: true", false)]
    [InlineData("set_index: true, index_parameter: fold", false)]
    [InlineData("set_index: true, index_parameter: seed", true)]
    [InlineData("set_index: false", true)]
    public void Index_of_a_repeat_is_a_parameter_that_the_trainable_has(string options, bool fits)
    {
        var catalog = new ComponentCatalog().AddTrainable(Trainable.FromFunction<Strict>("strict", _ => new Metrics()));
        var read = ExperimentFile.Parse(
            $$$"""
            repeats:
              run: strict
              config: {x: {uniform: [0, 1]}}
              tune: {metric: loss, mode: min, search_alg: {type: repeater, repeat: 2, searcher: random, {{{options}}} } }
            """,
            "repeats.yaml",
            catalog);

        Assert.Equal(fits, read.IsValid);
        Assert.All(read.Problems, p => Assert.Equal("repeats.tune.search_alg.set_index", p.Path));
    }

    private static Tuning.Training.TrainableDefinition Train { get; } = Trainable.FromFunction<ParameterSet>("train", (_, _) => { });

    private static ExperimentFileResult Read(string searchAlg, string constraints) => ExperimentFile.Parse(
        $$$"""
        impossible:
          run: train
          config: {x: {uniform: [0, 1]}, y: {uniform: [0, 1]}}
          constraints: {{{constraints}}}
          tune: {metric: loss, mode: min, search_alg: {{{searchAlg}}} }
        """,
        "impossible.yaml",
        new ComponentCatalog().AddTrainable(Train));

    internal sealed record Strict(double X, int Seed = 0);
}
