using FsCheck;
using FsCheck.Fluent;
using Tuning.Trials;

namespace Tuning.Tests.Control;

public sealed class ControllerPropertyTests
{
    [Fact]
    public void Random_events_break_no_invariant_and_take_every_legal_transition()
    {
        var taken = new HashSet<(TrialStatus From, TrialStatus To)>();
        var seeds = Gen.Choose(0, int.MaxValue).ToArbitrary();

        Prop.ForAll(seeds, seed =>
        {
            new ModelExperiment((ulong)seed, taken).Play(events: 250);
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(50).WithReplay(2026, 1));

        Assert.Equal(TrialTransitions.All.Order(), taken.Order());
    }
}
