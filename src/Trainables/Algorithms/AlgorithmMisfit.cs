namespace Tuning.Algorithms;

/// <summary>Says why the checkpoint of another algorithm does not fit, in words of environments and policies.</summary>
internal static class AlgorithmMisfit
{
    /// <summary>What is different as a whole; null when environments and policies are alike.</summary>
    /// <param name="algorithm">What was to be restored.</param>
    /// <param name="policies">Its policies.</param>
    /// <param name="saved">The checkpoint, one of an algorithm of the same class.</param>
    public static string? Explain(Algorithm algorithm, IReadOnlyList<PolicyEnvironment> policies, CheckpointDirectory saved)
    {
        var ids = Policy.IdsIn(saved);
        var arguments = ComponentFiles.ReadClass(saved).Arguments;
        if (arguments.TryGet("multi_agent", out var several) && (several is null) != (algorithm.Config.ToParameters()["multi_agent"] is null))
        {
            const string Modules = "learner_group/learner/rl_module/";
            var (from, to) = (ids.Count == 0 ? Policy.DefaultId : ids[0], policies[0].Id);
            return $"{saved.Path} is of {(several is null ? "one agent" : "several agents")} with {Text(ids)}; here {(policies.Count == 1 ? "is" : "are")} " +
                $"{Text([.. policies.Select(p => p.Id)])}. "
                + $"Restore a module instead, for example {Modules}{from} as the component {Modules}{to}.";
        }

        foreach (var policy in policies.Where(p => ids.Contains(p.Id)))
        {
            var spaces = PolicySpaces.Parse(ComponentFiles.ReadClass(new CheckpointDirectory(saved.File("policies/" + policy.Id))).Arguments);
            if (!spaces.Observations.Equals(policy.ObservationSpace) || !spaces.Actions.Equals(policy.ActionSpace))
            {
                var env = arguments.TryGet("env", out var name) ? name as string : "another environment";
                return $"{saved.Path} is of {env}, where {policy.Id} sees {spaces.Observations} and does {spaces.Actions}; here it is " +
                    $"{algorithm.Config.EnvironmentName}, where it sees {policy.ObservationSpace} and does {policy.ActionSpace}.";
            }
        }

        return null;
    }

    private static string Text(IReadOnlyList<string> ids) => ids is [var only] ? $"the policy {only}" : $"the policies {string.Join(", ", ids)}";
}
