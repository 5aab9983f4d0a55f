namespace Tuning.Schedulers.Population;

/// <summary>The parameters that a scheduler changes, and what that means for a search space.</summary>
/// <param name="Option">The option that names them, for messages.</param>
/// <param name="Domains">Their domains by dotted path.</param>
internal sealed record ExploredParameters(string Option, IReadOnlyList<KeyValuePair<string, Domain>> Domains)
{
    /// <summary>
    /// The space with a domain for each parameter that it says nothing of: each trial draws its first value, which its configuration
    /// shows like any other.
    /// </summary>
    public SearchSpace Complete(SearchSpace space)
    {
        var known = space.Domains.Select(d => d.Key).Concat(space.Constants.Where(c => c.Value is not ParameterSet).Select(c => c.Key)).ToList();
        var result = space.Copy();
        foreach (var (path, domain) in Domains)
        {
            if (!known.Exists(k => k == path || path.StartsWith(k + ".", StringComparison.Ordinal) || k.StartsWith(path + ".", StringComparison.Ordinal)))
            {
                result.Add(path, domain);
            }
        }

        return result;
    }

    /// <summary>
    /// The space in which these parameters may have other values than the constants that it gives them: what conditions, constraints and computed
    /// values then see.
    /// </summary>
    public SearchSpace OverConstants(SearchSpace space)
    {
        var constants = space.Constants.Select(c => c.Key).ToHashSet();
        return Domains.Where(d => constants.Contains(d.Key)).Aggregate(space.Copy(), (open, explored) => open.Set(explored.Key, explored.Value));
    }

    /// <summary>The space with these domains in the place of whatever stands there: every value that a trial may come to have.</summary>
    public SearchSpace Widen(SearchSpace space) => Domains.Aggregate(space.Copy(), (wide, explored) => wide.Set(explored.Key, explored.Value));
}
