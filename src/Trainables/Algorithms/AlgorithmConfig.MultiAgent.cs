namespace Tuning;

/// <content>Several policies.</content>
public abstract partial class AlgorithmConfig<TConfig, TOptions>
{
    /// <summary>What policy an agent follows, where a function says so.</summary>
    internal Func<string, Episode, string>? PolicyMapping { get; set; }

    /// <summary>Several policies, with a table of which agent follows which.</summary>
    /// <param name="policies">Their names; each is a directory in checkpoints.</param>
    /// <param name="policyMapping">Agents, or patterns such as <c>red_*</c>, to policies. An agent's own name wins over a pattern, the longer pattern over the
    /// shorter.</param>
    /// <param name="policiesToTrain">Those that are trained; the weights of others do not change. Null for all.</param>
    public TConfig MultiAgent(IEnumerable<string> policies, IReadOnlyDictionary<string, string> policyMapping, IEnumerable<string>? policiesToTrain = null)
    {
        ArgumentNullException.ThrowIfNull(policyMapping);
        PolicyMapping = null;
        return SetPolicies(policies, policyMapping.ToImmutableSortedDictionary(StringComparer.Ordinal), policiesToTrain);
    }

    /// <summary>Several policies, with a function that says which agent follows which.</summary>
    /// <inheritdoc cref="MultiAgent(IEnumerable{string}, IReadOnlyDictionary{string, string}, IEnumerable{string})"/>
    /// <param name="policies">Their names; each is a directory in checkpoints.</param>
    /// <param name="policyMappingFn">
    /// From an agent, when it first appears in an episode, to the name of its policy. Called by several threads at once. It is code and part
    /// of no checkpoint: <see cref="Algorithm.FromCheckpoint(string, Func{AlgorithmConfig, AlgorithmConfig})"/> is given it again.
    /// </param>
    /// <param name="policiesToTrain">Those that are trained; the weights of others do not change. Null for all.</param>
    public TConfig MultiAgent(IEnumerable<string> policies, Func<string, Episode, string> policyMappingFn, IEnumerable<string>? policiesToTrain = null)
    {
        ArgumentNullException.ThrowIfNull(policyMappingFn);
        PolicyMapping = policyMappingFn;
        return SetPolicies(policies, null, policiesToTrain);
    }

    /// <summary>Several policies, as options.</summary>
    public TConfig MultiAgent(MultiAgentOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = Options with { MultiAgent = options };
        return (TConfig)this;
    }

    private TConfig SetPolicies(IEnumerable<string> policies, ImmutableSortedDictionary<string, string>? mapping, IEnumerable<string>? train)
    {
        ArgumentNullException.ThrowIfNull(policies);
        var known = Options.MultiAgent?.Policies;
        return MultiAgent(new MultiAgentOptions
        {
            Policies = policies.ToImmutableSortedDictionary(p => p, p => known?.GetValueOrDefault(p) ?? new PolicyOptions(), StringComparer.Ordinal),
            PolicyMapping = mapping,
            PoliciesToTrain = train?.ToImmutableSortedSet(StringComparer.Ordinal),
        });
    }
}
