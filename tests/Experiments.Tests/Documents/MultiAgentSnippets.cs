using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Tests.Documents;

/// <summary>What docs/multi-agent.md shows.</summary>
internal static class MultiAgentSnippets
{
    public static PpoConfig Configure()
    {
        var ppo = new PpoConfig()
            .Environment("MultiAgentPendulum", ParameterSet.Empty.With("num_agents", 2))
            .MultiAgent(
                policies: ["p0", "p1"],
                policyMappingFn: (agent, episode) => $"p{agent}",
                policiesToTrain: ["p0", "p1"])
            .EnvRunners(numEnvsPerEnvRunner: 20, observationFilter: ObservationFilter.MeanStdFilter)
            .Training(lr: 1e-3, gamma: 0.95, lambda: 0.5, trainBatchSize: 1024, minibatchSize: 64, numEpochs: 10, vfClipParam: 10_000);
        return ppo;
    }

    public static IReadOnlyList<EnvironmentIssue> Register()
    {
        EnvironmentRegistry.RegisterMultiAgent("many-cars", MultiAgentEnvironments.MakeMultiAgent("MountainCar-v0"));
        EnvironmentRegistry.RegisterMultiAgent("chase", config => new Chase(), maxEpisodeSteps: 50);
        var issues = MultiAgentEnvironmentChecker.Check(() => new Chase());
        return issues;
    }

    public static void Inject(PpoConfig ppo, string singleAgentCheckpoint)
    {
        ppo.Callbacks(onAlgorithmInit: algorithm => algorithm.RestoreFromPath(
            Path.Combine(singleAgentCheckpoint, "learner_group/learner/rl_module/default_policy"),
            component: "learner_group/learner/rl_module/p1"));
    }

    internal sealed class Chase : IMultiAgentEnvironment
    {
        private const int Hunter = 0, Hare = 1;
        private int _distance;
        private int _time;

        public IReadOnlyList<string> Agents { get; } = ["hunter", "hare"];

        public Space ObservationSpace(int agent) => new Box(0, 10);

        public Space ActionSpace(int agent) => new Discrete(2);

        public void Reset(RandomStream random, MultiAgentStep step)
        {
            (_distance, _time) = (1 + random.NextInt32(9), 0);
            step.Observe(Hunter)[0] = step.Observe(Hare)[0] = _distance;
        }

        public void Step(MultiAgentStep step)
        {
            _time++;
            _distance -= step.Action(Hunter).Choice;
            if (step.Acts(Hare))                               // it acts at every other step
            {
                _distance = Math.Min(10, _distance + step.Action(Hare).Choice);
            }

            step.AddReward(Hunter, -1);
            step.AddReward(Hare, 1);                           // what comes while it waits counts for its last action
            step.Observe(Hunter)[0] = Math.Max(0, _distance);
            if (_time % 2 == 0)
            {
                step.Observe(Hare)[0] = Math.Max(0, _distance);
            }

            if (_distance <= 0)
            {
                step.TerminateAll();
            }
        }
    }
}
