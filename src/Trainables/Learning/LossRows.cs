namespace Tuning.Learning;

/// <summary>A batch that has passed through a module, and where its loss's gradient goes. All arrays are row by row.</summary>
public readonly ref struct LossRows
{
    /// <summary>Number of rows.</summary>
    public required int Count { get; init; }

    /// <summary>[rows, inputs]: the inputs of the action distribution.</summary>
    public required ReadOnlySpan<float> Inputs { get; init; }

    /// <summary>[rows]: the values.</summary>
    public required ReadOnlySpan<float> Values { get; init; }

    /// <summary>[rows, inputs]: the loss's gradient by <see cref="Inputs"/>; zeros at first.</summary>
    public required Span<float> InputGradients { get; init; }

    /// <summary>[rows]: the loss's gradient by <see cref="Values"/>; zeros at first.</summary>
    public required Span<float> ValueGradients { get; init; }
}

/// <summary>A loss: fills in its gradient by what a module gave.</summary>
/// <param name="rows">The batch.</param>
public delegate void LossGradient(LossRows rows);
