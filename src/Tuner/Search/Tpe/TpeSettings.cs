namespace Tuning.Search.Tpe;

/// <summary>How a Parzen estimator searches, whatever options it comes from.</summary>
internal sealed record TpeSettings
{
    /// <summary>How many results there must be before anything is modelled.</summary>
    public required int StartupTrials { get; init; }

    /// <summary>How many candidates are drawn where all parameters are modelled together; else at most 4 for each group.</summary>
    public required int Candidates { get; init; }

    /// <summary>Which parameters are modelled together.</summary>
    public required Grouping Grouping { get; init; }

    /// <summary>Whether trials that run count as bad ones.</summary>
    public required bool CountsRunning { get; init; }

    /// <summary>Which share of the trials is modelled as the best.</summary>
    public required double Share { get; init; }

    /// <summary>The most trials that are modelled as the best.</summary>
    public required int MostBest { get; init; }

    /// <summary>Whether the best weigh by their rank; else all alike.</summary>
    public bool WeighsByRank { get; init; } = true;

    /// <summary>What the widths of kernels are multiplied with for drawing candidates.</summary>
    public double Spread { get; init; } = 1;

    /// <summary>The weight of the uniform distribution in both densities.</summary>
    public required double PriorWeight { get; init; }

    /// <summary>What the widths of the density of the best are multiplied with.</summary>
    public required double WidthFactor { get; init; }

    /// <summary>The smallest width.</summary>
    public required double LeastWidth { get; init; }

    /// <summary>The same for results that are noisy: the best are twice as many, and their density is twice as wide, so that it follows their average and not
    /// the luckiest.</summary>
    public TpeSettings UnderNoise() => this with { Share = Math.Min(2 * Share, Math.Max(Share, 0.5)), MostBest = 2 * MostBest, WidthFactor = 2 * WidthFactor };
}
