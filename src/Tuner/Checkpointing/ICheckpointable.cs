namespace Tuning.Checkpointing;

/// <summary>
/// A node in the tree of components that makes up a checkpoint. Every node can be saved, restored and moved by itself:
/// <see cref="CheckpointableExtensions"/> has <c>SaveToPath</c>, <c>RestoreFromPath</c>, <c>GetState</c> and <c>SetState</c>.
/// </summary>
/// <remarks>Not safe for concurrent use: a component is saved and restored by the thread that owns it.</remarks>
public interface ICheckpointable
{
    /// <summary>What it is and how it is made again.</summary>
    ComponentClass CheckpointClass { get; }

    /// <summary>The components in it, by name; a name may contain <c>/</c>, but no two may begin alike.</summary>
    IReadOnlyList<KeyValuePair<string, ICheckpointable>> GetCheckpointableComponents() => [];

    /// <summary>Parts that can be restored under names of their own, although what is in them belongs to the components above: they are never saved.</summary>
    IReadOnlyList<KeyValuePair<string, ICheckpointable>> OtherParts => [];

    /// <summary>The file in which a checkpoint of another class has this component's tensors; null when it has nothing of it.</summary>
    /// <param name="className">The other class.</param>
    string? TensorFileIn(string className) => null;

    /// <summary>Whether its values stand in <c>state.json</c>, for other readers, in place of in the manifest.</summary>
    bool KeepsStateFile => false;

    /// <summary>Facts about it for a reader of the manifest; not needed to restore.</summary>
    ParameterSet GetMetadata() => ParameterSet.Empty;

    /// <summary>Its own state, without that of its components.</summary>
    ComponentState CaptureState();

    /// <summary>Takes over its own state. If it throws, the caller brings back what was there.</summary>
    /// <exception cref="CheckpointException">The state does not fit.</exception>
    void ApplyState(ComponentState state);

    /// <summary>Called on the object that was asked to restore, after any part of it has been restored: the place to pass weights on.</summary>
    void OnRestored()
    {
    }

    /// <summary>
    /// Asked when a checkpoint of this class could not be restored: what a user should know first, as whole sentences, for example that it was made in
    /// another environment. Null when there is nothing to add to the message.
    /// </summary>
    /// <param name="saved">The checkpoint.</param>
    string? ExplainMisfit(CheckpointDirectory saved) => null;

    /// <summary>Writes files for other readers beside the component's own; nothing of it is read when restoring.</summary>
    void WriteCompanions(CheckpointDirectory directory)
    {
    }

    /// <summary>Names of directories that <see cref="WriteCompanions"/> makes; they are no components.</summary>
    IReadOnlyCollection<string> CompanionDirectories => [];

    /// <summary>
    /// Names of components that this has or has not by its configuration: when this is restored, what the checkpoint lacks of them stays as it is, and what it
    /// has of them beyond this is passed over.
    /// </summary>
    IReadOnlyCollection<string> OptionalComponents => [];

    /// <summary>
    /// Whether restoring takes those components that both the checkpoint and this have, at least one, and leaves the others as they
    /// are: true for a container of things by name, such as the policies of several agents. Otherwise both must have the same.
    /// </summary>
    bool TakesWhatBothHave => false;
}
