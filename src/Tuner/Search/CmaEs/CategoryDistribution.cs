namespace Tuning.Search.CmaEs;

/// <summary>
/// How likely each value of a category is: moved towards those of a generation's better trials, with a margin for the others (as CatCMA,
/// Hamano et al., 2024, with a fixed rate in place of its adapted one).
/// </summary>
internal sealed class CategoryDistribution
{
    private readonly double _margin, _rate;

    /// <param name="count">How many values there are.</param>
    /// <param name="categories">How many categories the space has.</param>
    /// <param name="rate">How far a generation moves it.</param>
    public CategoryDistribution(int count, int categories, double rate)
    {
        Probabilities = new double[count];
        Array.Fill(Probabilities, 1.0 / count);
        _margin = count > 1 ? Math.Min(1.0 / count, (1 - Math.Pow(0.73, 1.0 / categories)) / (count - 1)) : 1;
        _rate = rate;
    }

    /// <summary>The probabilities.</summary>
    public double[] Probabilities { get; }

    /// <summary>Draws a value.</summary>
    public int Draw(RandomStream random)
    {
        var share = random.NextDouble();
        var value = 0;
        for (; value < Probabilities.Length - 1 && share >= Probabilities[value]; value++)
        {
            share -= Probabilities[value];
        }

        return value;
    }

    /// <summary>Learns from the better half of a generation.</summary>
    /// <param name="weights">By value, what the trials that had it weigh; they add to 1 at most. What is missing were trials without the parameter.</param>
    public void Update(ReadOnlySpan<double> weights)
    {
        var total = 0.0;
        foreach (var weight in weights)
        {
            total += weight;
        }

        for (var i = 0; i < Probabilities.Length; i++)
        {
            Probabilities[i] += _rate * (weights[i] - (total * Probabilities[i]));
        }

        KeepMargin();
    }

    // What is below the margin is lifted to it, at the cost of what is above.
    private void KeepMargin()
    {
        var (sum, spare) = (0.0, 0.0);
        foreach (ref var probability in Probabilities.AsSpan())
        {
            probability = Math.Max(probability, _margin);
            (sum, spare) = (sum + probability, spare + probability - _margin);
        }

        foreach (ref var probability in Probabilities.AsSpan())
        {
            probability += spare > 0 ? (1 - sum) * (probability - _margin) / spare : (1 - sum) / Probabilities.Length;
        }
    }
}
