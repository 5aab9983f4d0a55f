namespace Tuning;

/// <summary>
/// A policy for serving: from an environment's observations to the actions that the environment takes, observation filter and action
/// transform included, without environments, learner or optimizer. From <see cref="Algorithm.GetPolicy"/> or from a checkpoint.
/// </summary>
/// <remarks>
/// <c>ComputeSingleAction</c> and <c>ComputeActions</c> may be called by any number of threads at once, as long as none restores the policy or sets
/// the state of its <see cref="Module"/>; the ones that write into the caller's memory allocate nothing after the first calls. What comes out for an
/// observation without a random stream depends on that observation only, to the last bit: not on the batch it came in, nor on the thread.
/// </remarks>
public sealed partial class Policy
{
    /// <summary>The only policy's name where there is one agent.</summary>
    public const string DefaultId = PolicyEnvironment.DefaultId;

    private readonly ModuleIdentity _identity;
    private readonly EnvToModulePipeline _toModule;
    private readonly ModuleToEnvPipeline _toEnvironment;
    private PolicyWorkspaces _workspaces;

    internal Policy(ModuleIdentity identity, PolicySpaces spaces)
    {
        _identity = identity;
        Spaces = spaces;
        Module = ModuleRegistry.Create(identity.Name, identity.Spec, new RandomStream(0));
        _toModule = EnvToModulePipeline.Build(spaces.Observations, spaces.ObservationFilter, spaces.Connectors);
        _toEnvironment = new(spaces.Actions, spaces.NormalizeActions, spaces.ClipActions);
        _workspaces = new(CreateWorkspace);
    }

    /// <summary>Its module.</summary>
    public RlModule Module { get; }

    /// <summary>What stands between its module and an environment.</summary>
    public PolicySpaces Spaces { get; }

    /// <summary>Floats per observation of the environment.</summary>
    public int ObservationSize => Spaces.Observations.Size;

    /// <summary>Floats per action of the environment.</summary>
    public int ActionSize => Module.ActionDistribution.ActionSize;

    internal EnvToModulePipeline ToModule => _toModule;

    /// <summary>The action for an observation. Allocates its result.</summary>
    /// <param name="observation">As the environment shows it: <see cref="ObservationSize"/> numbers, a box in row-major order.</param>
    /// <param name="random">Where to draw from, which explores; null takes the likeliest action. A stream serves one thread at a time.</param>
    /// <returns>As the environment takes it; choices are whole numbers.</returns>
    /// <exception cref="ArgumentException">The observation has another length.</exception>
    public float[] ComputeSingleAction(ReadOnlySpan<float> observation, RandomStream? random = null)
    {
        var action = new float[ActionSize];
        ComputeSingleAction(observation, action, random);
        return action;
    }

    /// <inheritdoc cref="ComputeSingleAction(ReadOnlySpan{float}, RandomStream)"/>
    /// <summary>The action for an observation. Allocates nothing.</summary>
    /// <param name="observation">As the environment shows it: <see cref="ObservationSize"/> numbers, a box in row-major order.</param>
    /// <param name="action">Receives the action as the environment takes it, <see cref="ActionSize"/> numbers; choices are whole numbers.</param>
    /// <param name="random">Where to draw from, which explores; null takes the likeliest action. A stream serves one thread at a time.</param>
    public void ComputeSingleAction(ReadOnlySpan<float> observation, Span<float> action, RandomStream? random = null)
    {
        if (observation.Length != ObservationSize)
        {
            throw new ArgumentException($"An observation of {observation.Length} numbers was given; {Spaces.Observations} has "
                + $"{ObservationSize}.", nameof(observation));
        }

        ComputeActions(observation, 1, action, random);
    }

    /// <summary>The actions for several observations laid end to end. Allocates nothing.</summary>
    /// <param name="observations">[count, <see cref="ObservationSize"/>], row by row; what follows is not read.</param>
    /// <param name="count">How many, at least 0.</param>
    /// <param name="actions">Receives [count, <see cref="ActionSize"/>].</param>
    /// <param name="random">Where to draw from, row after row, which explores; null takes the likeliest actions. A stream serves one thread at a time.</param>
    /// <param name="actionDistributionInputs">Receives [count, inputs] of the module's action distribution, when room is given: logits, or means and log
    /// standard deviations.</param>
    /// <exception cref="ArgumentException">There are fewer observations, or there is less room.</exception>
    /// <exception cref="InvalidOperationException">A discrete observation is no choice of its space.</exception>
    [MethodImpl(AggressiveOptimization)]
    public void ComputeActions(
        ReadOnlySpan<float> observations, int count, Span<float> actions, RandomStream? random = null, Span<float> actionDistributionInputs = default)
    {
        var (observationSize, actionSize, inputSize) = (ObservationSize, ActionSize, Module.ActionDistribution.InputSize);
        Check(observations.Length, count, actions.Length, actionDistributionInputs.Length);
        var workspaces = _workspaces;
        var workspace = workspaces.Take();
        try
        {
            for (var done = 0; done < count; done += PolicyWorkspace.Rows)
            {
                var rows = Math.Min(PolicyWorkspace.Rows, count - done);
                var inputs = actionDistributionInputs.IsEmpty ? workspace.Inputs : actionDistributionInputs.Slice(done * inputSize, rows * inputSize);
                var seen = observations.Slice(done * observationSize, rows * observationSize);
                Compute(workspace, seen, rows, inputs, actions.Slice(done * actionSize, rows * actionSize), random);
            }
        }
        finally
        {
            workspaces.Return(workspace);
        }
    }

