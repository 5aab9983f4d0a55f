using Tuning.Randomness;
using Tuning.Schedulers.Population;

namespace Tuning.Tests.Schedulers.Population;

public sealed class TimeVaryingProcessTests
{
    [Fact]
    public void Places_whose_values_are_to_come_lower_the_doubt_around_them_and_change_no_mean()
    {
        var random = new RandomStream(3);
        ProcessPoint[] points = [.. Enumerable.Range(0, 40).Select(i => Point(random, i))];
        var (process, plain) = (new TimeVaryingProcess(points), new TimeVaryingProcess(points));
        ProcessPoint[] pending = [.. Enumerable.Range(0, 20).Select(_ => Point(random, 40))];
        foreach (var point in pending)
        {
            var before = process.Predict(point);
            process.AddPending(point);
            var after = process.Predict(point);
            Assert.Equal(plain.Predict(point).Mean, after.Mean, 1e-12);
            Assert.True(after.Deviation < before.Deviation);
        }

        // In another order the doubt is the same but for rounding.
        var reversed = new TimeVaryingProcess(points);
        foreach (var point in pending.Reverse())
        {
            reversed.AddPending(point);
        }

        for (var i = 0; i < 20; i++)
        {
            var at = Point(random, 40);
            Assert.Equal(reversed.Predict(at).Deviation, process.Predict(at).Deviation, 1e-9);
        }
    }

    private static ProcessPoint Point(RandomStream random, double time) => new(time, [random.NextDouble(), random.NextDouble()], random.NextDouble());
}
