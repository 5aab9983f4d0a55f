namespace Tuning.Control;

/// <summary>
/// How long a trial waits before it is tried again. What failed once may go well at once; what fails again without having reported anything new
/// waits 1 s, then twice as long each time, at most 60 s, so that a machine that needs a moment gets it.
/// </summary>
/// <param name="seed">The experiment's place in the tree of seeds: up to a quarter is added at random, so that not all come back at the same moment.</param>
internal sealed class RetryDelay(SeedPath seed)
{
    private const double Longest = 60;
    private const double Spread = 0.25;

    /// <summary>The time before a trial is tried again.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="failures">How often it has failed in all, this time included.</param>
    /// <param name="inRow">How often it has failed since it reported something new.</param>
    public TimeSpan Before(TrialId trial, int failures, int inRow)
    {
        if (inRow < 2)
        {
            return TimeSpan.Zero;
        }

        var least = Math.Min(Math.ScaleB(1, Math.Min(inRow - 2, 30)), Longest / (1 + Spread));
        return TimeSpan.FromSeconds(least * (1 + (Spread * (seed / "retry" / trial.Number / failures).Stream().NextDouble())));
    }
}
