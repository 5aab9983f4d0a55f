namespace Tuning.Learning;

/// <summary>
/// Trains a module with a policy and a value function by a loss of one's own: what a learner outside this library is built on. It passes a batch through the
/// module, is told the loss's gradient by what comes out, goes back through the module, and takes a step of Adam.
/// </summary>
/// <remarks>Not safe for concurrent use. One thread; the default networks are computed as fast as PPO computes them on one.</remarks>
public sealed class ModuleTrainer
{
    private readonly AdamOptions _options;
    private readonly Adam _adam;
    private readonly Action<int> _forward;
    private readonly Action<int> _backward;
    private readonly Action _weightsChanged;
    private readonly FloatBuffer[] _gradients;
    private float[] _observations = [];
    private float[] _inputs = [];
    private float[] _values = [];
    private float[] _inputGradients = [];
    private float[] _valueGradients = [];

    /// <summary>A trainer that has made no step.</summary>
    /// <param name="module">A <see cref="DefaultPpoModule"/> or a <see cref="DifferentiableModule"/>; it is changed in place.</param>
    /// <param name="options">The optimizer.</param>
    /// <exception cref="ArgumentException">It is another module.</exception>
    public ModuleTrainer(RlModule module, AdamOptions options)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(options);
        if (Refuses(module) is { } reason)
        {
            throw new ArgumentException($"The module {reason}.", nameof(module));
        }

