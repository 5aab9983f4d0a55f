namespace Tuning.Search.Tpe;

/// <summary>How a Parzen estimator searches, whatever options it comes from.</summary>
internal sealed record TpeSettings
{
    /// <summary>How many results there must be before anything is modelled.</summary>
    public required int StartupTrials { get; init; }

    /// <summary>How many candidates are drawn.</summary>
    public required int Candidates { get; init; }

    /// <summary>Which parameters are modelled together.</summary>
    public required Grouping Grouping { get; init; }

    /// <summary>Whether trials that run count as bad ones.</summary>
    public required bool CountsRunning { get; init; }

    /// <summary>Which share of the trials is modelled as the best.</summary>
    public required double Share { get; init; }

    /// <summary>The most trials that are modelled as the best.</summary>
    public required int MostBest { get; init; }

    /// <summary>Widths and prior of both densities.</summary>
    public required Smoothing Smoothing { get; init; }
}
