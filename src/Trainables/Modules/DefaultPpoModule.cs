namespace Tuning.Modules;

/// <summary>
/// PPO's module on the managed backend: a multilayer perceptron for the policy and one for the value function, or one with two heads
/// (<see cref="ModelOptions.ValueSharesLayers"/>).
/// </summary>
/// <remarks>
/// Names of parameters, as in RLlib's torch module: <c>encoder.actor_encoder.net.mlp.N.weight</c> and <c>.bias</c> with N = 0, 2, 4, …,
/// likewise <c>encoder.critic_encoder…</c>, or <c>encoder.encoder…</c> where layers are shared; the heads <c>pi.net.mlp.0</c> and
/// <c>vf.net.mlp.0</c>; a free log standard deviation <c>pi.log_std</c>, which is [features, actions] with state-dependent noise.
/// </remarks>
public sealed class DefaultPpoModule : ManagedModule, IStateDependentNoise
{
    private const string PolicyHead = "pi.net.mlp.0";
    private const string ValueHead = "vf.net.mlp.0";

    /// <summary>A module with fresh weights.</summary>
    /// <param name="spec">Sizes and networks.</param>
    /// <param name="random">Where the starting weights come from.</param>
    /// <exception cref="ArgumentException">An option of the model is unknown or out of range.</exception>
    public DefaultPpoModule(ModuleSpec spec, RandomStream random)
        : base(Checked(spec))
    {
        ArgumentNullException.ThrowIfNull(random);
        var model = spec.Model;
        var activation = model.Activation;
        var free = model.FreeLogStandardDeviation && ActionDistribution is DiagonalGaussian ? ActionDistribution.ActionSize : 0;
        var noise = model.UseGsde
            ? new NoiseShape("pi.log_std", ActionDistribution.ActionSize, model.FullStandardDeviation, model.UseExpln, LearnFeatures: false) : null;
        (string, int, double) policy = (PolicyHead, ActionDistribution.InputSize - free - (noise?.Actions ?? 0), 0.01);
        (string, int, double) value = (ValueHead, 1, 1.0);
        if (model.ValueSharesLayers)
        {
            Policy = Value = new DenseNetwork(ObservationSize, model.HiddenLayers, activation, "encoder.encoder.net.mlp", [value, policy], "pi.log_std", free,
                noise);
        }
        else
        {
            Policy = new DenseNetwork(ObservationSize, model.HiddenLayers, activation, "encoder.actor_encoder.net.mlp", [policy], "pi.log_std", free, noise);
            Value = new DenseNetwork(ObservationSize, model.HiddenLayers, activation, "encoder.critic_encoder.net.mlp", [value]);
        }

        Networks = model.ValueSharesLayers ? [Policy] : [Policy, Value];
        ParameterCount = Networks.Sum(network => network.ParameterCount);
        foreach (var network in Networks)
        {
            network.Initialize(model.KernelInitializer, random, (float)model.InitialLogStandardDeviation);
        }
    }

    /// <inheritdoc/>
    public override long ParameterCount { get; }

    /// <summary>The network whose last outputs are the policy's.</summary>
    internal DenseNetwork Policy { get; }

    /// <summary>The network whose first output is the value; the same as <see cref="Policy"/> where layers are shared.</summary>
    internal DenseNetwork Value { get; }

    /// <summary>Each network once.</summary>
    internal IReadOnlyList<DenseNetwork> Networks { get; }

    /// <summary>How many of the distribution's inputs are outputs of the network; the rest are the free vector, or follow from the noise.</summary>
    internal int PolicyOutputs => ActionDistribution.InputSize - Policy.FreeCount - (Policy.Noise?.Actions ?? 0);

    /// <summary>The policy's first output: the value stands before it where layers are shared, so that a free vector can follow.</summary>
    internal int FirstPolicyOutput => ReferenceEquals(Policy, Value) ? 1 : 0;

