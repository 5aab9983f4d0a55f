using Vector = System.Runtime.Intrinsics.Vector512<float>;

namespace Tuning.Networks;

/// <summary>What a network's state-dependent noise is to be.</summary>
/// <param name="Name">The name of its parameter.</param>
/// <param name="Actions">Numbers per action.</param>
/// <param name="FullStd">Whether each action has log standard deviations of its own, instead of one vector for all.</param>
/// <param name="UseExpln">Whether standard deviations above 1 grow as 1 + ln(1 + x) instead of eˣ.</param>
/// <param name="LearnFeatures">Whether the gradient of the deviation also reaches the features.</param>
internal sealed record NoiseShape(string Name, int Actions, bool FullStd, bool UseExpln, bool LearnFeatures);

/// <summary>
/// Generalised state-dependent exploration (gSDE; Raffin, Kober and Stulp, "Smooth exploration for robotic reinforcement learning", 2021, section 3):
/// noise on an action is φ(s)·θ with the features φ of the last hidden layer and a matrix θ of independent normal numbers with standard
/// deviations σ, so that actions are normal with the variance Σₖ φₖ²σₖⱼ² + 1e-6. The parameter is ln σ, [features, actions].
/// </summary>
/// <remarks>As in Stable-Baselines3, the 1e-6 stands in the distribution but not in the noise.</remarks>
internal sealed unsafe class StateDependentNoise
{
    /// <summary>What is added to variances.</summary>
    internal const float Epsilon = 1e-6f;

    private readonly NoiseShape _shape;
    private readonly int _columns;

    /// <param name="shape">What it is to be.</param>
    /// <param name="place">Where its parameter stands in the network's block.</param>
    /// <param name="features">Number of features.</param>
    /// <param name="stride">The same, padded to whole vectors.</param>
    public StateDependentNoise(NoiseShape shape, int place, int features, int stride)
    {
        (_shape, Place, Features, Stride) = (shape, place, features, stride);
        _columns = shape.FullStd ? shape.Actions : 1;
    }

    public int Actions => _shape.Actions;

    public bool LearnFeatures => _shape.LearnFeatures;

    public int Features { get; }

    /// <summary>Floats from one action's noise to the next in scales and matrices: [actions, padded features].</summary>
    public int Stride { get; }

    /// <summary>Floats of scales, or of a matrix.</summary>
    public int Size => checked(Actions * Stride);

    /// <summary>Floats of the parameter in the network's block.</summary>
    public int BlockLength => checked(_columns * Stride);

    public int ParameterCount => checked(_columns * Features);

    /// <summary>Place of the parameter in the network's block.</summary>
    public int Place { get; }

    /// <summary>The parameter from outside.</summary>
    public ParameterView View => new(_shape.Name, [Features, _columns], Place, 1, Stride);

    /// <summary>Sets the whole parameter.</summary>
    public void Fill(FloatBuffer block, float value)
    {
        for (var column = 0; column < _columns; column++)
        {
            block.Span.Slice(Place + (column * Stride), Features).Fill(value);
        }
    }

    /// <summary>The standard deviations σ of the matrix θ.</summary>
    /// <param name="parameters">The network's block.</param>
    /// <param name="target">Receives [actions, padded features].</param>
    [MethodImpl(AggressiveOptimization)]
    public void Scales(Floats parameters, Floats target)
    {
        float* own = (parameters + Place).Room(BlockLength), scales = target.Room(Size);
        for (var action = 0; action < Actions; action++)
        {
            var logs = own + (_shape.FullStd ? action * Stride : 0);
            for (var k = 0; k < Stride; k += 16)
            {
                Scale(Vector512.Load(logs + k)).Store(scales + (action * Stride) + k);
            }
        }
    }

    /// <summary>The logarithms of the standard deviations of actions.</summary>
    /// <param name="features">[rows, padded features].</param>
    /// <param name="scales">From <see cref="Scales"/>.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="target">Receives one number per row and action.</param>
    /// <param name="targetRow">Stride of its rows.</param>
    /// <param name="targetColumn">Stride of its columns.</param>
    [MethodImpl(AggressiveOptimization)]
    public void LogDeviations(Floats features, Floats scales, int rows, Floats target, nint targetRow, nint targetColumn)
    {
        float* values = features.Room(rows * Stride), deviations = scales.Room(Size), logs = target.Room(rows, targetRow, Actions, targetColumn);
        for (var action = 0; action < Actions; action++)
        {
            var own = deviations + (action * Stride);
            for (var row = 0; row < rows; row++)
            {
                var x = values + ((nint)row * Stride);
                var sum = Vector.Zero;
                for (var k = 0; k < Stride; k += 16)
                {
                    var noise = Vector512.Load(x + k) * Vector512.Load(own + k);
                    sum = VectorMath.Fma(noise, noise, sum);
                }

                logs[(row * targetRow) + (action * targetColumn)] = 0.5f * VectorMath.Log(Vector512.Create(VectorMath.Sum(sum) + Epsilon)).ToScalar();
            }
        }
    }

    /// <summary>Adds noise to actions: action[j] = mean[j] + Σₖ φₖ θₖⱼ.</summary>
    /// <param name="features">One row, padded.</param>
    /// <param name="matrix">θ as [actions, padded features].</param>
    /// <param name="means">One number per action.</param>
    /// <param name="actions">Receives one number per action.</param>
    public void Act(Floats features, Floats matrix, Floats means, Floats actions) =>
        Kernels.Narrow(features, Stride, matrix, Stride, means, actions, Actions, 1, 1, Actions, Stride);

    /// <summary>∂ ln σ(action)/∂ parameter is φ² · Slope / variance: ½ ∂σ²/∂ parameter, for sixteen parameters.</summary>
    [MethodImpl(AggressiveInlining)]
    private Vector Slope(Vector log)
    {
        var scale = Scale(log);
        return _shape.UseExpln
            ? scale * Vector512.ConditionalSelect(Vector512.GreaterThan(log, Vector.Zero), Vector.One / (Vector.One + log), scale)
            : scale * scale;
    }

    [MethodImpl(AggressiveInlining)]
    private Vector Scale(Vector log) => _shape.UseExpln
        ? Vector512.ConditionalSelect(
            Vector512.GreaterThan(log, Vector.Zero),
            Vector.One + VectorMath.Log(Vector.One + Vector512.MaxNative(log, Vector.Zero)),
            VectorMath.Exp(log))
        : VectorMath.Exp(log);

    /// <summary>Adds up ½ ∂σ²/∂ parameter times <paramref name="sums"/> into the gradient of the parameter.</summary>
    /// <param name="parameters">The network's block.</param>
    /// <param name="sums">Σ over rows of φ² · ∂loss/∂ ln σ(action) / variance, [actions, padded features].</param>
    /// <param name="gradient">A block in the network's layout.</param>
    [MethodImpl(AggressiveOptimization)]
    public void Backward(Floats parameters, Floats sums, Floats gradient)
    {
        float* logs = (parameters + Place).Room(BlockLength), target = (gradient + Place).Room(BlockLength), totals = sums.Room(Size);
        for (var column = 0; column < _columns; column++)
        {
            var place = column * Stride;
            for (var k = 0; k < Stride; k += 16)
            {
                var sum = Vector512.Load(totals + (column * Stride) + k);
                for (var action = 1; action < Actions && !_shape.FullStd; action++)
                {
                    sum += Vector512.Load(totals + (action * Stride) + k);
                }

                (sum * Slope(Vector512.Load(logs + place + k))).Store(target + place + k);
            }
        }
    }
}
