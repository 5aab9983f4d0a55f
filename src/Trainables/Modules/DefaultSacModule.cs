namespace Tuning.Modules;

/// <summary>
/// SAC's module on the managed backend: a policy, one or two networks of action values, and a target network for each. For continuous actions
/// the values are functions of observation and action together; for discrete ones there is an output per action.
/// </summary>
/// <remarks>
/// Names of parameters, as in RLlib's torch module: <c>pi_encoder.net.mlp.N.weight</c> and <c>.bias</c> with N = 0, 2, 4, … and the head
/// <c>pi.net.mlp.0</c>; likewise <c>qf_encoder</c> and <c>qf</c>, <c>qf_twin_encoder</c> and <c>qf_twin</c>, and the targets of these with
/// <c>target_</c> before. Observations stand before actions in the inputs of the values.
/// </remarks>
public sealed class DefaultSacModule : ManagedModule, IStateDependentNoise
{
    private const string PolicyHead = "pi.net.mlp.0";

    /// <summary>A module with fresh weights; the targets begin as their networks.</summary>
    /// <param name="spec">Sizes and networks. Discrete actions are a single choice; continuous ones are squashed.</param>
    /// <param name="random">Where the starting weights come from.</param>
    /// <exception cref="ArgumentException">An option of the model is unknown or out of range, or the actions are of another kind.</exception>
    public DefaultSacModule(ModuleSpec spec, RandomStream random)
        : base(Checked(spec))
    {
        ArgumentNullException.ThrowIfNull(random);
        var model = spec.Model;

        // As in Stable-Baselines3's SAC, and unlike its PPO, the features learn from the noise.
        var noise = model.UseGsde
            ? new NoiseShape("pi.log_std", ActionDistribution.ActionSize, model.FullStandardDeviation, model.UseExpln, LearnFeatures: true) : null;
        (string, int, double) head = (PolicyHead, ActionDistribution.InputSize - (noise?.Actions ?? 0), 0.01);
        Policy = new DenseNetwork(ObservationSize, model.HiddenLayers, model.Activation, "pi_encoder.net.mlp", [head], noise: noise);
        Values = [.. (spec.TwinQ ? ["qf", "qf_twin"] : (string[])["qf"]).Select(MakeValue)];
        Targets = [.. (spec.TwinQ ? ["target_qf", "target_qf_twin"] : (string[])["target_qf"]).Select(MakeValue)];
        Policy.Initialize(model.KernelInitializer, random, (float)model.InitialLogStandardDeviation);
        foreach (var value in Values)
        {
            value.Initialize(ValueModel.KernelInitializer, random, 0);
        }

        SynchroniseTargets();
    }

    /// <inheritdoc/>
    /// <remarks>The targets are not trained, and do not count.</remarks>
    public override long ParameterCount => Policy.ParameterCount + Values.Sum(network => network.ParameterCount);

    /// <summary>The network of the policy.</summary>
    internal DenseNetwork Policy { get; }

    /// <summary>The networks of action values, one or two.</summary>
    internal IReadOnlyList<DenseNetwork> Values { get; }

    /// <summary>The target network of each of <see cref="Values"/>, of the same layout.</summary>
    internal IReadOnlyList<DenseNetwork> Targets { get; }

    private ModelOptions ValueModel => Spec.QModel ?? Spec.Model;

    /// <inheritdoc/>
    private protected override IEnumerable<ParameterBlock> Blocks => new[] { Policy }.Concat(Values).Concat(Targets).Select(network => network.Block);

    /// <inheritdoc/>
    public override ModuleWorkspace CreateWorkspace(int maxBatch) => new Workspace(this, maxBatch);

    /// <inheritdoc/>
    [MethodImpl(AggressiveOptimization)]
    public override unsafe void ForwardInference(ReadOnlySpan<float> observations, int batch, Span<float> actionDistributionInputs, ModuleWorkspace workspace)
    {
        var size = ActionDistribution.InputSize;
        var scratch = Check<Workspace>(observations, batch, actionDistributionInputs.Length, ActionDistribution.InputSize, workspace).Policy;
        fixed (float* first = actionDistributionInputs)
        {
            var target = new Floats(first, actionDistributionInputs.Length);
            for (var done = 0; done < batch; done += workspace.MaxBatch)
            {
                var rows = Math.Min(workspace.MaxBatch, batch - done);
                scratch.SetInput(observations[(done * ObservationSize)..], rows, ObservationSize, Policy.InputStride);
                ForwardPolicy(scratch, rows, target + ((nint)done * size), size, 1);
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

    /// <summary>The policy's outputs for the rows in a workspace, the log deviations of its noise included.</summary>
    internal void ForwardPolicy(DenseWorkspace workspace, int rows, Floats outputs, nint row, nint column)
    {
        Policy.Forward(workspace, rows, outputs, row, column, 0, Policy.Outputs);
        if (Policy.Noise is not null)
        {
            Policy.ForwardNoise(workspace, rows, outputs + (Policy.Outputs * column), row, column);
        }
    }

    /// <summary>Makes the targets equal to their networks.</summary>
    internal void SynchroniseTargets()
    {
        for (var i = 0; i < Values.Count; i++)
        {
            Values[i].Parameters.Span.CopyTo(Targets[i].Parameters.Span);
        }

        GC.KeepAlive(this);
    }

    private static ModuleSpec Checked(ModuleSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.ActionDistribution is not (Distributions.SquashedGaussian or MultiCategorical { Counts.Length: 1 }))
        {
            throw new ArgumentException($"SAC's module gives squashed_gaussian(n) or categorical(n); it was asked for {spec.ActionDistribution}.",
                nameof(spec));
        }

        if (spec.Model.UseGsde && spec.ActionDistribution.IsDiscrete)
        {
            throw new ArgumentException($"use_gsde is for continuous actions; these are {spec.ActionDistribution}.", nameof(spec));
        }

        CheckModels(spec);

        return spec;
    }

    private DenseNetwork MakeValue(string name)
    {
        var (inputs, outputs) = ActionDistribution.IsDiscrete ? (ObservationSize, ActionDistribution.InputSize)
            : (ObservationSize + ActionDistribution.ActionSize, 1);
        return new(inputs, ValueModel.HiddenLayers, ValueModel.Activation, $"{name}_encoder.net.mlp",
            [($"{name}.net.mlp.0", outputs, 1.0)]);
    }

    private sealed class Workspace(DefaultSacModule owner, int maxBatch) : OwnedWorkspace(owner, maxBatch)
    {
        public DenseWorkspace Policy { get; } = new(owner.Policy, maxBatch, training: false);
    }
}
