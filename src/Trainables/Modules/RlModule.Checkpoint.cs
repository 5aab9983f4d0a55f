namespace Tuning;

public abstract partial class RlModule : ICheckpointable
{
    internal const string TensorFile = "module_state.safetensors";

    /// <summary>The class of a directory of modules.</summary>
    internal const string Several = "MultiRlModule";

    /// <summary>How this module is made again; set by <see cref="ModuleRegistry.Create"/>.</summary>
    internal ModuleIdentity? Identity { get; set; }

    /// <inheritdoc/>
    ComponentClass ICheckpointable.CheckpointClass
    {
        get
        {
            var identity = Identity
                ?? throw new InvalidOperationException($"This {GetType().Name} was not made by {nameof(ModuleRegistry)}.{nameof(ModuleRegistry.Create)}, so " +
                    $"that nothing says how to make it again; register it and make it there.");
            return new(identity.Name, identity.ToParameters()) { TensorFile = TensorFile };
        }
    }

    /// <summary>
    /// Makes the module that a checkpoint holds: a branch such as <c>learner_group/learner/rl_module/default_policy</c>, or <c>rl_module</c> where it has one
    /// module. A module of your own has to be registered under its name before.
    /// </summary>
    /// <param name="path">The directory of the module, not that of the whole checkpoint.</param>
    /// <exception cref="DirectoryNotFoundException">The path does not exist; the message says what exists nearby.</exception>
    /// <exception cref="CheckpointException">It is no checkpoint of a module, it holds several, it is damaged, or its module is not registered.</exception>
    public static RlModule FromCheckpoint(string path)
    {
        var directory = CheckpointStore.Open(path);
        return IdsIn(directory) switch
        {
            [] => Load(directory),
            [var only] => Load(new(directory.File(only))),
            var ids => throw new CheckpointException(
                $"{directory.Path} holds the modules {string.Join(", ", ids)}: name one, as {directory.File(ids[0])}, or load " +
                $"them all with {nameof(RlModule)}.{nameof(AllFromCheckpoint)}."),
        };
    }

    /// <summary>Makes all modules of a checkpoint, by the names of their policies.</summary>
    /// <param name="path">The branch <c>learner_group/learner/rl_module</c> of an algorithm's checkpoint.</param>
    /// <exception cref="DirectoryNotFoundException">The path does not exist; the message says what exists nearby.</exception>
    /// <exception cref="CheckpointException">It holds no modules, it is damaged, or one of them is not registered.</exception>
    public static IReadOnlyDictionary<string, RlModule> AllFromCheckpoint(string path)
    {
        var directory = CheckpointStore.Open(path);
        var ids = IdsIn(directory);
        return ids.Count > 0 ? ids.ToDictionary(id => id, id => Load(new(directory.File(id))), StringComparer.Ordinal)
            : throw new CheckpointException(
                $"{directory.Path} is a checkpoint of '{ComponentFiles.ReadClass(directory).Name}', and no directory of modules: those of an " +
                $"algorithm's checkpoint are in learner_group/learner/rl_module.");
    }

    private static IReadOnlyList<string> IdsIn(CheckpointDirectory directory) => ComponentFiles.ReadClass(directory).Name != Several ? []
        : [.. Directory.EnumerateDirectories(directory.Path).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    private static RlModule Load(CheckpointDirectory directory)
    {
        var kind = ComponentFiles.ReadClass(directory);
        if (!ModuleRegistry.Names.Contains(kind.Name))
        {
            var inside = kind.Name == Policy.ClassName ? $" Read it with {nameof(Policy)}.{nameof(Policy.FromCheckpoint)}, or the module below learner_group."
                : Directory.Exists(directory.File("learner_group"))
                ? $" The module of a whole checkpoint is below it: {directory.File("learner_group/learner/rl_module/default_policy")}." : "";
            throw new CheckpointException($"{directory.Path} is a checkpoint of '{kind.Name}', which is no registered module; registered are: " +
                $"{string.Join(", ", ModuleRegistry.Names)}.{inside}");
        }

        var identity = ModuleIdentity.Parse(kind.Name, kind.Arguments);
        var module = ModuleRegistry.Create(identity.Name, identity.Spec, new RandomStream(0));
        ((ICheckpointable)module).ApplyState(ComponentFiles.ReadOwn(directory, TensorFile));
        return module;
    }

    /// <inheritdoc/>
    string? ICheckpointable.TensorFileIn(string className) => className == Policy.ClassName ? Policy.TensorFile : null;

    /// <inheritdoc/>
    ComponentState ICheckpointable.CaptureState() => ComponentState.Empty.With(GetState());

    /// <inheritdoc/>
    void ICheckpointable.ApplyState(ComponentState state) => SetState(TensorSet.Require(state, GetState().Select(t => (t.Name, t.Shape.ToArray()))));
}
