using Tuning.Environments;
using Tuning.Randomness;
using Tuning.Runners;
using Tuning.Tests.Environments;

namespace Tuning.Tests.Runners;

/// <summary>Groups with several agents, and what they collected.</summary>
internal static class MultiAgentRollouts
{
    public static EnvRunnerGroup Play(int agents, Action<int, MultiAgentStep> script, int steps, string mapping = "*:p", bool canSave = true, int? limit = null,
        Func<IEpisodeHooks>? hooks = null, int runners = 0, int copies = 1, int threads = 1) =>
        Group(new("scripted", _ => new ScriptedAgents(agents, script, canSave), limit, null), steps, mapping, hooks: hooks, runners: runners, copies: copies,
            threads: threads);

    public static EnvRunnerGroup Group(
        EnvironmentDefinition environment,
        int steps,
        string mapping,
        int agents = 0,
        ObservationFilter filter = ObservationFilter.NoFilter,
        int runners = 0,
        int copies = 1,
        int threads = 1,
        ulong seed = 5,
        bool explore = true,
        Func<IEpisodeHooks>? hooks = null)
    {
        var map = mapping.Split(',').Select(m => m.Split(':')).Select(m => KeyValuePair.Create(m[0], m[1])).ToList();
        return new(
            new EnvRunnerOptions
            {
                Environment = environment,
                EnvironmentConfig = agents == 0 ? ParameterSet.Empty : ParameterSet.Empty.With("num_agents", agents),
                NumEnvRunners = runners,
                NumEnvsPerEnvRunner = copies,
                StepsPerEnvironment = steps,
                ObservationFilter = filter,
                Threads = threads,
                Explore = explore,
                Hooks = hooks,
                Seed = SeedPath.Of(seed),
            },
            map.Select(m => m.Value),
            PolicyMapping.Of(map));
    }

    public static LinearModule[] ModulesOf(EnvRunnerGroup group) =>
        [.. group.Policies.Select((p, i) => new LinearModule(p.ToModule.OutputSize, p.ActionDistribution, (ulong)i + 1))];

    /// <summary>All that the buffers of all policies hold.</summary>
    public static List<float> Copy(IReadOnlyList<IReadOnlyList<RolloutBuffer>> buffers)
    {
        var all = new List<float>();
        foreach (var policy in buffers)
        {
            all.AddRange(policy.Select(b => (float)b.Steps));
            all.AddRange(RolloutCopy.Of(policy));
        }

        return all;
    }

    /// <summary>The rows of a buffer as text: what was seen, reward, end and final observation.</summary>
    public static List<string> Rows(RolloutBuffer buffer)
    {
        var rows = new List<string>();
        var final = 0;
        for (var i = 0; i < buffer.Steps; i++)
        {
            var end = buffer.Terminated(i)[0] ? " terminated" : buffer.Truncated(i)[0]
                ? $" truncated at {buffer.FinalObservations[buffer.ObservationSize * final++]}" : "";
            rows.Add($"{buffer.Observations(i)[0]}: {buffer.Rewards(i)[0]}{end}");
        }

        return rows;
    }

    public static List<(string Key, double Value)> Report(EnvRunnerGroup group)
    {
        var metrics = new Metrics();
        group.WriteTo(metrics);
        return [.. metrics.Where(m => !m.Key.Contains("duration")).Select(m => (m.Key, m.Value.Number!.Value))];
    }
}
