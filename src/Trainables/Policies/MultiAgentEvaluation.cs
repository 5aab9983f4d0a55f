using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Policies;

/// <summary>
/// Plays whole episodes of an environment with several agents. The return of an episode is the sum of what all agents earn; its length counts steps of
/// the environment. Seeds and threads as in <see cref="PolicyEvaluation"/>.
/// </summary>
internal static class MultiAgentEvaluation
{
    /// <summary>Plays the episodes.</summary>
    /// <param name="evaluation">How many episodes, and how.</param>
    /// <param name="policyOf">The policy of an agent, by the agent's name.</param>
    /// <param name="environment">What is played.</param>
    /// <param name="config">Its <c>env_config</c>.</param>
    /// <param name="cancellationToken">Ends it early, with an exception.</param>
    /// <exception cref="ArgumentException">A policy was made for other spaces than those of an agent that follows it.</exception>
    public static EvaluationResult Run(PolicyEvaluation evaluation, Func<string, Policy> policyOf, EnvironmentDefinition environment, ParameterSet? config = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(evaluation.Episodes, 1);
        Policy[] policies;
        using (var probe = environment.CreateMultiAgent(config))
        {
            policies = [.. probe.Agents.Select(policyOf)];
            for (var agent = 0; agent < policies.Length; agent++)
            {
                var (spaces, seen, done) = (policies[agent].Spaces, probe.ObservationSpace(agent), probe.ActionSpace(agent));
                if (!spaces.Observations.Equals(seen) || !spaces.Actions.Equals(done))
                {
                    throw new ArgumentException($"The policy of the agent '{probe.Agents[agent]}' was made for observations in {spaces.Observations} and actions in {spaces.Actions}; in {environment.Name} the agent sees {seen} and takes {done}.", nameof(policyOf));
                }
            }
        }

        var (returns, lengths) = (new double[evaluation.Episodes], new long[evaluation.Episodes]);
        PolicyEvaluation.Spread(
            Math.Min(evaluation.Threads, evaluation.Episodes),
            take =>
            {
                using var copy = environment.CreateMultiAgent(config);
                for (var episode = take(); episode < returns.Length; episode = take())
                {
                    (returns[episode], lengths[episode]) = Play(evaluation, policies, copy, unchecked(evaluation.Seed + (ulong)episode), cancellationToken);
                }
            },
            cancellationToken);
        return new(returns, lengths);
    }

    private static (double Return, long Length) Play(PolicyEvaluation evaluation, Policy[] policies, IMultiAgentEnvironment environment, ulong seed, CancellationToken cancellationToken)
    {
        var step = new MultiAgentStep(environment);
        var random = evaluation.Explore ? (SeedPath.Of(seed) / "actions").Stream() : null;
        var action = new float[policies.Max(p => p.ActionSize)];
        var (earned, length) = (0.0, 0L);
        environment.Restart(new RandomStream(seed), step);
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var agent = 0; agent < policies.Length; agent++)
            {
                if (step.ActsNext(agent))
                {
                    var own = action.AsSpan(0, policies[agent].ActionSize);
                    policies[agent].ComputeSingleAction(step.Observation(agent), own, random);
                    step.SetAction(agent, own);
                }
            }

            step.Begin();
            environment.Step(step);
            length++;
            for (var agent = 0; agent < policies.Length; agent++)
            {
                earned += step.Reward(agent);
            }
        }
        while (!step.Done);
        return (earned, length);
    }
}
