namespace Tuning.Runners;

/// <summary>
/// Which policy an agent follows, decided when the agent first appears in an episode. Immutable; a function of one's own must be safe on several threads.
/// </summary>
internal sealed class PolicyMapping
{
    private readonly IReadOnlyList<KeyValuePair<string, string>>? _patterns;
    private readonly Func<string, Episode, string>? _function;

    private PolicyMapping(IReadOnlyList<KeyValuePair<string, string>>? patterns, Func<string, Episode, string>? function) =>
        (_patterns, _function) = (patterns, function);

    /// <summary>Whether the policy depends on the agent's name only.</summary>
    public bool IsFixed => _function is null;

    /// <summary>
    /// By names and patterns in which <c>*</c> stands for any characters, none included. A name wins over patterns, then the pattern with more characters
    /// before
    /// its first <c>*</c>, then the one with more characters besides <c>*</c>.
    /// </summary>
    public static PolicyMapping Of(IEnumerable<KeyValuePair<string, string>> patterns) => new(
        [
            .. patterns
                .OrderBy(p => p.Key.Contains('*', StringComparison.Ordinal) ? 1 : 0)
                .ThenByDescending(p => p.Key.IndexOf('*', StringComparison.Ordinal))
                .ThenByDescending(p => p.Key.Count(c => c != '*'))
                .ThenBy(p => p.Key, StringComparer.Ordinal),
        ],
        null);

    /// <summary>By text, <c>0=p0,red_*=p1</c>.</summary>
    /// <exception cref="ArgumentException">It is none, or names a policy that there is not; the message has all faults.</exception>
    public static PolicyMapping Parse(string text, IEnumerable<string> policies)
    {
        var pairs = text.Split(',').Select(p => p.Split('=', 2, StringSplitOptions.TrimEntries)).ToList();
        List<string> faults =
        [
            .. pairs.Where(p => p is not [{ Length: > 0 }, { Length: > 0 }]).Select(p => $"'{string.Join('=', p)}' is not AGENT=POLICY"),
            .. pairs.Where(p => p is [_, { Length: > 0 } policy] && !policies.Contains(policy)).Select(p => $"there is no policy '{p[1]}', there are: "
                + $"{string.Join(", ", policies)}"),
            .. pairs.GroupBy(p => p[0]).Where(g => g.Count() > 1).Select(g => $"the agent '{g.Key}' comes twice"),
        ];
        return faults.Count == 0
            ? Of(pairs.Select(p => KeyValuePair.Create(p[0], p[1])))
            : throw new ArgumentException($"The mapping '{text}' cannot be used: {string.Join("; ", faults.Distinct())}. It reads as 0=p0,1=p1; a pattern "
                + "* stands for all agents that are not named.");
    }

    /// <summary>All agents follow one policy.</summary>
    public static PolicyMapping All(string policy) => Of([KeyValuePair.Create("*", policy)]);

    /// <summary>By a function of the agent's name and the episode.</summary>
    public static PolicyMapping Of(Func<string, Episode, string> function) => new(null, function);

    /// <summary>The policy of an agent in an episode; null when nothing is said of it.</summary>
    public string? PolicyOf(string agent, Episode episode)
    {
        if (_function is not null)
        {
            return _function(agent, episode);
        }

        foreach (var (pattern, policy) in _patterns!)
        {
            if (Matches(pattern, agent))
            {
                return policy;
            }
        }

        return null;
    }

    /// <summary>The names and patterns that none of these agents has.</summary>
    public IReadOnlyList<string> Unused(IReadOnlyList<string> agents) => [.. _patterns?.Select(p => p.Key).Where(p => !agents.Any(a => Matches(p, a))) ?? []];

    /// <summary>What the mapping says, for messages.</summary>
    public override string ToString() => _patterns is null ? "a function" : $"{{{string.Join(", ", _patterns.Select(p => $"\"{p.Key}\": {p.Value}"))}}}";

    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        var star = pattern.IndexOf('*');
        if (star < 0)
        {
            return pattern.SequenceEqual(name);
        }

        if (!name.StartsWith(pattern[..star], StringComparison.Ordinal))
        {
            return false;
        }

        var rest = pattern[(star + 1)..];
        for (var start = star; start <= name.Length; start++)
        {
            if (Matches(rest, name[start..]))
            {
                return true;
            }
        }

        return false;
    }
}
