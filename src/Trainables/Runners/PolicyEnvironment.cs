namespace Tuning.Runners;

/// <summary>What one policy has to do with: spaces, and the connectors between them and its module.</summary>
/// <param name="Id">The policy's name.</param>
/// <param name="ObservationSpace">What its agents see.</param>
/// <param name="ActionSpace">What its agents do.</param>
/// <param name="ActionDistribution">What its module's outputs parameterise.</param>
/// <param name="ToModule">From observation to module, with the statistics of all runners.</param>
/// <param name="ToEnvironment">From module to action.</param>
internal sealed record PolicyEnvironment(
    string Id, Space ObservationSpace, Space ActionSpace, ActionDistribution ActionDistribution,
    EnvToModulePipeline ToModule, ModuleToEnvPipeline ToEnvironment)
{
    /// <summary>The only policy's name where there is one agent.</summary>
    public const string DefaultId = "default_policy";
}
