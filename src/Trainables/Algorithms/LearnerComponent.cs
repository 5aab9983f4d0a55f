namespace Tuning.Algorithms;

/// <summary>
/// The branch <c>learner</c> of a checkpoint where there are several policies: what their learners add to their modules, which are
/// below it under <c>rl_module</c>. Restoring takes over those that both sides have. With one policy the branch is its <see cref="Learner"/>.
/// </summary>
internal sealed class LearnerComponent : ICheckpointable
{
    private const char Separator = '/';

    private readonly IReadOnlyList<KeyValuePair<string, RlModule>> _modules;
    private readonly IReadOnlyList<KeyValuePair<string, Learner>> _learners;
    private readonly KeyValuePair<string, ICheckpointable>[] _components;
    private IReadOnlyList<string>? _taken;
    private IReadOnlyList<string>? _saved;

    /// <summary>A branch.</summary>
    /// <param name="identity">How the learners are made again.</param>
    /// <param name="modules">All modules by policy.</param>
    /// <param name="learners">The learners by policy; frozen policies have none.</param>
    public LearnerComponent(LearnerIdentity identity, IReadOnlyList<KeyValuePair<string, RlModule>> modules, IReadOnlyList<KeyValuePair<string,
        Learner>> learners)
    {
        (CheckpointClass, _modules, _learners) = (identity.ToClass(), modules, learners);
        _components =
        [
            new("rl_module", new ContainerComponent(RlModule.Several, [.. modules.Select(m => KeyValuePair.Create<string, ICheckpointable>(m.Key, m.Value))])
            {
                TakesWhatBothHave = true,
                Applied = state => _taken = [.. state.Components.Keys],
            }),
        ];
    }

    /// <inheritdoc/>
    public ComponentClass CheckpointClass { get; }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, ICheckpointable>> GetCheckpointableComponents() => _components;

    /// <inheritdoc/>
    public ParameterSet GetMetadata() =>
        ParameterSet.From([new("policy_ids", _modules.Select(m => m.Key)), new("policies_to_train", _learners.Select(l => l.Key))]);

    /// <summary>Which policies the last restore took and which it did not, once; null when it took all.</summary>
    public string? TakeRestoreNotice()
    {
        var (taken, saved) = (_taken, _saved);
        (_taken, _saved) = (null, null);
        if (taken is null)
        {
            return null;
        }

        var kept = _modules.Select(m => m.Key).Except(taken).ToList();
        var left = saved?.Except(_modules.Select(m => m.Key)).ToList() ?? [];
        return kept.Count == 0 && left.Count == 0
            ? null
            : $"Of the checkpoint were taken the policies {string.Join(", ", taken)}."
                + (kept.Count == 0 ? "" : $" It does not have {string.Join(", ", kept)}, which {(kept.Count == 1 ? "keeps its" : "keep their")} weights.")
                + (left.Count == 0 ? "" : $" Its {string.Join(", ", left)} {(left.Count == 1 ? "does" : "do")} not exist here.");
    }

    /// <inheritdoc/>
    public ComponentState CaptureState()
    {
        var (values, result) = (new List<KeyValuePair<string, object?>>(), ComponentState.Empty);
        foreach (var (id, learner) in _learners)
        {
            var state = learner.CaptureState();
            values.Add(new(id, state.Values ?? ParameterSet.Empty));
            result = result.WithPart(id + Separator, state);
        }

        return result with
        {
            Values =
            ParameterSet.From([new("policy_ids", _modules.Select(m => m.Key).ToList()), new("policies", ParameterSet.From(values))])
        };
    }

    /// <inheritdoc/>
    public void ApplyState(ComponentState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        foreach (var (id, learner) in _learners)
        {
            if (Of(state, id) is { } own)
            {
                learner.ApplyState(own);
            }
        }

        _saved = [.. state.Value<List<string>>("policy_ids")];
    }

    /// <summary>The part of one policy in the state of several; null when it was not trained.</summary>
    public static ComponentState? Of(ComponentState state, string id) =>
        state.Value<ParameterSet>("policies").FirstOrDefault(p => p.Key == id).Value is ParameterSet values ? state.Part(id + Separator, values) : null;
}
