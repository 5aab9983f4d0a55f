namespace Tuning.Modules;

/// <summary>
/// The scratch memory of one thread that asks a module for outputs. Made by <see cref="RlModule.CreateWorkspace"/> and of use to
/// that module only.
/// </summary>
/// <remarks>Not safe for concurrent use: every runner has its own. With a workspace no call allocates.</remarks>
public abstract class ModuleWorkspace
{
    /// <summary>Scratch memory for batches of up to <paramref name="maxBatch"/> rows; larger batches are worked off in pieces of this size.</summary>
    protected ModuleWorkspace(int maxBatch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBatch, 1);
        MaxBatch = maxBatch;
    }

    /// <summary>How many rows are computed at a time.</summary>
    public int MaxBatch { get; }
}

/// <summary>Scratch memory that knows whose it is.</summary>
internal abstract class OwnedWorkspace(RlModule owner, int maxBatch) : ModuleWorkspace(maxBatch)
{
    /// <summary>The module that made it.</summary>
    public RlModule Owner => owner;
}
