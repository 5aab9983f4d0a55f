namespace Tuning.Runners;

/// <summary>How long one evaluation is.</summary>
/// <param name="Duration">Episodes, or environment steps of all copies together; at least 1.</param>
/// <param name="InEpisodes">Whether <paramref name="Duration"/> counts episodes.</param>
/// <param name="Resets">Whether steps begin with new episodes; else they go on where the last evaluation ended. Episodes are always played whole.</param>
/// <remarks>
/// It is dealt out to the copies beforehand, as evenly as it goes, and a copy that has played its share waits. Counting whatever ends first
/// would favour short episodes.
/// </remarks>
internal readonly record struct EvaluationRound(int Duration, bool InEpisodes, bool Resets)
{
    /// <summary>Whether episodes go on in the next evaluation.</summary>
    public bool Continues => !InEpisodes && !Resets;

    /// <summary>The share of a copy. The first copies of all runners get theirs before the second ones.</summary>
    public int ShareOf(int runner, int copy, int runners, int copies)
    {
        var (each, rest) = Math.DivRem(Duration, runners * copies);
        return each + ((copy * runners) + runner < rest ? 1 : 0);
    }
}