    /// <summary>
    /// Writes the policy as an ONNX model (operator set 17) that computes what <see cref="ComputeActions"/> computes without a random stream: observation
    /// filter, network, the likeliest action, and the way to what the environment takes.
    /// </summary>
    /// <remarks>
    /// Input <c>obs</c>: [batch, shape of the box] of float32, [batch] of int64 for a discrete space, [batch, parts] of int64 for a multi-discrete one.
    /// Outputs: <c>actions</c>, by the same rule, and <c>action_dist_inputs</c>, [batch, inputs] of float32. The batch is a dynamic dimension called
    /// <c>batch</c>.
    /// Metadata: <c>environment</c>, <c>environment_config</c>, <c>observation_space</c>, <c>action_space</c>, <c>observation_filter</c>,
    /// <c>action_distribution</c>, <c>product_version</c>.
    /// </remarks>
    /// <param name="file">The file; its directory is made, an older file is replaced.</param>
    /// <exception cref="NotSupportedException">The module does not say how it is exported.</exception>
    public void ExportModel(string file) => PolicyExport.WriteModel(this, _toEnvironment, file);

    /// <summary>
    /// Writes the weights of the module as one safetensors file with the names and shapes of PyTorch's parameters: a linear layer's weight is [outputs,
    /// inputs].
    /// Filter and action transform are no weights, and not in it.
    /// </summary>
    /// <param name="file">The file; its directory is made, an older file is replaced.</param>
    public void ExportWeights(string file) => PolicyExport.WriteWeights(Module, file);

    /// <summary>Fails where something that actions follow from is NaN or infinite: what is done then says nothing of the policy.</summary>
    /// <exception cref="ArgumentException">It is; the message says what.</exception>
    internal void RefuseNaN()
    {
        foreach (var tensor in Module.GetState())
        {
            if (tensor.Data.Count(value => !float.IsFinite(value)) is > 0 and var bad)
            {
                throw new ArgumentException(
                    $"{bad} of the {tensor.Data.Length} numbers of the policy's {tensor.Name} are NaN or infinite: its training had diverged, and " +
                    $"its actions mean nothing. Take an earlier checkpoint.");
            }
        }
    }

    /// <summary>Takes over weights and filter statistics.</summary>
    internal void CopyFrom(RlModule module, EnvToModulePipeline toModule)
    {
        Module.SetState(module.GetState());
        _toModule.Synchronise(toModule);
        Renew();
    }

    [MethodImpl(AggressiveOptimization)]
    private void Compute(PolicyWorkspace workspace, ReadOnlySpan<float> observations, int rows, Span<float> inputs, Span<float> actions, RandomStream? random)
    {
        var seen = observations;
        if (!workspace.ToModule.IsIdentity)
        {
            workspace.ToModule.ApplyRows(observations, rows, workspace.Seen);
            seen = workspace.Seen.AsSpan(0, rows * workspace.ToModule.OutputSize);
        }

        var distribution = Module.ActionDistribution;
        if (random is null)
        {
            Module.ForwardInference(seen, rows, inputs, workspace.Module);
            distribution.Deterministic(inputs, rows, actions);
        }
        else
        {
            Module.ForwardExploration(seen, rows, inputs, workspace.Module);
            distribution.Sample(inputs, rows, random, actions);
        }

        _toEnvironment.Apply(actions, actions);
    }

    private void Check(int observations, int count, int actions, int actionDistributionInputs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (observations < (long)count * ObservationSize)
        {
            throw new ArgumentException($"{count} observations in {Spaces.Observations} are {(long)count * ObservationSize} numbers; {observations} were "
                + "given.", nameof(observations));
        }

        if (actions < (long)count * ActionSize)
        {
            throw new ArgumentException($"{count} actions in {Spaces.Actions} need room for {(long)count * ActionSize} numbers; there is room for "
                + $"{actions}.", nameof(actions));
        }

        if (actionDistributionInputs != 0 && actionDistributionInputs < (long)count * Module.ActionDistribution.InputSize)
        {
            throw new ArgumentException($"{count} rows of inputs of {Module.ActionDistribution} need room for "
                + $"{(long)count * Module.ActionDistribution.InputSize} numbers; there is room for "
                + $"{actionDistributionInputs}.", nameof(actionDistributionInputs));
        }
    }

    private PolicyWorkspace CreateWorkspace()
    {
        var toModule = EnvToModulePipeline.Build(Spaces.Observations, Spaces.ObservationFilter, Spaces.Connectors);
        toModule.Synchronise(_toModule);
        return new(Module, toModule);
    }

    // Workspaces have copies of the filter.
    private void Renew() => _workspaces = new(CreateWorkspace);
}
