using Tuning.Checkpointing;
using Tuning.Connectors;
using Tuning.Modules;
using Tuning.Randomness;
using Tuning.Runners;

namespace Tuning;

/// <summary>
/// A policy for serving: from an environment's observation to the action that the environment takes, without environments, learner
/// or optimizer. From <see cref="Algorithm.GetPolicy"/> or from a checkpoint.
/// </summary>
/// <remarks>Not safe for concurrent use. <c>policy.SaveToPath(dir)</c> writes a checkpoint of it alone.</remarks>
public sealed class Policy : ICheckpointable
{
    /// <summary>The only policy's name where there is one agent.</summary>
    public const string DefaultId = PolicyEnvironment.DefaultId;

    /// <summary>What <c>checkpoint_version.txt</c> says.</summary>
    internal const string LayoutVersion = "v1";

    /// <summary>The name of its class in checkpoints.</summary>
    internal const string ClassName = "Policy";

    private const string TensorFile = "policy_state.safetensors";

    private readonly ModuleIdentity _identity;
    private readonly EnvToModulePipeline _toModule;
    private readonly ModuleToEnvPipeline _toEnvironment;
    private readonly ModuleWorkspace _workspace;
    private readonly float[] _seen;
    private readonly float[] _inputs;

    internal Policy(ModuleIdentity identity, PolicySpaces spaces)
    {
        _identity = identity;
        Spaces = spaces;
        Module = ModuleRegistry.Create(identity.Name, identity.Spec, new RandomStream(0));
        _toModule = EnvToModulePipeline.Build(spaces.Observations, spaces.ObservationFilter);
        _toEnvironment = new(spaces.Actions, spaces.NormalizeActions, spaces.ClipActions);
        _workspace = Module.CreateWorkspace(1);
        _seen = new float[_toModule.OutputSize];
        _inputs = new float[Module.ActionDistribution.InputSize];
    }

    /// <summary>Its module.</summary>
    public RlModule Module { get; }

    /// <summary>What stands between its module and an environment.</summary>
    public PolicySpaces Spaces { get; }

    /// <inheritdoc/>
    ComponentClass ICheckpointable.CheckpointClass
    {
        get
        {
            var module = ParameterSet.From([new("class", _identity.Name), new("args", _identity.ToParameters())]);
            return new(ClassName, Spaces.ToParameters().With("module", module)) { TensorFile = TensorFile };
        }
    }

    /// <summary>The policy that a checkpoint holds.</summary>
    /// <param name="path">A policy's checkpoint, or an algorithm's, of which <paramref name="id"/> is taken.</param>
    /// <param name="id">Which policy of an algorithm.</param>
    /// <exception cref="DirectoryNotFoundException">The path does not exist; the message says what exists nearby.</exception>
    /// <exception cref="CheckpointException">It holds no such policy, or it is damaged.</exception>
    public static Policy FromCheckpoint(string path, string id = DefaultId)
    {
        var directory = CheckpointStore.Open(path);
        var kind = ComponentFiles.ReadClass(directory);
        if (kind.Name != ClassName)
        {
            var policies = directory.File("policies");
            var ids = Directory.Exists(policies) ? Directory.EnumerateDirectories(policies).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal).ToList() : [];
            if (!ids.Contains(id))
            {
                throw new CheckpointException($"{directory.Path} is a checkpoint of '{kind.Name}' and has no policy '{id}'; it has: {(ids.Count == 0 ? "none" : string.Join(", ", ids))}.");
            }

            directory = new CheckpointDirectory(Path.Combine(policies, id));
            kind = ComponentFiles.ReadClass(directory);
        }

        if (kind.Name != ClassName || !kind.Arguments.TryGet("module.class", out var name) || name is not string moduleName
            || !kind.Arguments.TryGet("module.args", out var args) || args is not ParameterSet arguments)
        {
            throw new CheckpointException($"{directory.Path} is no checkpoint of a policy.");
        }

        if (!ModuleRegistry.Names.Contains(moduleName))
        {
            throw new CheckpointException($"The policy in {directory.Path} has a module '{moduleName}', which is not registered; registered are: {string.Join(", ", ModuleRegistry.Names)}.");
        }

        var policy = new Policy(ModuleIdentity.Parse(moduleName, arguments), PolicySpaces.Parse(kind.Arguments));
        policy.Restore(directory);
        return policy;
    }

    /// <summary>All policies of an algorithm's checkpoint by their names.</summary>
    /// <exception cref="CheckpointException">It has none, or one is damaged.</exception>
    public static IReadOnlyDictionary<string, Policy> AllFromCheckpoint(string path)
    {
        var policies = CheckpointStore.Open(path).File("policies");
        return Directory.Exists(policies)
            ? Directory.EnumerateDirectories(policies).Order(StringComparer.Ordinal).ToDictionary(d => Path.GetFileName(d)!, d => FromCheckpoint(d), StringComparer.Ordinal)
            : throw new CheckpointException($"{path} has no directory 'policies': it is no checkpoint of an algorithm.");
    }

    /// <summary>The action for an observation.</summary>
    /// <param name="observation">As the environment shows it.</param>
    /// <param name="random">Where to draw from; null takes the likeliest action.</param>
    /// <returns>As the environment takes it; choices are whole numbers.</returns>
    /// <exception cref="ArgumentException">The observation has another length.</exception>
    public float[] ComputeAction(ReadOnlySpan<float> observation, RandomStream? random = null)
    {
        if (observation.Length != Spaces.Observations.Size)
        {
            throw new ArgumentException($"An observation of {observation.Length} numbers was given; {Spaces.Observations} has {Spaces.Observations.Size}.", nameof(observation));
        }

        var distribution = Module.ActionDistribution;
        var action = new float[distribution.ActionSize];
        _toModule.Apply(observation, _seen, learn: false);
        if (random is null)
        {
            Module.ForwardInference(_seen, 1, _inputs, _workspace);
            distribution.Deterministic(_inputs, 1, action);
        }
        else
        {
            Module.ForwardExploration(_seen, 1, _inputs, _workspace);
            distribution.Sample(_inputs, 1, random, action);
        }

        var result = new float[action.Length];
        _toEnvironment.Apply(action, result);
        return result;
    }

    /// <inheritdoc/>
    IReadOnlyList<KeyValuePair<string, ICheckpointable>> ICheckpointable.GetCheckpointableComponents() =>
        [new("env_to_module_connector", _toModule), new("module_to_env_connector", _toEnvironment)];

    /// <inheritdoc/>
    ComponentState ICheckpointable.CaptureState() => ((ICheckpointable)Module).CaptureState();

    /// <inheritdoc/>
    void ICheckpointable.ApplyState(ComponentState state) => ((ICheckpointable)Module).ApplyState(state);

    /// <inheritdoc/>
    void ICheckpointable.WriteCompanions(CheckpointDirectory directory) => File.WriteAllText(directory.File("checkpoint_version.txt"), LayoutVersion + "\n");

    /// <summary>Takes over weights and filter statistics.</summary>
    internal void CopyFrom(RlModule module, EnvToModulePipeline toModule)
    {
        Module.SetState(module.GetState());
        _toModule.Synchronise(toModule);
    }
}
