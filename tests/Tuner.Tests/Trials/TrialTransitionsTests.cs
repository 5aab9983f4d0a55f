using Tuning.Trials;

namespace Tuning.Tests.Trials;

public sealed class TrialTransitionsTests
{
    // The table once more, as a picture: a row is from, a column is to, in the order of the enumeration.
    private static readonly string[] _picture =
    [
        //            Pending Running Pausing Paused Exploiting Stopping Terminated Failed
        /* Pending */    ". x . x . . x x",
        /* Running */    "x . x x x x x x",
        /* Pausing */    "x . . x . . . x",
        /* Paused */     "x x . . . . x .",
        /* Exploiting */ "x . . . . . . x",
        /* Stopping */   "x . . . . . x x",
        /* Terminated */ "x . . . . . . .",
        /* Failed */     "x . . . . . . .",
    ];

    public static TheoryData<TrialStatus, TrialStatus, bool> Pairs()
    {
        var pairs = new TheoryData<TrialStatus, TrialStatus, bool>();
        foreach (var from in Enum.GetValues<TrialStatus>())
        {
            foreach (var to in Enum.GetValues<TrialStatus>())
            {
                pairs.Add(from, to, _picture[(int)from][2 * (int)to] == 'x');
            }
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Every_pair_is_legal_or_throws(TrialStatus from, TrialStatus to, bool legal)
    {
        Assert.Equal(legal, TrialTransitions.IsLegal(from, to));
        Assert.Equal(legal, TrialTransitions.All.Contains((from, to)));
        var fault = Record.Exception(() => TrialTransitions.Check(new(7), from, to));
        if (legal)
        {
            Assert.Null(fault);
        }
        else
        {
            Assert.StartsWith($"Trial 00007 cannot go from {from} to {to}; from {from} it can go to ", Assert.IsType<InvalidOperationException>(fault).Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_trial_has_a_segment_in_four_statuses_and_has_ended_in_two()
    {
        Assert.Equal([TrialStatus.Running, TrialStatus.Pausing, TrialStatus.Exploiting, TrialStatus.Stopping],
            Enum.GetValues<TrialStatus>().Where(TrialTransitions.HasSegment));
        Assert.Equal([TrialStatus.Terminated, TrialStatus.Failed], Enum.GetValues<TrialStatus>().Where(TrialTransitions.IsEnded));
    }
}
