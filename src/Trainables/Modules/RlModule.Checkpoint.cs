namespace Tuning;

public abstract partial class RlModule : ICheckpointable
{
    internal const string TensorFile = "module_state.safetensors";

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
    /// Makes the module that a checkpoint holds: a branch such as <c>learner_group/learner/rl_module/default_policy</c>. A module of your
    /// own has to be registered under its name before.
    /// </summary>
    /// <param name="path">The directory of the module, not that of the whole checkpoint.</param>
    /// <exception cref="DirectoryNotFoundException">The path does not exist; the message says what exists nearby.</exception>
    /// <exception cref="CheckpointException">It is no checkpoint of a module, it is damaged, or its module is not registered.</exception>
    public static RlModule FromCheckpoint(string path)
    {
        var directory = CheckpointStore.Open(path);
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
    ComponentState ICheckpointable.CaptureState() => ComponentState.Empty.With(GetState());

    /// <inheritdoc/>
    void ICheckpointable.ApplyState(ComponentState state) => SetState(TensorSet.Require(state, GetState().Select(t => (t.Name, t.Shape.ToArray()))));
}
