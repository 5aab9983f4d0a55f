namespace Tuning.Modules;

/// <summary>
/// DQN's module on the managed backend: a network with a value per action, and a target network like it. The values are the inputs of a categorical
/// distribution, whose likeliest action is then the greedy one.
/// </summary>
/// <remarks>
/// Dueling (Wang et al., 2016): the head gives advantages, a second one the value of the state, and Q(a) = V + A(a) − mean A.
/// Names of parameters, as in RLlib's torch module: <c>encoder.net.mlp.N.weight</c> and <c>.bias</c> with N = 0, 2, 4, …, the heads
/// <c>af.net.mlp.0</c> and <c>vf.net.mlp.0</c>, and the target's with <c>_target_</c> before. Hidden layers that a head has for itself come before it, so that
/// its number is the first that is free.
/// </remarks>
public sealed class DefaultDqnModule : ManagedModule
{

    /// <summary>A module with fresh weights; the target begins as the network.</summary>
    /// <param name="spec">Sizes and networks. The actions are a single choice.</param>
    /// <param name="random">Where the starting weights come from.</param>
    /// <exception cref="ArgumentException">An option of the model is unknown or out of range, or the actions are of another kind.</exception>
    public DefaultDqnModule(ModuleSpec spec, RandomStream random)
        : base(Checked(spec))
    {
        ArgumentNullException.ThrowIfNull(random);
        Network = MakeNetwork("");
        Target = MakeNetwork("_target_");
        Network.Initialize(spec.Model.KernelInitializer, random, 0);
        UpdateTarget(1);
    }

    /// <inheritdoc/>
    /// <remarks>The target is not trained, and does not count.</remarks>
    public override long ParameterCount => Network.ParameterCount;

    /// <summary>The network that acts and is trained. Its outputs: a value per action, or advantages and then the state's value.</summary>
    internal DenseNetwork Network { get; }

    /// <summary>The target network, of the same layout.</summary>
    internal DenseNetwork Target { get; }

    private int Actions => ActionDistribution.InputSize;

    /// <inheritdoc/>
    private protected override IEnumerable<ParameterBlock> Blocks => [Network.Block, Target.Block];

    /// <inheritdoc/>
    public override ModuleWorkspace CreateWorkspace(int maxBatch) => new Workspace(this, maxBatch);

    /// <inheritdoc/>
    [MethodImpl(AggressiveOptimization)]
    public override unsafe void ForwardInference(ReadOnlySpan<float> observations, int batch, Span<float> actionDistributionInputs, ModuleWorkspace workspace)
    {
        var own = Check<Workspace>(observations, batch, actionDistributionInputs.Length, Actions, workspace);
        fixed (float* first = actionDistributionInputs)
        {
            var values = new Floats(first, actionDistributionInputs.Length);
            for (var done = 0; done < batch; done += workspace.MaxBatch)
            {
                var rows = Math.Min(workspace.MaxBatch, batch - done);
                own.Rows.SetInput(observations[(done * ObservationSize)..], rows, ObservationSize, Network.InputStride);
                Network.Forward(own.Rows, rows, own.Outputs.Floats, Network.Outputs, 1, 0, Network.Outputs);
                for (var row = 0; row < rows; row++)
                {
                    ActionValues(own.Outputs.Floats + ((nint)row * Network.Outputs), 1, values + ((nint)(done + row) * Actions));
                }
            }
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public override string Export(ModelGraph graph, string observations)
    {
        var features = Network.Features(graph, observations);
        var values = Network.Head(graph, features, HeadName("af"));
        if (!Spec.Dueling)
        {
            return values;
        }

        var shares = new float[Actions];
        Array.Fill(shares, 1f / Actions);
        var mean = graph.Add("MatMul", [values, graph.Constant("shares", shares, Actions, 1)]);
        return graph.Add("Add", [values, graph.Add("Sub", [Network.Head(graph, features, HeadName("vf")), mean])]);
    }

    /// <summary>The values of all actions from one row of a network's outputs.</summary>
    /// <param name="outputs">The row's first output.</param>
    /// <param name="stride">Floats from one output to the next.</param>
    /// <param name="values">Receives one value per action.</param>
    internal void ActionValues(Floats outputs, nint stride, Floats values)
    {
        var shift = 0f;
        if (Spec.Dueling)
        {
            for (var a = 0; a < Actions; a++)
            {
                shift -= outputs[a * stride];
            }

            shift = (shift / Actions) + outputs[Actions * stride];
        }

        for (var a = 0; a < Actions; a++)
        {
            values[a] = outputs[a * stride] + shift;
        }
    }

    /// <summary>Moves the target: target ← τ·network + (1−τ)·target.</summary>
    internal void UpdateTarget(double tau)
    {
        if (tau == 1)
        {
            Network.Parameters.Span.CopyTo(Target.Parameters.Span);
        }
        else
        {
            Kernels.Blend(Target.Parameters, Network.Parameters, Network.BlockLength, (float)tau);
        }

        GC.KeepAlive(this);
    }

    private static ModuleSpec Checked(ModuleSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.ActionDistribution is not MultiCategorical { Counts.Length: 1 })
        {
            throw new ArgumentException($"DQN's module gives categorical(n), for a Discrete action space; it was asked for {spec.ActionDistribution}.",
                nameof(spec));
        }

        CheckModels(spec);

        return spec;
    }

    private DenseNetwork MakeNetwork(string prefix)
    {
        (string, int, double) advantages = (prefix + HeadName("af"), Actions, 1);
        return new(ObservationSize, Spec.Model.HiddenLayers, Spec.Model.Activation, prefix + "encoder.net.mlp",
            Spec.Dueling ? [advantages, (prefix + HeadName("vf"), 1, 1)] : [advantages], streams: Spec.Hiddens);
    }

    private string HeadName(string head) => $"{head}.net.mlp.{2 * Spec.Hiddens.Count}";

    private sealed class Workspace(DefaultDqnModule owner, int maxBatch) : OwnedWorkspace(owner, maxBatch)
    {
        public DenseWorkspace Rows { get; } = new(owner.Network, maxBatch, training: false);

        public FloatBuffer Outputs { get; } = new(owner.Network.Outputs * maxBatch);
    }
}