    /// <inheritdoc/>
    private protected override IEnumerable<ParameterBlock> Blocks => Networks.Select(network => network.Block);

    /// <inheritdoc/>
    public override ModuleWorkspace CreateWorkspace(int maxBatch) => new Workspace(this, maxBatch);

    /// <inheritdoc/>
    [MethodImpl(AggressiveOptimization)]
    public override unsafe void ForwardInference(ReadOnlySpan<float> observations, int batch, Span<float> actionDistributionInputs, ModuleWorkspace workspace)
    {
        var scratch = Check<Workspace>(observations, batch, actionDistributionInputs.Length, ActionDistribution.InputSize, workspace).Policy;
        var (size, outputs) = (ActionDistribution.InputSize, PolicyOutputs);
        fixed (float* first = actionDistributionInputs)
        {
            var target = new Floats(first, actionDistributionInputs.Length);
            for (var done = 0; done < batch; done += workspace.MaxBatch)
            {
                var rows = Math.Min(workspace.MaxBatch, batch - done);
                scratch.SetInput(observations[(done * ObservationSize)..], rows, ObservationSize, Policy.InputStride);
                Policy.Forward(scratch, rows, target + ((nint)done * size), size, 1, FirstPolicyOutput, outputs);
                if (Policy.Noise is not null)
                {
                    Policy.ForwardNoise(scratch, rows, target + ((nint)done * size) + outputs, size, 1);
                }
            }

            for (var row = 0; row < batch && Policy.FreeCount > 0; row++)
            {
                for (var i = outputs; i < size; i++)
                {
                    target[((nint)row * size) + i] = Policy.Parameters[Policy.Free + i - outputs];
                }
            }
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    [MethodImpl(AggressiveOptimization)]
    public override unsafe void ComputeValues(ReadOnlySpan<float> observations, int batch, Span<float> values, ModuleWorkspace workspace)
    {
        var scratch = Check<Workspace>(observations, batch, values.Length, 1, workspace).Value;
        fixed (float* first = values)
        {
            var target = new Floats(first, values.Length);
            for (var done = 0; done < batch; done += workspace.MaxBatch)
            {
                var rows = Math.Min(workspace.MaxBatch, batch - done);
                scratch.SetInput(observations[(done * ObservationSize)..], rows, ObservationSize, Value.InputStride);
                Value.Forward(scratch, rows, target + done, 1, 1, 0, 1);
            }
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public override string Export(ModelGraph graph, string observations) => Policy.HeadWithDeviations(graph, Policy.Features(graph, observations), PolicyHead);

    /// <inheritdoc/>
    DenseNetwork IStateDependentNoise.Network => Policy;

    /// <inheritdoc/>
    DenseWorkspace IStateDependentNoise.Passed(ModuleWorkspace workspace) => ((Workspace)workspace).Policy;

    private static ModuleSpec Checked(ModuleSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        CheckModels(spec);

        if (spec.Model.UseGsde && spec.ActionDistribution is not DiagonalGaussian)
        {
            throw new ArgumentException($"use_gsde is for continuous actions; these are {spec.ActionDistribution}.", nameof(spec));
        }

        if (spec.Model.UseGsde && spec.Model.FreeLogStandardDeviation)
        {
            throw new ArgumentException("use_gsde and free_log_std are both true; they exclude each other: the deviation follows the state, or it is free.",
                nameof(spec));
        }

        return spec;
    }

    private sealed class Workspace(DefaultPpoModule owner, int maxBatch) : OwnedWorkspace(owner, maxBatch)
    {
        private DenseWorkspace? _value;

        public DenseWorkspace Policy { get; } = new(owner.Policy, maxBatch, training: false);

        /// <summary>Made when first asked for: who only serves needs none.</summary>
        public DenseWorkspace Value => _value ??= ReferenceEquals(owner.Value, owner.Policy) ? Policy : new(owner.Value, MaxBatch, training: false);
    }
}
