namespace Tuning.Specification;

/// <summary>
/// The options of an action under <c>callbacks</c> in an experiment file: <c>on_algorithm_init: [{restore_from_path: {path: …}}]</c>.
/// The trainable runs the action; the record says which options it takes.
/// </summary>
public abstract record HookOptions
{
    /// <summary>The hooks under which the action may stand.</summary>
    internal abstract IReadOnlyList<string> Hooks { get; }
}

/// <summary><c>restore_from_path</c>: after the algorithm was made, and before its first step, a checkpoint or a part of one is loaded.</summary>
public sealed record RestoreFromPathOptions : HookOptions
{
    /// <summary>The directory of the checkpoint, or what this invocation wrote.</summary>
    public required CheckpointSource Path { get; init; }

    /// <summary>The component that the checkpoint is loaded into, <c>learner_group/learner/rl_module/p1</c>; null for the whole algorithm.</summary>
    /// <value>Default null.</value>
    public string? Component { get; init; }

    internal override IReadOnlyList<string> Hooks { get; } = ["on_algorithm_init"];
}
