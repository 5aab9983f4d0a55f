using FsCheck;
using FsCheck.Fluent;
using Tuning.Connectors;
using Tuning.Randomness;

namespace Tuning.Tests.Connectors;

public sealed class MeanStdFilterTests
{
    [Fact]
    public void Filter_agrees_with_its_slow_twin()
    {
        var random = new RandomStream(3);
        var filter = new MeanStdFilter(4);
        var seen = new List<float[]>();
        var result = new float[4];
        for (var i = 0; i < 300; i++)
        {
            float[] row = [(float)random.NextGaussian(), 1000 + (float)random.NextGaussian(), 7, (float)(1e-3 * random.NextGaussian())];
            seen.Add(row);
            filter.Apply(row, result, learn: true);
            for (var j = 0; j < 4; j++)
            {
                Assert.Equal(Twin(seen, j, row[j]), result[j], 1e-5);
            }
        }

        Assert.Equal(300, filter.Count);
    }

    [Fact]
    public void Merging_gives_the_worked_numbers_of_RLlib()
    {
        // Its documentation of apply_changes: 1 and 2 here, 10 there.
        var master = new MeanStdFilter(1);
        var one = new MeanStdFilter(1);
        var two = new MeanStdFilter(1);
        Learn(one, 1, 2);
        master.Merge(one);
        Assert.Equal((2, 1.5), (master.Count, master.Mean[0]));
        Learn(two, 10);
        master.Merge(two);

        Assert.Equal(3, master.Count);
        Assert.Equal(4.333333333333333, master.Mean[0], 1e-12);
        Assert.Equal(Math.Sqrt(((1 - 13 / 3.0) * (1 - 13 / 3.0) + (2 - 13 / 3.0) * (2 - 13 / 3.0) + (10 - 13 / 3.0) * (10 - 13 / 3.0)) / 2),
            master.Deviation(0), 1e-12);
    }

    [Fact]
    public void What_was_merged_is_not_merged_again()
    {
        var master = new MeanStdFilter(1);
        var runner = new MeanStdFilter(1);
        Learn(runner, 1, 2, 3);
        master.Merge(runner);
        runner.Synchronise(master);
        master.Merge(runner);
        Assert.Equal(3, master.Count);
        Learn(runner, 4);
        master.Merge(runner);

        Assert.Equal(4, master.Count);
        Assert.Equal(2.5, master.Mean[0], 1e-12);
    }

    [Fact]
    public void Merged_parts_are_what_one_would_have_seen() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<(short[], short[], short[])>(),
            parts =>
            {
                var master = new MeanStdFilter(1);
                var alone = new MeanStdFilter(1);
                foreach (var part in new[] { parts.Item1, parts.Item2, parts.Item3 })
                {
                    var runner = new MeanStdFilter(1);
                    runner.Synchronise(master);
                    Learn(runner, [.. part.Select(p => (float)p)]);
                    Learn(alone, [.. part.Select(p => (float)p)]);
                    master.Merge(runner);
                }

                return master.Count == alone.Count
                    && Math.Abs(master.Mean[0] - alone.Mean[0]) <= 1e-9 * (1 + Math.Abs(alone.Mean[0]))
                    && Math.Abs(master.Deviation(0) - alone.Deviation(0)) <= 1e-9 * (1 + alone.Deviation(0));
            })
            .Check(Config.QuickThrowOnFailure.WithReplay(3, 5));

    [Fact]
    public void First_observation_becomes_zero_and_outliers_are_clipped()
    {
        var filter = new MeanStdFilter(1);
        Assert.Equal(0, Apply(filter, 5, learn: true));
        for (var i = 0; i < 500; i++)
        {
            Apply(filter, i % 2, learn: true);
        }

        Assert.Equal(10, Apply(filter, 1e6f, learn: false));
        Assert.Equal(-10, Apply(filter, -1e6f, learn: false));
    }

    [Fact]
    public void Without_learning_nothing_is_taken_in()
    {
        var filter = new MeanStdFilter(1);
        Assert.Equal(3, Apply(filter, 3, learn: false));
        Assert.Equal(0, filter.Count);
        Learn(filter, 1, 3);
        var before = filter.GetState();
        Assert.Equal(1 / Math.Sqrt(2), Apply(filter, 3, learn: false), 1e-6);
        Assert.Equal(before.Tensor("mean").As<double>().ToArray(), filter.GetState().Tensor("mean").As<double>().ToArray());
    }

    [Fact]
    public void State_round_trips_exactly()
    {
        var one = new MeanStdFilter(2);
        var two = new MeanStdFilter(2);
        var random = new RandomStream(8);
        var result = new float[2];
        for (var i = 0; i < 50; i++)
        {
            one.Apply([random.NextSingle(), -random.NextSingle()], result, learn: true);
        }

        two.SetState(one.GetState());
        var other = new float[2];
        one.Apply([0.3f, -0.1f], result, learn: true);
        two.Apply([0.3f, -0.1f], other, learn: true);

        Assert.Equal(result, other);
        Assert.Equal(51, two.Count);
    }

    [Fact]
    public void State_of_another_size_is_refused()
    {
        var error = Assert.Throws<CheckpointException>(() => new MeanStdFilter(3).SetState(new MeanStdFilter(2).GetState()));

        Assert.Contains("here observations have 3", error.Message);
    }

    private static void Learn(MeanStdFilter filter, params float[] values)
    {
        foreach (var value in values)
        {
            Apply(filter, value, learn: true);
        }
    }

    private static float Apply(MeanStdFilter filter, float value, bool learn)
    {
        var result = new float[1];
        filter.Apply([value], result, learn);
        return result[0];
    }

    private static double Twin(List<float[]> seen, int index, float value)
    {
        var mean = seen.Average(r => (double)r[index]);
        var deviation = seen.Count > 1 ? Math.Sqrt(seen.Sum(r => (r[index] - mean) * (r[index] - mean)) / (seen.Count - 1)) : Math.Abs(mean);
        return Math.Clamp((value - mean) / (deviation + 1e-8), -10, 10);
    }
}
