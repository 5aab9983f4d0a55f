namespace Tuning;

public sealed partial class Policy : ICheckpointable
{
    /// <summary>What <c>checkpoint_version.txt</c> says.</summary>
    internal const string LayoutVersion = "v1";

    /// <summary>The name of its class in checkpoints.</summary>
    internal const string ClassName = "Policy";

    private const string PoliciesDirectory = "policies";
    /// <summary>The file of its tensors.</summary>
    internal const string TensorFile = "policy_state.safetensors";

    /// <inheritdoc/>
    ComponentClass ICheckpointable.CheckpointClass
    {
        get
        {
            var module = ParameterSet.From([new("class", _identity.Name), new("args", _identity.ToParameters())]);
            return new(ClassName, Spaces.ToParameters().With("module", module)) { TensorFile = TensorFile };
        }
    }

    /// <summary>The policy that a checkpoint holds. A module of your own has to be registered under its name before.</summary>
    /// <remarks>RLlib's <c>Policy.from_checkpoint</c> gives a policy or a dictionary, depending on the path; here <see cref="AllFromCheckpoint"/> gives the
    /// dictionary.</remarks>
    /// <param name="path">A policy's checkpoint, or an algorithm's, of which <paramref name="id"/> is taken.</param>
    /// <param name="id">Which policy of an algorithm; null takes the only one.</param>
    /// <exception cref="DirectoryNotFoundException">The path does not exist; the message says what exists nearby.</exception>
    /// <exception cref="CheckpointException">It holds no such policy, or it holds several and none was named, or it is damaged.</exception>
    public static Policy FromCheckpoint(string path, string? id = null)
    {
        var directory = CheckpointStore.Open(path);
        if (ComponentFiles.ReadClass(directory) is { Name: not ClassName } kind)
        {
            var ids = IdsIn(directory);
            var chosen = id ?? (ids is [var only] ? only : ids.Contains(DefaultId) ? DefaultId : null);
            if (chosen is null || !ids.Contains(chosen))
            {
                throw new CheckpointException(
                    ids.Count == 0 ? $"{directory.Path} is a checkpoint of '{kind.Name}' and has no policies. A policy is in the directory 'policies' of "
                        + "an algorithm's checkpoint, or was saved by itself."
                    : chosen is null ? $"{directory.Path} has the policies {string.Join(", ", ids)}: name one, or load them all with "
                        + $"{nameof(AllFromCheckpoint)}."
                    : $"{directory.Path} is a checkpoint of '{kind.Name}' and has no policy '{chosen}'; it has: {string.Join(", ", ids)}.");
            }

            directory = BranchOf(directory, chosen);
        }

        return Load(directory);
    }

    /// <summary>The policies of an algorithm's checkpoint by their names, all or some.</summary>
    /// <param name="path">An algorithm's checkpoint.</param>
    /// <param name="policyIds">Which ones; null for all. RLlib's <c>policy_ids</c>.</param>
    /// <exception cref="DirectoryNotFoundException">The path does not exist; the message says what exists nearby.</exception>
    /// <exception cref="CheckpointException">It has no policies, or not all of those, or one is damaged.</exception>
    public static IReadOnlyDictionary<string, Policy> AllFromCheckpoint(string path, IReadOnlyCollection<string>? policyIds = null)
    {
        var directory = CheckpointStore.Open(path);
        var ids = IdsIn(directory);
        if (ids.Count == 0)
        {
            var one = ComponentFiles.ReadClass(directory).Name == ClassName ? $" It is one of a single policy: {nameof(FromCheckpoint)} reads it." : "";
            throw new CheckpointException($"{directory.Path} has no directory '{PoliciesDirectory}': it is no checkpoint of an algorithm.{one}");
        }

        var unknown = policyIds?.Except(ids).ToList() ?? [];
        return unknown.Count == 0
            ? (policyIds ?? ids).Distinct().ToDictionary(id => id, id => Load(BranchOf(directory, id)), StringComparer.Ordinal)
            : throw new CheckpointException($"{directory.Path} has no policy {string.Join(", ", unknown.Select(u => $"'{u}'"))}; it has: "
                + $"{string.Join(", ", ids)}.");
    }

    /// <summary>Writes a checkpoint of this policy alone, for <see cref="FromCheckpoint"/>. The same as <c>SaveToPath</c>.</summary>
    /// <param name="directory">Where; an older checkpoint there is replaced.</param>
    /// <returns>Its full path.</returns>
    /// <exception cref="CheckpointException">The directory holds something that is no checkpoint.</exception>
    public string ExportCheckpoint(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return this.SaveToPath(directory);
    }

    /// <inheritdoc/>
    IReadOnlyList<KeyValuePair<string, ICheckpointable>> ICheckpointable.GetCheckpointableComponents() =>
        [new("env_to_module_connector", _toModule), new("module_to_env_connector", _toEnvironment)];

    /// <inheritdoc/>
    ComponentState ICheckpointable.CaptureState() => ((ICheckpointable)Module).CaptureState();

    /// <inheritdoc/>
    void ICheckpointable.ApplyState(ComponentState state) => ((ICheckpointable)Module).ApplyState(state);

    /// <inheritdoc/>
    void ICheckpointable.OnRestored() => Renew();

    /// <inheritdoc/>
    bool ICheckpointable.KeepsStateFile => true;

    /// <inheritdoc/>
    void ICheckpointable.WriteCompanions(CheckpointDirectory directory) => File.WriteAllText(directory.File("checkpoint_version.txt"), LayoutVersion + "\n");

    /// <summary>The names of the policies that an algorithm's checkpoint has.</summary>
    internal static IReadOnlyList<string> IdsIn(CheckpointDirectory directory)
    {
        var policies = directory.File(PoliciesDirectory);
        return Directory.Exists(policies) ? [.. Directory.EnumerateDirectories(policies).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)] : [];
    }

    /// <summary>Reads a policy whose digests have been verified.</summary>
    private static Policy Load(CheckpointDirectory directory)
    {
        var kind = ComponentFiles.ReadClass(directory);
        if (kind.Name != ClassName || !kind.Arguments.TryGet("module.class", out var name) || name is not string moduleName
            || !kind.Arguments.TryGet("module.args", out var args) || args is not ParameterSet arguments)
        {
            throw new CheckpointException($"{directory.Path} is no checkpoint of a policy.");
        }

        if (!ModuleRegistry.Names.Contains(moduleName))
        {
            throw new CheckpointException($"The policy in {directory.Path} has a module '{moduleName}', which is not registered; registered are: "
                + $"{string.Join(", ", ModuleRegistry.Names)}.");
        }

        var policy = new Policy(ModuleIdentity.Parse(moduleName, arguments), PolicySpaces.Parse(kind.Arguments));
        policy.Restore(directory);
        return policy;
    }

    private static CheckpointDirectory BranchOf(CheckpointDirectory directory, string id) => new(Path.Combine(directory.File(PoliciesDirectory), id));
}
