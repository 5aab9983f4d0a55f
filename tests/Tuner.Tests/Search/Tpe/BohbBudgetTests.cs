using Tuning.Search;
using Tuning.Search.Tpe;
using Tuning.Tests.Search.Contract;

namespace Tuning.Tests.Search.Tpe;

public sealed class BohbBudgetTests
{
    [Fact]
    public void The_latest_iteration_that_enough_trials_have_reached_counts_with_its_values()
    {
        var drawn = new DrawnTrials(ContractSpaces.Plane(), 6);
        var run = drawn.Run;
        Curve(run, 0, 9, 8, 1);
        Curve(run, 1, 7, 3);
        run.Prune(1);
        Curve(run, 2, 5);
        run.Prune(2);
        Curve(run, 3, 1, 4, 9, 9);
        run.Complete(3);
        Curve(run, 4, 0, 0, 0, 0, 0);
        run.Fail(4);
        var budget = new BohbBudget(drawn.Archive(), drawn.Objective);
        Assert.True(budget.Choose(3));
        Assert.Equal((2, "1 3 0"), (budget.Iteration, string.Join(' ', budget.Order)));
        Assert.True(budget.Choose(4));
        Assert.Equal((1, "3 2 1 0"), (budget.Iteration, string.Join(' ', budget.Order)));
        Assert.True(budget.Choose(2));
        Assert.Equal((3, "0 3"), (budget.Iteration, string.Join(' ', budget.Order)));
        Assert.False(budget.Choose(5));
    }

    private static void Curve(SearchRun run, int trial, params ReadOnlySpan<double> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            run.Report(trial, i + 1, values[i]);
        }
    }
}
