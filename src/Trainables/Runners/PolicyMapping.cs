namespace Tuning.Runners;

/// <summary>Which policy an agent follows, decided when the agent first appears in an episode. Immutable; a function of one's own must be safe on several threads.</summary>
internal sealed class PolicyMapping
{
    private readonly IReadOnlyList<KeyValuePair<string, string>>? _patterns;
    private readonly Func<string, Episode, string>? _function;

    private PolicyMapping(IReadOnlyList<KeyValuePair<string, string>>? patterns, Func<string, Episode, string>? function) => (_patterns, _function) = (patterns, function);

    /// <summary>Whether the policy depends on the agent's name only.</summary>
    public bool IsFixed => _function is null;

    /// <summary>
    /// By names and patterns in which <c>*</c> stands for any characters, none included. A name wins over patterns, then the pattern with more characters before
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
