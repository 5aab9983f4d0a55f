using Tuning.Randomness;
using Tuning.Schedulers;

namespace Tuning.Tests.Schedulers;

/// <summary>Schedulers that pause, against slow twins, on hundreds of random sequences of reports.</summary>
[Trait("Lane", "Slow")]
public sealed class HalvingTwinTests
{
    [Fact]
    public void Promotion_pauses_and_promotes_as_its_slow_twin()
    {
        var promoted = 0;
        for (var seed = 1UL; seed <= 200; seed++)
        {
            var random = new RandomStream(seed);
            var (maxT, factor, trials) = (10 + random.NextInt32(60), 2 + random.NextInt32(3), 30);
            var desk = new SchedulerDesk(new AshaOptions { MaxTime = maxT, ReductionFactor = factor, Variant = AshaVariant.Promotion }).Trials(trials);
            var twin = new PromotionTwin(maxT, factor);
            var time = new int[trials];
            for (var step = 0; step < 300; step++)
            {
                var trial = random.NextInt32(trials);
                if (desk.Statuses[trial] == TrialStatus.Running)
                {
                    // Few values, so that many are equal; some trials jump over a rung.
                    time[trial] += random.NextInt32(8) == 0 ? random.NextInt32(2 * factor) + 1 : 1;
                    double value = random.NextInt32(8);
                    var decision = desk.Report(trial, time[trial], value).SingleOrDefault();
                    Assert.Equal(twin.Report(trial, time[trial], value), decision switch { null => null, SchedulerDecision.Stop => "stop", _ => "pause" });
                }

                if (random.NextInt32(3) == 0)
                {
                    var started = desk.Start()?.Trial;
                    Assert.Equal(twin.Start(), started);
                    promoted += started is null ? 0 : 1;
                }
            }
        }

        Assert.True(promoted > 2000, $"{promoted}");
    }

    [Fact]
    public void Hyperband_halves_as_its_slow_twin()
    {
        var (stopped, goneOn) = (0, 0);
        for (var seed = 1UL; seed <= 200; seed++)
        {
            var random = new RandomStream(seed);
            const int trials = 49;
            var desk = new SchedulerDesk(new HyperBandOptions { MaxTime = 27 }).Trials(trials);
            var twin = new HyperBandTwin(3, 27, (4, 27), (6, 9), (12, 3), (27, 1));
            var time = new int[trials];
            for (var step = 0; step < 1500; step++)
            {
                var trial = random.NextInt32(trials);
                if (desk.Statuses[trial] == TrialStatus.Running && random.NextInt32(60) == 0)
                {
                    Assert.Equal(twin.End(trial).Order(),
                        desk.End(trial, random.NextInt32(2) == 0 ? TrialStatus.Failed : TrialStatus.Terminated).Select(d => d.Trial.Number).Order());
                }
                else if (desk.Statuses[trial] == TrialStatus.Running)
                {
                    double value = random.NextInt32(8);
                    var decisions = desk.Report(trial, ++time[trial], value);
                    var (losers, isPaused) = twin.Report(trial, time[trial], value);
                    Assert.Equal(losers.Order(), decisions.OfType<SchedulerDecision.Stop>().Select(d => d.Trial.Number).Order());
                    Assert.Equal(isPaused, decisions.Any(d => d is SchedulerDecision.Pause));
                    stopped += losers.Count;
                }

                if (random.NextInt32(2) == 0 && desk.Start() is { Trial: var started })
                {
                    Assert.True(twin.MayGoOn(started), $"seed {seed}: trial {started} goes on before its bracket does");
                    goneOn++;
                }
            }

            // Whoever may go on did, or is offered a slot now.
            while (desk.Start() is { Trial: var last })
            {
                Assert.True(twin.MayGoOn(last));
            }

            Assert.DoesNotContain(desk.Statuses, s => s.Value == TrialStatus.Paused && twin.MayGoOn(s.Key));
        }

        Assert.True(stopped > 5000, $"{stopped}");
        Assert.True(goneOn > 1000, $"{goneOn}");
    }
}
