using Tuning.Randomness;
using Tuning.Spaces;

namespace Tuning.Tests.Spaces;

/// <summary>What is said of constraints that leave nothing.</summary>
public sealed class ConstraintTallyTests
{
    [Fact]
    public void Constraints_that_only_together_are_impossible_are_counted_each()
    {
        var generator = new VariantGenerator(new SearchSpace().Add("x", Domain.Uniform(0, 1)), ["x < 0.5", "x > 0.5"], []);

        var error = Assert.Throws<UnfulfilledConstraintsException>(() => generator.Generate(0, new RandomStream(1)));

        Assert.Null(error.Constraint);
        Assert.Matches("Each held at times \\('x < 0.5' in [45],[0-9]{3}, 'x > 0.5' in [45],[0-9]{3}\\), but never all together", error.Message);
    }

    [Fact]
    public void Point_that_breaks_a_constraint_whatever_else_is_drawn_is_named_with_it()
    {
        var space = new SearchSpace().Add("x", Domain.Uniform(0, 1)).Add("y", Domain.Uniform(0, 1));
        var generator = new VariantGenerator(space, ["y >= 0", "x < 0.5"], [ParameterSet.Empty.With("x", 0.25), ParameterSet.Empty.With("x", 0.75)]);

        Assert.Equal(0.25, generator.Generate(0, new RandomStream(1)).Config["x"]);
        var error = Assert.Throws<UnfulfilledConstraintsException>(() => generator.Generate(1, new RandomStream(1)));
        Assert.Equal("x < 0.5", error.Constraint);
        Assert.StartsWith("points_to_evaluate[1]: None of 10,000 configurations that were drawn with it fulfils the constraints: 'x < 0.5' held in none of " +
            "them.", error.Message, StringComparison.Ordinal);
    }
}
