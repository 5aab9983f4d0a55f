using Tuning.Control;

namespace Tuning.Tests.Control;

public sealed class SuggestionPaceTests
{
    private static readonly DateTimeOffset _begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0.004, 1, 4, 0)]
    [InlineData(0.006, 1, 4, 2)]
    [InlineData(0.15, 1, 4, 2)]
    [InlineData(0.3, 1, 4, 3)]
    [InlineData(2, 1, 4, 4)]
    [InlineData(0.15, 100, 4, 0)]
    [InlineData(0.15, 1, 1, 1)]
    [InlineData(0, 1, 4, 0)]
    public void As_many_wait_as_slots_become_free_meanwhile(double suggestion, double trial, int slots, int ready)
    {
        var pace = new SuggestionPace();
        Run(pace, suggestion, trial);

        Assert.Equal(ready, pace.Ready(slots));
    }

    [Fact]
    public void None_waits_before_a_suggestion_and_a_trial_are_known()
    {
        var pace = new SuggestionPace();
        pace.Requested(0, _begin);
        pace.Answered(0, _begin.AddSeconds(1), isConfiguration: true);
        Assert.Equal(0, pace.Ready(4));
        pace.Started(new(0), _begin);
        pace.Ended(new(0), _begin.AddSeconds(4));

        Assert.Equal(2, pace.Ready(4));
    }

    [Fact]
    public void Pace_follows_trials_that_become_longer()
    {
        var pace = new SuggestionPace();
        Run(pace, 0.15, 1);
        for (var i = 0; i < 60; i++)
        {
            Run(pace, 0.15, 100);
        }

        Assert.Equal(0, pace.Ready(4));
    }

    private static void Run(SuggestionPace pace, double suggestion, double trial)
    {
        pace.Requested(0, _begin);
        pace.Answered(0, _begin.AddSeconds(suggestion), isConfiguration: true);
        pace.Requested(1, _begin);
        pace.Answered(1, _begin.AddSeconds(1000), isConfiguration: false);
        pace.Started(new(0), _begin);
        pace.Ended(new(0), _begin.AddSeconds(trial));
    }
}
