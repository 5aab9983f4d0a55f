namespace Tuning;

/// <summary>
/// What trains the policies of an algorithm: a learner for each that is trained, and the modules of all. The branch <c>learner_group</c>
/// of a checkpoint. <see cref="FromCheckpoint"/> makes one without environments, to go on training with batches of one's own.
/// </summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class LearnerGroup : ICheckpointable, IDisposable
{
    /// <summary>The name of its class in checkpoints.</summary>
    internal const string ClassName = "LearnerGroup";

    private readonly KeyValuePair<string, ICheckpointable>[] _components;
    private readonly LearnerComponent? _several;

    internal LearnerGroup(LearnerIdentity identity, IReadOnlyList<KeyValuePair<string, RlModule>> modules, IReadOnlyList<KeyValuePair<string,
        Learner>> learners)
    {
        Modules = new SortedDictionary<string, RlModule>(modules.ToDictionary(), StringComparer.Ordinal);
        Learners = new SortedDictionary<string, Learner>(learners.ToDictionary(), StringComparer.Ordinal);
        _several = identity.HasSeveral ? new LearnerComponent(identity, modules, learners) : null;
        _components = [new("learner", _several is null ? learners[0].Value : _several)];
    }

    /// <summary>The modules of all policies by name. Changing one changes what is trained.</summary>
    public IReadOnlyDictionary<string, RlModule> Modules { get; }

    /// <summary>The learners by policy, in ordinal order; policies that are not trained have none.</summary>
    public IReadOnlyDictionary<string, Learner> Learners { get; }

    /// <summary>The learners that a checkpoint holds, with their modules, ready to train. Modules and learners of your own have to be registered
    /// before.</summary>
    /// <param name="path">The branch <c>learner_group</c> of an algorithm's checkpoint.</param>
    /// <param name="threads">How many threads each may use; null for one per processor. Results do not depend on it.</param>
    /// <exception cref="DirectoryNotFoundException">The path does not exist; the message says what exists nearby.</exception>
    /// <exception cref="CheckpointException">It is no checkpoint of a learner group, or it is damaged.</exception>
    public static LearnerGroup FromCheckpoint(string path, int? threads = null)
    {
        var directory = CheckpointStore.Open(path);
        LearnerBranch.RequireClass(directory, "learner_group", kind => kind == ClassName);
        var group = LearnerBranch.Make(new CheckpointDirectory(directory.File("learner")), threads);
        try
        {
            group.Restore(directory);
            return group;
        }
        catch
        {
            group.Dispose();
            throw;
        }
    }

    /// <summary>Ends the learners.</summary>
    public void Dispose()
    {
        foreach (var learner in Learners.Values)
        {
            learner.Dispose();
        }
    }

    /// <summary>Which policies the last restore took and which it did not, once; null when it took all.</summary>
    internal string? TakeRestoreNotice() => _several?.TakeRestoreNotice();

    /// <inheritdoc/>
    ComponentClass ICheckpointable.CheckpointClass { get; } = new(ClassName, ParameterSet.Empty);

    /// <inheritdoc/>
    IReadOnlyList<KeyValuePair<string, ICheckpointable>> ICheckpointable.GetCheckpointableComponents() => _components;

    /// <inheritdoc/>
    ComponentState ICheckpointable.CaptureState() => ComponentState.Empty;

    /// <inheritdoc/>
    void ICheckpointable.ApplyState(ComponentState state)
    {
    }

    /// <inheritdoc/>
    ParameterSet ICheckpointable.GetMetadata() => ParameterSet.From([new("policy_ids", Modules.Keys), new("policies_to_train", Learners.Keys)]);
}
