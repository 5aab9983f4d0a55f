using Tuning.Control;
using Tuning.Trials;

namespace Tuning.Tests.Stopping;

/// <summary>Reports and boards for tests of single stoppers.</summary>
internal static class Reports
{
    public static TrialReport Of(int trial, int number, params (string Name, double Value)[] metrics)
    {
        var values = new Metrics();
        foreach (var (name, value) in metrics)
        {
            values[name] = value;
        }

        return new(new(trial), number, DateTimeOffset.UnixEpoch, number, 1, values);
    }

    public static TrialBoard Board(double elapsed = 0)
    {
        var board = new TrialTable(new());
        board.Clock.Begin(DateTimeOffset.UnixEpoch);
        board.Clock.Advance(DateTimeOffset.UnixEpoch.AddSeconds(elapsed));
        return board;
    }
}
