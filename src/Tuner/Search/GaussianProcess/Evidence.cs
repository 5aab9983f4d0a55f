namespace Tuning.Search.GaussianProcess;

/// <summary>What a suggestion is made from: the trials that ended, in the order in which they did. Immutable.</summary>
/// <param name="Rows">Their rows.</param>
/// <param name="Losses">Their values, smaller being better, [trials][objectives]; NaN for those that have none.</param>
/// <param name="Violations">By how much they broke conditions; 0 when they broke none.</param>
/// <param name="Pending">The rows of the trials that run.</param>
internal sealed record Evidence(IReadOnlyList<double[]> Rows, double[][] Losses, double[] Violations, IReadOnlyList<double[]> Pending)
{
    /// <summary>How objectives become one; null where there is one.</summary>
    public double[]? Weights { get; init; }

    /// <summary>The trials that have values.</summary>
    public int[] Valued { get; } = [.. Enumerable.Range(0, Losses.Length).Where(i => !Array.Exists(Losses[i], double.IsNaN))];

    /// <summary>Whether a trial has values and broke no condition.</summary>
    public bool IsFeasible(int trial) => !Array.Exists(Losses[trial], double.IsNaN) && !(Violations[trial] > 0);

    /// <summary>
    /// The values of the first <paramref name="count"/> trials that have some, as one number each: what they are does not depend on the trials after them.
    /// </summary>
    public double[] ValuesOf(int count)
    {
        var values = Valued.Take(count).Select(i => Losses[i]).ToArray();
        return Weights is null ? [.. values.Select(v => v[0])] : Scalarisation.Of(values, Weights);
    }

    /// <summary>Labels of the first <paramref name="count"/> trials: see <see cref="ViolationLabels"/>.</summary>
    public double[] LabelsOf(int count) => ViolationLabels.Of(this, count);
}
