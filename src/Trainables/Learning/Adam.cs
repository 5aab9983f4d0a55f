namespace Tuning.Learning;

/// <summary>
/// Adam (Kingma and Ba, 2015) on some blocks of parameters, as an object with its state: the moments, in the blocks' layouts, and the count of steps, which
/// all blocks share. Gradients whose norm over all blocks is above the bound are scaled down, as in PyTorch.
/// </summary>
internal sealed class Adam(AdamOptions options, params AdamBlock[] blocks)
{
    private const string StepsName = "optimizer_steps";
    private const string FirstMoment = "exp_avg.";
    private const string SecondMoment = "exp_avg_sq.";

    private readonly double? _bound = GradientClip.Global(options.GradientClip, options.GradientClipBy);

    /// <summary>The blocks, in the order in which they were given.</summary>
    public IReadOnlyList<AdamBlock> Blocks => blocks;

    /// <summary>Steps so far.</summary>
    public long Steps { get; set; }

    /// <summary>Whether the norm of the gradient changes the step.</summary>
    public bool NeedsNorm => _bound is not null;

    /// <summary>The numbers of a step.</summary>
    /// <param name="step">Which one, counted from 1.</param>
    /// <param name="learningRate">Its learning rate.</param>
    /// <param name="norm">The norm of the gradient over all blocks.</param>
    public AdamStep At(long step, double learningRate, double norm) =>
        AdamStep.Of(step, learningRate, options.Beta1, options.Beta2, options.Epsilon, _bound is { } bound ? Math.Min(1, bound / (norm + 1e-6)) : 1);

    /// <summary>One step by one thread, with the gradient that stands in the first of each block's gradients; returns its norm before clipping.</summary>
    public double Step(double learningRate)
    {
        var squares = 0.0;
        foreach (var block in blocks)
        {
            for (var piece = 0; piece < block.Pieces; piece++)
            {
                block.Reduce(piece, 1);
            }

            squares += block.Squares;
            block.Clip();
        }

        var step = At(++Steps, learningRate, Math.Sqrt(squares));
        foreach (var block in blocks)
        {
            for (var piece = 0; piece < block.Pieces; piece++)
            {
                block.Apply(piece, step);
            }
        }

        return Math.Sqrt(squares);
    }

    /// <summary>Fails when training has diverged.</summary>
    public void RefuseDivergence()
    {
        foreach (var block in blocks)
        {
            Divergence.RefuseWeights(block.Parameters.Floats, Steps);
        }
    }

    /// <summary>A learner's state with that of its optimizers, which count the same steps: <c>exp_avg.</c> and <c>exp_avg_sq.</c> before the name of each
    /// parameter.</summary>
    public static ComponentState AddTo(ComponentState state, params ReadOnlySpan<Adam> optimizers)
    {
        state = state with { Values = state.Values!.With(StepsName, optimizers[0].Steps) };
        foreach (var optimizer in optimizers)
        {
            state = state.With(optimizer.Read());
        }

        return state;
    }

    /// <summary>Reads what <see cref="AddTo"/> wrote; what is returned sets it, so that everything else can be read before anything changes.</summary>
    /// <exception cref="CheckpointException">A moment is missing or unknown, or has another shape; the message lists all of them.</exception>
    public static Action Prepare(ComponentState state, params IReadOnlyList<Adam> optimizers)
    {
        var steps = state.Value<long>(StepsName);
        var tensors = TensorSet.Require(state, optimizers.SelectMany(o => o.Shapes())).ToDictionary(t => t.Name, t => t.Data);
        return () =>
        {
            foreach (var optimizer in optimizers)
            {
                optimizer.Steps = steps;
                foreach (var block in optimizer.Blocks)
                {
                    block.Parameters.Write(tensors, block.Moment1, FirstMoment);
                    block.Parameters.Write(tensors, block.Moment2, SecondMoment);
                }
            }
        };
    }

    private IEnumerable<NamedTensor> Read() =>
        blocks.SelectMany(b => b.Parameters.Read(b.Moment1, FirstMoment).Concat(b.Parameters.Read(b.Moment2, SecondMoment)));

    private IEnumerable<(string Name, int[] Shape)> Shapes() =>
        blocks.SelectMany(b => b.Parameters.Shapes(FirstMoment).Concat(b.Parameters.Shapes(SecondMoment)));
}
