using System.Collections.Immutable;

namespace Tuning.Spaces;

/// <summary>
/// Brings a configuration in order in which values were changed: what is computed from them follows, what a condition takes away goes
/// and what it brings is drawn, and constraints are looked at.
/// </summary>
/// <remarks>Immutable; safe for use by any thread.</remarks>
internal sealed class ConfigurationCompleter
{
    private readonly SpacePlan _plan;
    private readonly ImmutableArray<LeafPlan> _outer, _beforeCode;

    /// <exception cref="ArgumentException">Expressions or constraints do not fit the space.</exception>
    public ConfigurationCompleter(SearchSpace space, IReadOnlyList<string> constraints)
    {
        _plan = new(space, constraints);
        _outer = [.. SpacePlan.LeavesOf(_plan.Root)];
        _beforeCode = SpaceGraph.BeforeCode(_plan);
    }

    /// <summary>The configuration in order; null when it breaks a constraint.</summary>
    /// <param name="config">Values of the space, some of them changed.</param>
    /// <param name="seed">What parameters are drawn from that were absent.</param>
    public ParameterSet? Complete(ParameterSet config, ulong seed)
    {
        var given = Resolution.NoneGiven(_plan);
        foreach (var leaf in _outer)
        {
            if (leaf.Domain is not ComputedDomain && config.TryGet(leaf.Path, out var value))
            {
                Resolution.Give(given, leaf, value);
            }
        }

        var resolution = new Resolution(_plan, seed, null, given);
        var complete = resolution.ToConfiguration(_beforeCode);
        foreach (var constraint in _plan.Constraints)
        {
            if (constraint.Test(resolution) is false)
            {
                return null;
            }
        }

        // Constants of the space that were explored have no domain, so they are put back.
        return config.Flatten().Where(p => complete.TryGet(p.Key, out var known) && !Equals(known, p.Value) && !_outer.Any(l => l.Path == p.Key || p.Key.StartsWith(l.Path + ".", StringComparison.Ordinal)))
            .Aggregate(complete, (whole, changed) => whole.With(changed.Key, changed.Value));
    }
}
