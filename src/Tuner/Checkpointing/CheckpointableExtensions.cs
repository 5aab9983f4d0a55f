namespace Tuning;

/// <summary>Saving and restoring trees of components.</summary>
public static class CheckpointableExtensions
{
    /// <summary>Writes the component and everything in it as a checkpoint.</summary>
    /// <param name="target">The component.</param>
    /// <param name="directory">Where; null makes a new temporary directory. An older checkpoint there is replaced.</param>
    /// <returns>The full path of the checkpoint.</returns>
    /// <exception cref="CheckpointException">The directory holds something that is no checkpoint.</exception>
    public static string SaveToPath(this ICheckpointable target, string? directory = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        var path = directory ?? Directory.CreateTempSubdirectory("tuner-checkpoint-").FullName;
        return CheckpointStore.Write(path, d => target.SaveTo(d), durable: directory is not null).Path;
    }

    /// <summary>Writes the component into a directory whose manifest somebody else writes: the <c>save</c> of a trial's report.</summary>
    public static void SaveTo(this ICheckpointable target, CheckpointDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(directory);
        ComponentFiles.Write(target, directory);
    }

    /// <summary>Restores the component, or a part of it, from a checkpoint. Everything else stays as it is; if anything does not fit, all of it does.</summary>
    /// <param name="target">The component.</param>
    /// <param name="path">A checkpoint of the component, or of the part when <paramref name="component"/> is given; a whole checkpoint serves for a part as
    /// well.</param>
    /// <param name="component">The path of the part, for example <c>learner_group/learner/rl_module/default_policy</c>; null for all.</param>
    /// <param name="notComponents">Parts that are left as they are, whether or not the checkpoint has them.</param>
    /// <exception cref="DirectoryNotFoundException">The path does not exist; the message says what exists nearby.</exception>
    /// <exception cref="CheckpointException">The checkpoint is damaged or does not fit, or a component is unknown, missing or left over.</exception>
    public static void RestoreFromPath(this ICheckpointable target, string path, string? component = null, IReadOnlyCollection<string>? notComponents = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        target.Restore(CheckpointStore.Open(path), component, notComponents);
    }

    /// <summary>Restores from a checkpoint whose digests have been verified: <c>trial.Checkpoint</c>.</summary>
    public static void Restore(this ICheckpointable target, CheckpointDirectory directory, string? component = null,
        IReadOnlyCollection<string>? notComponents = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(directory);
        var part = ComponentTree.Find(target, component);
        var source = ComponentFiles.Locate(directory, component, part);
        var skips = ComponentTree.Skips(part, notComponents, component);
        try
        {
            ComponentTree.Apply(part, ComponentFiles.Read(source, part, skips), source);
        }
        catch (CheckpointException e) when (part.ExplainMisfit(source) is { } explanation)
        {
            throw new CheckpointException($"{explanation} In detail: {e.Message}", e);
        }

        target.OnRestored();
    }

    /// <summary>The state of the component and everything in it, or of some parts.</summary>
    /// <param name="target">The component.</param>
    /// <param name="components">The parts by path; null for all with the component's own state.</param>
    /// <param name="notComponents">Parts that are left out; wins over <paramref name="components"/>.</param>
    /// <exception cref="CheckpointException">A path names no part; the message lists those that exist.</exception>
    public static ComponentState GetState(this ICheckpointable target, IReadOnlyCollection<string>? components = null,
        IReadOnlyCollection<string>? notComponents = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        return ComponentTree.Capture(target, components, ComponentTree.Skips(target, notComponents, null));
    }

    /// <summary>Takes over a state; what it does not hold stays as it is. If anything does not fit, everything does.</summary>
    /// <exception cref="CheckpointException">The state does not fit.</exception>
    public static void SetState(this ICheckpointable target, ComponentState state)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(state);
        ComponentTree.Apply(target, state);
        target.OnRestored();
    }
}
