using static Tuning.Tests.Spaces.VariantGeneratorTests;

namespace Tuning.Tests.Spaces;

/// <summary>The order of grids, and how many cells they have.</summary>
public sealed class VariantGridTests
{
    [Fact]
    public void Grid_runs_in_rays_order_the_first_path_fastest()
    {
        var space = new SearchSpace()
            .Add("b", Domain.GridSearch("x", "y"))
            .Add("a.z", Domain.GridSearch(1, 2, 3))
            .Add("c", 7);

        var generator = Generator(space);

        Assert.Equal(6, generator.Cells);
        Assert.Equal(
            [
                """{"a":{"z":1},"b":"x","c":7}""",
                """{"a":{"z":2},"b":"x","c":7}""",
                """{"a":{"z":3},"b":"x","c":7}""",
                """{"a":{"z":1},"b":"y","c":7}""",
                """{"a":{"z":2},"b":"y","c":7}""",
                """{"a":{"z":3},"b":"y","c":7}""",
                """{"a":{"z":1},"b":"x","c":7}""",
            ],
            Texts(generator, 7));
        Assert.Equal(12, generator.CountFor(2));
        Assert.Equal((1, 0, 6), generator.Generate(6, Seed.Stream()) is var v ? (v.Sample, v.Cell, v.Cells) : default);
    }

    [Fact]
    public void Grid_inside_a_grid_counts_where_it_stands()
    {
        var space = new SearchSpace()
            .Add("opt", Domain.GridSearch(
                new Dictionary<string, object?> { ["name"] = "adam" },
                new Dictionary<string, object?> { ["name"] = "sgd", ["momentum"] = Domain.GridSearch(0.0, 0.9) }))
            .Add("z", Domain.GridSearch(1, 2));

        Assert.Equal(
            [
                """{"opt":{"name":"adam"},"z":1}""",
                """{"opt":{"momentum":0.0,"name":"sgd"},"z":1}""",
                """{"opt":{"momentum":0.9,"name":"sgd"},"z":1}""",
                """{"opt":{"name":"adam"},"z":2}""",
                """{"opt":{"momentum":0.0,"name":"sgd"},"z":2}""",
                """{"opt":{"momentum":0.9,"name":"sgd"},"z":2}""",
            ],
            Texts(Generator(space), 6));
    }

    [Fact]
    public void Huge_grid_costs_nothing_and_its_count_is_capped()
    {
        var space = new SearchSpace();
        for (var i = 0; i < 30; i++)
        {
            space.Add($"p{i:D2}", Domain.GridSearch(Enumerable.Range(0, 10)));
        }

        var generator = Generator(space);

        Assert.Equal(long.MaxValue, generator.Cells);
        Assert.Equal(long.MaxValue, generator.CountFor(3));
        Assert.Equal(1_234_567_890_123L,
            Enumerable.Range(0, 30).Sum(i => (long)Config(generator, 1_234_567_890_123L)[$"p{i:D2}"]! * (long)Math.Pow(10, Math.Min(i, 15))));
    }
}
