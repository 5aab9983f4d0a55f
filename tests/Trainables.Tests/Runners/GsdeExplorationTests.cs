using Tuning.Distributions;
using Tuning.Modules;
using Tuning.Randomness;
using Tuning.Runners;
using Tuning.Testing;

namespace Tuning.Tests.Runners;

public sealed class GsdeExplorationTests
{
    private const int ObservationSize = 3;
    private readonly DefaultPpoModule _module = Module();
    private readonly RandomStream _random = new(6);

    [Fact]
    public void Actions_have_the_mean_and_the_deviation_that_the_learner_is_told_and_are_independent_between_dimensions()
    {
        var exploration = new GsdeExploration(1);
        exploration.BeginSample(0);
        var observation = Observations(1);
        const int Draws = 20_000;
        var (sums, products) = (new double[2], new double[3]);
        float[] inputs = [];
        for (var i = 0; i < Draws; i++)
        {
            (inputs, var actions) = Act(exploration, observation, [0]);
            var (a, b) = (actions[0] - inputs[0], actions[1] - inputs[1]);
            (sums[0], sums[1]) = (sums[0] + a, sums[1] + b);
            (products[0], products[1], products[2]) = (products[0] + (a * a), products[1] + (b * b), products[2] + (a * b));
        }

        // Five standard errors; the seed is fixed.
        var (first, second) = (Math.Exp(inputs[2]), Math.Exp(inputs[3]));
        Assert.Equal(0, sums[0] / Draws / first, 0.036);
        Assert.Equal(0, sums[1] / Draws / second, 0.036);
        Assert.Equal(1, products[0] / Draws / (first * first), 0.05);
        Assert.Equal(1, products[1] / Draws / (second * second), 0.05);
        Assert.Equal(0, products[2] / Draws / (first * second), 0.036);
    }

    [Fact]
    public void Noise_is_the_same_function_of_the_state_until_the_matrix_is_drawn_again()
    {
        var exploration = new GsdeExploration(3);
        exploration.BeginSample(0);
        var noise = Enumerable.Range(0, 9).Select(_ => Noise(exploration, Observations(1), [0])[0]).ToList();

        Assert.Equal([noise[0], noise[0], noise[0], noise[3], noise[3], noise[3], noise[6], noise[6], noise[6]], noise);
        Assert.Equal(3, noise.Distinct().Count());
    }

    [Fact]
    public void Minus_one_draws_when_an_iteration_begins_and_only_then()
    {
        var exploration = new GsdeExploration(-1);
        exploration.BeginSample(0);
        var first = Enumerable.Range(0, 200).Select(_ => Noise(exploration, Observations(1), [0])[0]).Distinct().ToList();
        exploration.BeginEpisode(0);
        first.Add(Noise(exploration, Observations(1), [0])[0]);
        exploration.BeginSample(200);

        Assert.Equal(first[0], Assert.Single(first.Distinct()));
        Assert.NotEqual(first[0], Noise(exploration, Observations(1), [0])[0]);
    }

    [Fact]
    public void The_count_of_steps_goes_on_over_iterations_and_noise_follows_the_deviations()
    {
        var exploration = new GsdeExploration(4);
        exploration.BeginSample(0);
        var before = Noise(exploration, Observations(1), [0])[0];
        _module.SetState([.. _module.GetState()
            .Select(t => t.Name == "pi.log_std" ? new NamedTensor(t.Name, t.Shape.AsSpan(), [.. t.Data.Select(x => x + MathF.Log(2))]) : t)]);
        exploration.BeginSample(1);

        Assert.Equal(2 * before, Noise(exploration, Observations(1), [0])[0], 1e-5);
    }

    [Fact]
    public void Each_lane_has_its_own_matrix_and_counts_its_own_steps()
    {
        var exploration = new GsdeExploration(2);
        exploration.BeginSample(0);
        float[] same = [.. Observations(1), .. Observations(1)];

        var both = Noise(exploration, same, [0, 2]);
        var one = Noise(exploration, Observations(1), [2]);
        var again = Noise(exploration, same, [0, 2]);

        Assert.NotEqual(both[0], both[2]);
        Assert.Equal(both[2], one[0]);
        Assert.Equal(both[0], again[0]);
        Assert.NotEqual(both[2], again[2]);
    }

    [Fact]
    public void A_state_continues_exactly_and_is_small()
    {
        var exploration = new GsdeExploration(4);
        exploration.BeginSample(0);
        float[] two = [.. Observations(1), .. Observations(1)];
        Noise(exploration, two, [0, 1]);
        Noise(exploration, two, [0, 1]);
        var (state, stream) = (ParameterSet.Parse(exploration.GetState().ToString()), _random.Save());
        var expected = Enumerable.Range(0, 7).SelectMany(_ => Noise(exploration, two, [0, 1])).ToList();

        var restored = new GsdeExploration(4);
        restored.SetState(state);
        restored.BeginSample(2);
        _random.Restore(stream);

        Assert.Equal(expected, Enumerable.Range(0, 7).SelectMany(_ => Noise(restored, two, [0, 1])).ToList());
        Assert.True(exploration.GetState().ToString().Length < 300);
    }

    [Fact]
    public void Steps_allocate_nothing_also_when_matrices_are_drawn()
    {
        var exploration = new GsdeExploration(2);
        var workspace = _module.CreateWorkspace(2);
        var (observations, inputs, actions) = (new float[2 * ObservationSize], new float[8], new float[4]);
        int[] lanes = [0, 1];
        exploration.BeginSample(0);
        exploration.Act(_module, observations, lanes, inputs, actions, workspace, _random);

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                exploration.BeginSample(i);
                exploration.Act(_module, observations, lanes, inputs, actions, workspace, _random);
            }
        }));
    }

    [Fact]
    public void A_module_without_such_noise_is_sampled_as_always()
    {
        var plain = new DefaultPpoModule(new(ObservationSize, ActionDistribution.DiagonalGaussian(2), new()), _random);
        var (inputs, expected, actions, stream) = (new float[4], new float[2], new float[2], _random.Save());
        new StochasticExploration().Act(plain, Observations(1), [0], inputs, expected, plain.CreateWorkspace(1), _random);
        _random.Restore(stream);

        new GsdeExploration(8).Act(plain, Observations(1), [0], inputs, actions, plain.CreateWorkspace(1), _random);

        Assert.Equal(expected, actions);
    }

    private static float[] Observations(int count) => [.. Enumerable.Range(0, count * ObservationSize).Select(i => (0.4f * i) - 0.3f)];

    private static DefaultPpoModule Module() =>
        new(new(ObservationSize, ActionDistribution.DiagonalGaussian(2), new() { HiddenLayers = [8, 6], UseGsde = true, InitialLogStandardDeviation = -0.7 }),
            new RandomStream(2));

    private float[] Noise(GsdeExploration exploration, float[] observations, int[] lanes)
    {
        var (inputs, actions) = Act(exploration, observations, lanes);
        return [.. actions.Select((a, i) => a - inputs[(i / 2 * 4) + (i % 2)])];
    }

    private (float[] Inputs, float[] Actions) Act(GsdeExploration exploration, float[] observations, int[] lanes)
    {
        var (inputs, actions) = (new float[lanes.Length * 4], new float[lanes.Length * 2]);
        exploration.Act(_module, observations, lanes, inputs, actions, _module.CreateWorkspace(lanes.Length), _random);
        return (inputs, actions);
    }
}
