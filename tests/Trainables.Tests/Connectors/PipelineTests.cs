using Tuning.Connectors;
using Tuning.Environments;

namespace Tuning.Tests.Connectors;

public sealed class PipelineTests
{
    [Fact]
    public void Without_a_filter_a_box_goes_through_unchanged()
    {
        var pipeline = EnvToModulePipeline.Build(new Box(-1, 1, 3));

        Assert.Equal([0.5f, -2, 7], Apply(pipeline, 0.5f, -2, 7));
        Assert.Empty(pipeline.GetCheckpointableComponents());
    }

    [Fact]
    public void Choices_become_one_hot_and_are_never_filtered()
    {
        var one = EnvToModulePipeline.Build(new Discrete(3), ObservationFilter.MeanStdFilter);
        var several = EnvToModulePipeline.Build(new MultiDiscrete(2, 3));

        Assert.Equal([0, 0, 1], Apply(one, 2));
        Assert.Equal([0, 1, 1, 0, 0], Apply(several, 1, 0));
        Assert.Equal(["000_OneHotObservations"], one.GetCheckpointableComponents().Select(c => c.Key));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    [InlineData(0.5f)]
    [InlineData(float.NaN)]
    public void Observation_that_is_no_choice_is_refused(float observation)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Apply(EnvToModulePipeline.Build(new Discrete(3)), observation));

        Assert.Contains("from 0 to 2", error.Message);
    }

    [Fact]
    public void Pieces_follow_each_other_and_are_named_by_position()
    {
        var filter = new MeanStdFilter(2);
        var pipeline = new EnvToModulePipeline(1, new OneHotObservations(new Discrete(2)), filter);
        Apply(pipeline, 0);
        var second = Apply(pipeline, 1);

        Assert.Equal([0.5, 0.5], filter.Mean.ToArray());
        Assert.Equal([-Math.Sqrt(0.5), Math.Sqrt(0.5)], second.Select(s => (double)s), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(["000_OneHotObservations", "001_MeanStdFilter"], pipeline.GetCheckpointableComponents().Select(c => c.Key));
        Assert.Throws<ArgumentException>(() => new EnvToModulePipeline(1, new MeanStdFilter(2)));
    }

    [Fact]
    public void Gather_merges_in_order_and_makes_all_equal()
    {
        var master = EnvToModulePipeline.Build(new Box(-10, 10), ObservationFilter.MeanStdFilter);
        var runners = new[] { EnvToModulePipeline.Build(new Box(-10, 10), ObservationFilter.MeanStdFilter),
            EnvToModulePipeline.Build(new Box(-10, 10), ObservationFilter.MeanStdFilter) };
        Apply(runners[0], 1);
        Apply(runners[1], 3);
        Apply(runners[1], 5);
        master.Gather(runners);

        Assert.All([master, .. runners], p =>
        {
            var filter = Assert.IsType<MeanStdFilter>(p.Pieces[0]);
            Assert.Equal((3, 3.0), (filter.Count, filter.Mean[0]));
        });
    }

    [Fact]
    public void State_of_the_pipeline_moves_by_component()
    {
        var one = EnvToModulePipeline.Build(new Box(-10, 10), ObservationFilter.MeanStdFilter);
        var two = EnvToModulePipeline.Build(new Box(-10, 10), ObservationFilter.MeanStdFilter);
        Apply(one, 4);
        two.SetState(one.GetState(["000_MeanStdFilter"]));

        Assert.Equal(1, ((MeanStdFilter)two.Pieces[0]).Count);
    }

    // RLlib: normalising wins over clipping; a box with an infinite bound is not normalised.
    [Theory]
    [InlineData(true, false, -2f, 4f, 0f, 1f)]
    [InlineData(true, false, -2f, 4f, -1f, -2f)]
    [InlineData(true, false, -2f, 4f, 1f, 4f)]
    [InlineData(true, false, -2f, 4f, 3f, 4f)]
    [InlineData(true, true, -2f, 4f, 0.5f, 2.5f)]
    [InlineData(false, true, -2f, 4f, 3f, 3f)]
    [InlineData(false, true, -2f, 4f, 30f, 4f)]
    [InlineData(false, false, -2f, 4f, 30f, 30f)]
    [InlineData(true, false, -2f, float.PositiveInfinity, -30f, -30f)]
    [InlineData(true, true, -2f, float.PositiveInfinity, -30f, -30f)]
    [InlineData(false, true, -2f, float.PositiveInfinity, -30f, -2f)]
    public void Actions_are_stretched_or_clipped(bool normalize, bool clip, float low, float high, float action, float expected)
    {
        var pipeline = new ModuleToEnvPipeline(new Box(low, high, 1), normalize, clip);
        var result = new float[1];
        pipeline.Apply([action], result);

        Assert.Equal(expected, result[0]);
        Assert.Equal(["000_NormalizeAndClipActions"], pipeline.GetCheckpointableComponents().Select(c => c.Key));
    }

    [Fact]
    public void Chosen_actions_go_through_unchanged()
    {
        var pipeline = new ModuleToEnvPipeline(new MultiDiscrete(3, 9));
        var result = new float[2];
        pipeline.Apply([2, 8], result);

        Assert.Equal([2, 8], result);
        Assert.Empty(pipeline.GetCheckpointableComponents());
    }

    private static float[] Apply(EnvToModulePipeline pipeline, params float[] observation)
    {
        var result = new float[pipeline.OutputSize];
        pipeline.Apply(observation, result, learn: true);
        return result;
    }
}
