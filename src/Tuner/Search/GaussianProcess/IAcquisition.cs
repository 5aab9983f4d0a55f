namespace Tuning.Search.GaussianProcess;

/// <summary>What a candidate is worth, larger being better.</summary>
internal interface IAcquisition
{
    /// <summary>Values of up to eight rows.</summary>
    /// <param name="rows">The rows, settled.</param>
    /// <param name="values">Receives a value per row.</param>
    /// <param name="gradients">Receives the gradients by coordinates, [rows, dimensions], those of absent ones 0; empty when they are not wanted.</param>
    void Evaluate(ReadOnlySpan<double[]> rows, Span<double> values, Span<double> gradients);
}
