using FsCheck;
using FsCheck.Fluent;
using Tuning.Control;
using Tuning.Randomness;

namespace Tuning.Tests.Control;

/// <summary>Which trial has what of the machine; in whole experiments, with retries, pauses, exploits and resumes, see <see cref="ModelExperiment"/>.</summary>
public sealed class ResourceLayoutTests
{
    [Theory]
    [InlineData(1, 3, 3, "0|1|2")]
    [InlineData(2, 5, 2, "0,1|2,3")]
    [InlineData(0.5, 2, 4, "0|0|1|1")]
    [InlineData(0.4, 2, 4, "0|0|1|1")]
    [InlineData(0.1, 1, 10, "0|0|0|0|0|0|0|0|0|0")]
    [InlineData(1, 0, 0, "")]
    [InlineData(0.5, 0, 0, "")]
    [InlineData(3, 2, 0, "")]
    public void Devices_are_dealt_out_whole_or_in_parts_of_one(double amount, int all, int lanes, string devices)
    {
        var layout = new ResourceLayout(null, 1, [new("gpu", amount, all)]);

        Assert.Equal(lanes, layout.Lanes);
        Assert.Equal(devices, string.Join('|', Enumerable.Range(0, lanes).Select(l => string.Join(',', layout.Of(l).Devices[0].Devices))));
    }

    [Theory]
    [InlineData(1, 3, "0|1|2")]
    [InlineData(2, 5, "0,1|2,3")]
    [InlineData(0.5, 2, "0|0|1|1")]
    [InlineData(1.5, 3, "0,1|1,2")]
    [InlineData(0.3, 1, "0|0|0")]
    public void Processors_are_dealt_out(double cpu, int cores, string processors)
    {
        var layout = new ResourceLayout(cpu, cores, []);

        Assert.Equal(processors, string.Join('|', Enumerable.Range(0, layout.Lanes).Select(l => string.Join(',', layout.Of(l).Processors))));
    }

    [Theory]
    [InlineData(0.5, true)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(7, true)]
    [InlineData(1.5, false)]
    [InlineData(-1, false)]
    [InlineData(double.NaN, false)]
    [InlineData(double.PositiveInfinity, false)]
    public void No_trial_has_parts_of_two_devices(double amount, bool isAmount) => Assert.Equal(isAmount, ResourceLayout.Kind.IsAmount(amount));

    [Fact]
    public void What_runs_at_once_never_has_more_than_there_is() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var dice = new RandomStream((ulong)seed);
            var layout = ShareChecks.Random(dice);
            var (lanes, running) = (new FreeLanes(), new List<TrialId>());
            for (var i = 0; i < 200; i++)
            {
                if (running.Count < Math.Min(layout.Lanes, 20) && (running.Count == 0 || dice.NextInt32(2) == 0))
                {
                    running.Add(new(i));
                    lanes.Take(running[^1]);
                    ShareChecks.AssertRoom(layout, [.. running.Select(t => layout.Of(lanes.Of(t)))]);
                }
                else
                {
                    var at = dice.NextInt32(running.Count);
                    lanes.Return(running[at]);
                    running.RemoveAt(at);
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(2026, 1));
}
