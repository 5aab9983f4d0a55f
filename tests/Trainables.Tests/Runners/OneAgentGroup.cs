using Tuning.Connectors;
using Tuning.Distributions;
using Tuning.Runners;

namespace Tuning.Tests.Runners;

/// <summary>A group whose environment has one agent, as if there were nothing else.</summary>
internal static class OneAgentGroup
{
    extension(EnvRunnerGroup group)
    {
        public EnvToModulePipeline ToModule => group.Policies[0].ToModule;

        public ActionDistribution ActionDistribution => group.Policies[0].ActionDistribution;

        public int ObservationSize => group.ToModule.OutputSize;

        public IReadOnlyList<RolloutBuffer> Sample(RlModule module) => group.Sample([module])[0];
    }
}
