namespace Tuning.Runners;

/// <summary>How long copies play by themselves: one evaluation, or one sample of whole episodes.</summary>
/// <param name="Duration">Episodes, or environment steps of all copies together; at least 1.</param>
/// <param name="InEpisodes">Whether <paramref name="Duration"/> counts episodes.</param>
/// <param name="Resets">Whether steps begin with new episodes; else they go on where the last evaluation ended. Episodes are always played whole.</param>
/// <param name="FinishesEpisodes">Whether a copy that has its steps plays its last episode to the end.</param>
/// <remarks>
/// It is dealt out to the copies beforehand, as evenly as it goes, and a copy that has played its share waits. Counting whatever ends first
/// would favour short episodes.
/// </remarks>
internal readonly record struct EvaluationRound(int Duration, bool InEpisodes, bool Resets, bool FinishesEpisodes = false)
{
    /// <summary>Whether episodes go on in the next evaluation.</summary>
    public bool Continues => !InEpisodes && !Resets;

    /// <summary>Whole episodes, of so many steps or more per copy.</summary>
    public static EvaluationRound WholeEpisodes(int stepsPerCopy, int copies) =>
        new(checked(stepsPerCopy * copies), InEpisodes: false, Resets: true, FinishesEpisodes: true);

    /// <summary>Whether a copy plays on.</summary>
    /// <param name="left">What is left of its share.</param>
    /// <param name="done">Whether its episode has just ended.</param>
    public bool PlaysOn(int left, bool done) => left > 0 || (FinishesEpisodes && !done);

    /// <summary>The share of a copy. The first copies of all runners get theirs before the second ones.</summary>
    public int ShareOf(int runner, int copy, int runners, int copies)
    {
        var (each, rest) = Math.DivRem(Duration, runners * copies);
        return each + ((copy * runners) + runner < rest ? 1 : 0);
    }
}
