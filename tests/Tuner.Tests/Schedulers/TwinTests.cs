using System.Globalization;
using System.Text.RegularExpressions;
using Tuning.Randomness;
using Tuning.Schedulers;

namespace Tuning.Tests.Schedulers;

/// <summary>Schedulers against slow twins, on thousands of random reports.</summary>
[Trait("Lane", "Slow")]
public sealed partial class TwinTests
{
    private static double? Value(RandomStream random) => random.NextInt32(20) switch
    {
        0 => null,
        1 => double.NaN,
        2 => random.NextInt32(2) == 0 ? 1e300 : -1e300,
        < 8 => random.NextInt32(6),
        _ => random.NextDouble() * 5,
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Asha_decides_as_its_slow_twin(bool isRay)
    {
        var stopped = 0;
        for (var seed = 1UL; seed <= 200; seed++)
        {
            var random = new RandomStream(seed);
            var options = new AshaOptions
            {
                MaxTime = 20 + random.NextInt32(60),
                GracePeriod = 1 + (random.NextInt32(4) / 2.0),
                ReductionFactor = 2 + (random.NextInt32(5) / 2.0),
                StopLastTrials = random.NextInt32(2) == 0,
                Compatibility = isRay ? SchedulerCompatibility.Ray : SchedulerCompatibility.None,
            };
            var desk = new SchedulerDesk(options);
            var twin = new AshaTwin(options.GracePeriod, options.MaxTime, options.ReductionFactor, options.StopLastTrials, isRay);
            var time = new double[12];
            for (var i = 0; i < 150; i++)
            {
                var trial = random.NextInt32(12);
                if (desk.Statuses.GetValueOrDefault(trial) == TrialStatus.Terminated)
                {
                    continue;
                }

                time[trial] += random.NextInt32(6) == 0 ? random.NextInt32(30) : 1;
                var value = Value(random);
                var reason = desk.Ask(trial, time[trial], value);
                var expected = twin.Report(trial, time[trial], value);
                Assert.True(reason is null == expected is null, $"seed {seed}, trial {trial} at {time[trial]}: {reason} against {expected}");
                stopped += reason is null ? 0 : 1;
            }
        }

        Assert.True(stopped > 300);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Median_decides_as_its_slow_twin(bool isRay, bool isShared)
    {
        var stopped = 0;
        for (var seed = 1UL; seed <= 100; seed++)
        {
            var random = new RandomStream(seed);
            var options = new MedianStoppingOptions
            {
                TimeAttribute = "t",
                GracePeriod = 1 + random.NextInt32(4),
                MinSamplesRequired = 1 + random.NextInt32(4),
                Compatibility = isRay ? SchedulerCompatibility.Ray : SchedulerCompatibility.None,
            };
            var desk = new SchedulerDesk(options);
            var twin = new MedianTwin(options.GracePeriod, options.MinSamplesRequired, isRay);
            var time = new double[15];
            for (var i = 0; i < 250; i++)
            {
                var trial = random.NextInt32(15);
                if (desk.Statuses.GetValueOrDefault(trial) == TrialStatus.Terminated)
                {
                    continue;
                }

                time[trial] += isShared ? (random.NextInt32(8) == 0 ? 3 : 1) : random.NextDouble();
                var value = Value(random);
                value = isRay && value is double.NaN && random.NextInt32(8) != 0 ? 2 : value;
                var reason = desk.Ask(trial, time[trial], value, "t");
                var expected = twin.Report(trial, time[trial], value);
                Assert.True(reason is null == expected is null, $"seed {seed}, trial {trial} at {time[trial]}: {reason} against {expected}");
                stopped += reason is null ? 0 : 1;
            }
        }

        Assert.True(stopped > 200, $"{stopped}");
    }

    [Fact]
    public void Numbers_in_a_thousand_reasons_are_those_of_the_slow_twins()
    {
        var (asha, median) = (0, 0);
        for (var seed = 1UL; asha < 600 || median < 600; seed++)
        {
            var random = new RandomStream(seed);
            var ashaDesk = new SchedulerDesk(new AshaOptions { MaxTime = 30, ReductionFactor = 3 });
            var ashaTwin = new AshaTwin(1, 30, 3, stopsLast: true, isRay: false);
            var medianDesk = new SchedulerDesk(new MedianStoppingOptions { TimeAttribute = "training_iteration", GracePeriod = 2 });
            var medianTwin = new MedianTwin(2, 3, isRay: false);
            var (ashaTime, medianTime) = (new int[30], new int[30]);
            for (var i = 0; i < 400; i++)
            {
                var trial = random.NextInt32(30);
                var value = random.NextDouble();
                if (ashaDesk.Statuses.GetValueOrDefault(trial) != TrialStatus.Terminated)
                {
                    var reason = ashaDesk.Ask(trial, ++ashaTime[trial], value);
                    if (ashaTwin.Report(trial, ashaTime[trial], value) is { Trials: > 0 } twin)
                    {
                        var m = AshaReason().Match(reason ?? "");
                        Assert.True(m.Success, reason);
                        Near(twin.Rung, m, 1);
                        Near(value, m, 2);
                        Near(twin.Cutoff, m, 3);
                        Near(twin.Trials, m, 4);
                        asha++;
                    }
                }

                if (medianDesk.Statuses.GetValueOrDefault(trial) != TrialStatus.Terminated)
                {
                    var reason = medianDesk.Ask(trial, ++medianTime[trial], value);
                    if (medianTwin.Report(trial, medianTime[trial], value) is { } twin)
                    {
                        var m = MedianReason().Match(reason ?? "");
                        Assert.True(m.Success, reason);
                        Near(medianTime[trial], m, 1);
                        Near(twin.Best, m, 2);
                        Near(twin.Median, m, 3);
                        Near(twin.Others, m, 4);
                        median++;
                    }
                }
            }
        }

        static void Near(double expected, Match match, int group) =>
            Assert.Equal(expected, double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture), Math.Abs(expected) * 1e-3);
    }

    [GeneratedRegex(@"^stopped at rung (\S+): (\S+) is below the cutoff (\S+) of (\d+) trials?$")]
    private static partial Regex AshaReason();

    [GeneratedRegex(@"^stopped at training_iteration (\S+): the best value (\S+) is below the median (\S+) of (\d+) trials$")]
    private static partial Regex MedianReason();
}
