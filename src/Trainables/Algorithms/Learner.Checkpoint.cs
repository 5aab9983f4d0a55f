namespace Tuning;

public abstract partial class Learner : ICheckpointable
{
    /// <summary>How it is made again; set by the algorithm.</summary>
    internal LearnerIdentity? Identity { get; set; }

    /// <summary>
    /// The learner of one policy that a checkpoint holds, with its module, ready to train with batches of one's own. A module or learner of
    /// your own has to be registered under its name before.
    /// </summary>
    /// <param name="path">The branch <c>learner_group/learner</c> of an algorithm's checkpoint, or what <c>SaveToPath</c> of a learner wrote.</param>
    /// <param name="id">Which policy's; null takes the only one that is trained.</param>
    /// <param name="threads">How many threads it may use; null for one per processor. Results do not depend on it.</param>
    /// <exception cref="DirectoryNotFoundException">The path does not exist; the message says what exists nearby.</exception>
    /// <exception cref="CheckpointException">It holds no such learner, or it holds several and none was named, or it is damaged.</exception>
    public static Learner FromCheckpoint(string path, string? id = null, int? threads = null)
    {
        var directory = CheckpointStore.Open(path);
        LearnerBranch.RequireClass(directory, "learner_group/learner", kind => LearnerBranch.IsLearner(directory, kind));
        var group = LearnerBranch.Make(directory, threads);
        Learner? chosen = null;
        try
        {
            chosen = Choose(directory, group, id);
            var identity = chosen.Identity!;
            chosen.Identity = identity.OfOne();
            var state = ComponentFiles.ReadOwn(directory, LearnerIdentity.TensorFile);
            chosen.ApplyState(identity.HasSeveral ? LearnerComponent.Of(state, id ?? group.Learners.Keys.First())
                ?? throw new CheckpointException($"{directory.Path} has no state of the learner of '{id}'.") : state);
            return chosen;
        }
        catch (Exception e)
        {
            chosen?.Dispose();
            throw e is ArgumentException or FormatException ? new CheckpointException($"{directory.Path} does not fit: {e.Message}", e) : e;
        }
        finally
        {
            foreach (var other in group.Learners.Values.Where(l => l != chosen))
            {
                other.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    ComponentClass ICheckpointable.CheckpointClass => (Identity
        ?? throw new InvalidOperationException(
            $"This {GetType().Name} was not made by an algorithm or from a checkpoint, so that nothing says how to make it again.")).OfOne().ToClass();

    /// <inheritdoc/>
    IReadOnlyList<KeyValuePair<string, ICheckpointable>> ICheckpointable.GetCheckpointableComponents() =>
        [new("rl_module", new ContainerComponent(RlModule.Several, KeyValuePair.Create<string, ICheckpointable>(Policy.DefaultId, Module)))];

    private static Learner Choose(CheckpointDirectory directory, LearnerGroup group, string? id)
    {
        var ids = group.Learners.Keys.ToList();
        return id is null && ids is [var only] ? group.Learners[only]
            : id is not null && group.Learners.TryGetValue(id, out var learner) ? learner
            : throw new CheckpointException(
                ids.Count == 0 ? $"{directory.Path} has no learner: none of its policies is trained."
                : id is null ? $"{directory.Path} has learners of {string.Join(", ", ids)}: name one, or load them all with " +
                    $"{nameof(LearnerGroup)}.{nameof(LearnerGroup.FromCheckpoint)}."
                : $"{directory.Path} has no learner of '{id}'; it has those of: {string.Join(", ", ids)}.");
    }
}
