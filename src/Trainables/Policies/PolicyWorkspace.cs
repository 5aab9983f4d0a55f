namespace Tuning.Policies;

/// <summary>What one thread needs while it asks a policy: a filter of its own, which may keep scratch memory, and room for some rows.</summary>
internal sealed class PolicyWorkspace
{
    /// <summary>Rows that go through the network in one piece; small enough for the second level of cache.</summary>
    public const int Rows = 64;

    public PolicyWorkspace(RlModule module, EnvToModulePipeline toModule)
    {
        ToModule = toModule;
        Module = module.CreateWorkspace(Rows);
        Seen = new float[Rows * toModule.OutputSize];
        Inputs = new float[Rows * module.ActionDistribution.InputSize];
    }

    public EnvToModulePipeline ToModule { get; }

    public ModuleWorkspace Module { get; }

    /// <summary>[rows, the module's observation].</summary>
    public float[] Seen { get; }

    /// <summary>[rows, the distribution's inputs].</summary>
    public float[] Inputs { get; }

    /// <summary>The next one that nobody uses; of <see cref="PolicyWorkspaces"/>.</summary>
    public PolicyWorkspace? Next { get; set; }
}
