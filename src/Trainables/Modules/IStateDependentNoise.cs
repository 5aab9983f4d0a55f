namespace Tuning.Modules;

/// <summary>A module that can hand out the features which state-dependent noise is made of.</summary>
internal interface IStateDependentNoise
{
    /// <summary>The network whose features these are; it has noise if the module was built with <see cref="ModelOptions.UseGsde"/>.</summary>
    DenseNetwork Network { get; }

    /// <summary>What the network's last forward pass with a workspace left.</summary>
    /// <param name="workspace">Made by this module.</param>
    DenseWorkspace Passed(ModuleWorkspace workspace);
}
