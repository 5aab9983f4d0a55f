namespace Tuning.Testing;

/// <summary>Counts what code allocates on the calling thread.</summary>
public static class Allocations
{
    private const int Rounds = 25;

    /// <summary>
    /// The bytes that the leanest of several rounds allocates. What the runtime allocates now and then (a wait that has to block, a
    /// method that is compiled again), as it does on a loaded machine, is in some rounds only; what the code itself allocates is in all.
    /// </summary>
    /// <param name="round">One round. It is run once before it counts.</param>
    public static long Least(Action round)
    {
        round();
        var least = long.MaxValue;
        for (var i = 0; i < Rounds && least > 0; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
