using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Tests;

/// <summary>How episodes begin and end, and what they are seeded with.</summary>
public sealed class GymEpisodeTests
{
    [Fact]
    public void Episode_ends_with_its_last_observation_and_goes_on_with_the_first()
    {
        using var environment = Python.Make("Counter-v0", ("infos", new[] { "steps", "begun" }));
        var (random, row) = (new RandomStream(5), new float[2]);
        environment.Reset(random, row);
        var start = row[0];
        Assert.Equal((1.0, double.NaN), (environment.Info("begun"), environment.Info("steps")));
        for (var step = 1; step <= 3; step++)
        {
            var result = environment.Step(new EnvironmentAction((int[])[0]), row);
            Assert.Equal((step / 2.0, step == 3, false), (result.Reward, result.Terminated, result.Truncated));
            Assert.Equal([start, step], row);
            Assert.Equal(step, environment.Info("steps"));
        }

        environment.Reset(random, row);
        Assert.Equal(0, row[1]);
        Assert.NotEqual(start, row[0]);
    }

    [Fact]
    public void Time_limit_of_python_truncates()
    {
        using var environment = Python.Make("Counter-v0", ("length", 9));
        var row = new float[2];
        environment.Reset(new(5), row);

        var ends = Enumerable.Range(0, 5).Select(_ => environment.Step(new EnvironmentAction((int[])[0]), row)).ToList();

        Assert.All(ends[..4], e => Assert.False(e.Done));
        Assert.Equal((false, true), (ends[4].Terminated, ends[4].Truncated));
        Assert.Equal(5, row[1]);
    }

    [Fact]
    public void Copy_is_seeded_once_by_its_stream_and_anew_where_it_forgets()
    {
        using var environment = Python.Make("Counter-v0");
        float[] Starts(RandomStream random) => [.. Enumerable.Range(0, 3).Select(_ =>
        {
            var row = new float[2];
            environment.Reset(random, row);
            return row[0];
        })];

        var random = new RandomStream(5);
        var first = Starts(random);
        var after = random.Save();
        var again = Starts(new RandomStream(5));
        environment.Forget();
        var other = Starts(random);

        Assert.Equal(first, again);
        Assert.Equal(3, first.Distinct().Count());
        Assert.Empty(first.Intersect(other));

        // One number was drawn for all of an earlier run of episodes.
        random.Restore(after);
        environment.Forget();
        Assert.Equal(other, Starts(random));
    }

    [Fact]
    public void Copies_of_a_runner_share_a_process_and_step_together()
    {
        Python.Needed();
        Assert.True(EnvironmentRegistry.TryGet("gym:Counter-v0", out var definition));
        using var copies = new VectorEnvironment(definition, Python.Config(), 3, SeedPath.Of(7));
        Assert.True(copies.StepsAhead);
        for (var i = 0; i < 3; i++)
        {
            copies.Reset(i);
        }

        var row = new float[2];
        for (var step = 1; step <= 2; step++)
        {
            for (var i = 0; i < 3; i++)
            {
                // Copy 2 ends at once.
                copies.Send(i, [i == 2 ? 1 : 0]);
            }

            for (var i = 0; i < 3; i++)
            {
                var result = copies.Step(i, [i == 2 ? 1 : 0], row);
                Assert.Equal((i == 2, i == 2 ? 1 : step), (result.Done, (int)row[1]));
                if (result.Done)
                {
                    Assert.Equal(0, copies.Reset(i).Observation(0)[1]);
                }
            }
        }
    }

    [Fact]
    public void Horizon_of_the_experiment_cuts_before_the_end()
    {
        Python.Needed();
        Assert.True(EnvironmentRegistry.TryGet("gym:Counter-v0", out var definition));
        using var copies = new VectorEnvironment(definition.CutAt(2), Python.Config(), 2, SeedPath.Of(7));
        Assert.True(copies.StepsAhead);
        copies.Reset(0);
        var row = new float[2];
        copies.Send(0, [0]);
        Assert.False(copies.Step(0, [0], row).Done);
        copies.Send(0, [0]);
        Assert.True(copies.Step(0, [0], row).Truncated);
        Assert.Equal(0, copies.Reset(0).Observation(0)[1]);
    }
}
