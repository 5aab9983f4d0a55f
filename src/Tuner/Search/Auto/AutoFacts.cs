namespace Tuning.Search.Auto;

/// <summary>What is known of a study before its first trial. Immutable.</summary>
internal sealed record AutoFacts
{
    /// <summary>How many parameters are searched.</summary>
    public required int Dimensions { get; init; }

    /// <summary>How many of them are categories.</summary>
    public required int Categories { get; init; }

    /// <summary>Whether some are absent at times.</summary>
    public required bool HasConditions { get; init; }

    /// <summary>How many objectives there are.</summary>
    public required int Objectives { get; init; }

    /// <summary>How many trials there will be; null when that is not known.</summary>
    public required int? Budget { get; init; }

    /// <summary>How many run at once.</summary>
    public required int Parallelism { get; init; }

    /// <summary>The facts of a context.</summary>
    public static AutoFacts Of(SearcherContext context, ParameterCodec codec) => new()
    {
        Dimensions = codec.Axes.Length,
        Categories = codec.Axes.Count(a => a.Kind == AxisKind.Category),
        HasConditions = codec.HasConditions,
        Objectives = context.Objectives.Length,
        Budget = context.Budget,
        Parallelism = context.Parallelism,
    };
}
