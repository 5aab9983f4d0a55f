namespace Tuning.Schedulers.Population;

/// <summary>How a member that takes over another's state gets a configuration of its own: what sets PBT and PB2 apart.</summary>
internal interface IExplorer
{
    /// <summary>Makes a new configuration out of the source's. Pure.</summary>
    ExploredConfig Explore(ExploreRequest request);

    /// <summary>A member is about to be compared: what it reached since the comparison before may be learnt from.</summary>
    void Observe(Member member, double time, double score)
    {
    }
}

/// <summary>Who explores.</summary>
/// <param name="Taker">The member that gets the configuration.</param>
/// <param name="Source">The member whose state it takes over.</param>
/// <param name="Own">The exploiter's configuration.</param>
/// <param name="Config">The source's configuration.</param>
/// <param name="Longest">So many members that have not ended, those that trained longest; of them those that trained least first.</param>
/// <param name="Random">The stream of this exploit, at its beginning.</param>
internal sealed record ExploreRequest(Member Taker, Member Source, ParameterSet Own, ParameterSet Config, Func<int, IEnumerable<Member>> Longest,
    RandomStream Random);

/// <summary>A new configuration, and how it came about.</summary>
/// <param name="Config">The configuration.</param>
/// <param name="Changes">What was explored, in order of the paths.</param>
internal sealed record ExploredConfig(ParameterSet Config, IReadOnlyList<ParameterChange> Changes);

/// <summary>A value that was explored.</summary>
/// <param name="Path">The parameter.</param>
/// <param name="Value">Its new value.</param>
/// <param name="How">How it came about: <c>0.001 x 0.8</c>.</param>
internal sealed record ParameterChange(string Path, object? Value, string How);