        (Module, _options) = (module, options);
        if (module is DifferentiableModule own)
        {
            var scratch = Array.Empty<float>();
            _gradients = [new(own.Block.Length)];
            _forward = rows =>
            {
                Array.Resize(ref scratch, Math.Max(scratch.Length, rows * own.Scratch));
                for (var i = 0; i < rows; i++)
                {
                    _values[i] = own.Forward(Weights(own), Row(_observations, i, own.ObservationSize), Row(_inputs, i, own.ActionDistribution.InputSize),
                        scratch.AsSpan(i * own.Scratch, own.Scratch));
                }
            };
            _backward = rows =>
            {
                _gradients[0].Span.Clear();
                for (var i = 0; i < rows; i++)
                {
                    own.Backward(
                        Weights(own), Row(_observations, i, own.ObservationSize), Row(_inputGradients, i, own.ActionDistribution.InputSize), _valueGradients[i],
                        scratch.AsSpan(i * own.Scratch, own.Scratch), _gradients[0].Span[..(int)own.ParameterCount]);
                }
            };
            _weightsChanged = own.WeightsChanged;
            _adam = new(options, new AdamBlock(own.Block, options, _gradients, whole: true));
        }
        else
        {
            var managed = (DefaultPpoModule)module;
            var passes = managed.Networks.Select(network => new NetworkPass(network)).ToArray();
            _gradients = [.. passes.Select(pass => pass.Gradient)];
            _forward = rows =>
            {
                foreach (var pass in passes)
                {
                    pass.Forward(_observations, rows);
                }

                passes[0].Read(managed.FirstPolicyOutput, managed.ActionDistribution.InputSize, rows, _inputs);
                passes[^1].Read(0, 1, rows, _values);
            };
            _backward = rows =>
            {
                passes[0].Write(managed.FirstPolicyOutput, managed.ActionDistribution.InputSize, rows, _inputGradients);
                passes[^1].Write(0, 1, rows, _valueGradients);
                foreach (var pass in passes)
                {
                    pass.Backward(rows);
                }
            };
            _weightsChanged = managed.WeightsChanged;
            _adam = new(options, [.. managed.Networks.Select((network, i) => new AdamBlock(network.Block, options, [_gradients[i]], whole: true))]);
        }
    }

    /// <summary>The module.</summary>
    public RlModule Module { get; }

    /// <summary>Gradient steps so far.</summary>
    public long Steps => _adam.Steps;

    /// <summary>Why no trainer can train a module, as the end of a sentence about it; null when one can. For
    /// <see cref="Algorithms.AlgorithmBlueprint.Refuses"/>.</summary>
    public static string? Refuses(RlModule module) => module is DifferentiableModule or DefaultPpoModule
        ? null
        : $"is a {module?.GetType().Name}, and a {nameof(ModuleTrainer)} trains a {nameof(DefaultPpoModule)} or a {nameof(DifferentiableModule)}; name a " +
            $"learner of your own for it";

    /// <summary>One gradient step.</summary>
    /// <param name="observations">[rows, observation], row by row.</param>
    /// <param name="rows">Number of rows, at least 1.</param>
    /// <param name="lifetimeSteps">Environment steps of the lifetime; the learning rate follows it.</param>
    /// <param name="loss">Fills in the loss's gradient.</param>
    /// <returns>The norm of the gradient by all parameters, before clipping.</returns>
    /// <exception cref="InvalidOperationException">Training has diverged: weights are NaN or infinite.</exception>
    public double Step(ReadOnlySpan<float> observations, int rows, long lifetimeSteps, LossGradient loss)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentNullException.ThrowIfNull(loss);
        var (size, inputs) = (rows * Module.ObservationSize, rows * Module.ActionDistribution.InputSize);
        if (observations.Length < size)
        {
            throw new ArgumentException($"{rows} rows of {Module.ObservationSize} numbers are {size}; {observations.Length} are given.", nameof(observations));
        }

        Resize(ref _observations, size);
        Resize(ref _inputs, inputs);
        Resize(ref _values, rows);
        Resize(ref _inputGradients, inputs);
        Resize(ref _valueGradients, rows);
        observations[..size].CopyTo(_observations);
        _inputGradients.AsSpan(0, inputs).Clear();
        _valueGradients.AsSpan(0, rows).Clear();
        _forward(rows);
        loss(new()
        {
            Count = rows,
            Inputs = _inputs.AsSpan(0, inputs),
            Values = _values.AsSpan(0, rows),
            InputGradients = _inputGradients.AsSpan(0, inputs),
            ValueGradients = _valueGradients.AsSpan(0, rows),
        });
        _backward(rows);
        var norm = _adam.Step(_options.LearningRate.At(lifetimeSteps));
        _weightsChanged();
        _adam.RefuseDivergence();
        return norm;
    }

    /// <summary>A learner's state with that of the optimizer in it.</summary>
    /// <param name="state">The learner's own values.</param>
    public ComponentState AddTo(ComponentState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return Adam.AddTo(state, _adam);
    }

    /// <summary>Goes on where <see cref="AddTo"/> was called.</summary>
    /// <exception cref="CheckpointException">A moment is missing or unknown, or has another shape; nothing has changed then.</exception>
    public void ApplyState(ComponentState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Adam.Prepare(state, _adam)();
    }

    private static ReadOnlySpan<float> Weights(DifferentiableModule module) => module.Block.Memory.Span[..(int)module.ParameterCount];

    private static Span<float> Row(float[] rows, int row, int size) => rows.AsSpan(row * size, size);

    private static void Resize(ref float[] array, int length) => array = array.Length < length ? new float[length] : array;

    /// <summary>A batch on its way through one network, in pieces that are added up.</summary>
    private sealed class NetworkPass(DenseNetwork network)
    {
        private readonly TransposedWeights _transposed = new(network);
        private DenseGradient _passes = new(network, 16);

        public FloatBuffer Gradient { get; } = new(network.BlockLength);

        public void Forward(float[] observations, int rows)
        {
            if (_passes.Stride < rows)
            {
                _passes = new(network, rows);
            }

            _passes.Workspace.SetInput(observations, rows, network.Inputs, network.InputStride);
            _passes.OutputDeltas.Span.Clear();
            _passes.Forward(DenseNetwork.Pad(rows));
        }

        public void Read(int first, int count, int rows, float[] target)
        {
            for (var i = 0; i < rows * count; i++)
            {
                target[i] = _passes.Outputs[((nint)(first + (i % count)) * _passes.Stride) + (i / count)];
            }
        }

        public void Write(int first, int count, int rows, float[] source)
        {
            for (var i = 0; i < rows * count; i++)
            {
                _passes.OutputDeltas[((nint)(first + (i % count)) * _passes.Stride) + (i / count)] = source[i];
            }
        }

        public void Backward(int rows)
        {
            _transposed.Refresh();
            _passes.Backward(DenseNetwork.Pad(rows), _transposed);
            _passes.Block.Span.CopyTo(Gradient.Span);
        }
    }
}
