namespace Tuning.Training;

/// <summary>One entry under <c>callbacks</c> in an experiment file.</summary>
/// <param name="Hook">When it runs: <c>on_algorithm_init</c>.</param>
/// <param name="Action">What it does: <c>restore_from_path</c>.</param>
/// <param name="Options">Its options: <c>path</c>, <c>component</c>.</param>
public sealed record HookSpec(string Hook, string Action, ParameterSet Options);
