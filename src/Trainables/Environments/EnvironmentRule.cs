namespace Tuning.Environments;

/// <summary>A rule of an environment contract, and how it is checked.</summary>
/// <typeparam name="TEnvironment">The contract.</typeparam>
/// <param name="Name">The rule's name, <c>state_continues</c>.</param>
/// <param name="Findings">What breaks it, of an environment that is made with a seed.</param>
internal sealed record EnvironmentRule<TEnvironment>(string Name, Func<Func<TEnvironment>, ulong, IEnumerable<string>> Findings)
{
    private const int MostFindings = 5;

    /// <summary>Whether nothing else can be asked of an environment that breaks it.</summary>
    public bool IsBasic { get; init; }

    /// <summary>Checks an environment against rules.</summary>
    /// <returns>What is wrong. A rule whose check throws is an issue as well.</returns>
    public static IReadOnlyList<EnvironmentIssue> Check(IEnumerable<EnvironmentRule<TEnvironment>> rules, Func<TEnvironment> create, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(create);
        var issues = new List<EnvironmentIssue>();
        foreach (var rule in rules)
        {
            issues.AddRange(rule.Check(create, seed).Distinct(StringComparer.Ordinal).Take(MostFindings).Select(message => new EnvironmentIssue(rule.Name, message)));
            if (issues.Count > 0 && rule.IsBasic)
            {
                break;
            }
        }

        return issues;
    }

    private List<string> Check(Func<TEnvironment> create, ulong seed)
    {
        var findings = new List<string>();
        try
        {
            findings.AddRange(Findings(create, seed));
        }
#pragma warning disable CA1031 // Whatever a user's environment throws is what the checker has to tell.
        catch (Exception e)
#pragma warning restore CA1031
        {
            findings.Add($"threw {e.GetType().Name}: {e.Message}");
        }

        return findings;
    }
}
