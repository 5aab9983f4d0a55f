namespace Tuning.Gymnasium;

/// <summary>A part of a space of Python's that is one row of numbers here. Immutable.</summary>
/// <param name="Name">Its keys and places in <c>Dict</c> and <c>Tuple</c>, joined by slashes: <c>hand/0</c>; empty where the space has no parts.</param>
/// <param name="Start">Where its numbers begin in the row.</param>
/// <param name="Length">How many there are.</param>
/// <param name="Shape">Its shape in Python; empty for a single number.</param>
/// <param name="OneHot">Whether it is a choice that is written as a number per alternative, because others are real numbers.</param>
public sealed record SpacePart(string Name, int Start, int Length, ImmutableArray<int> Shape, bool OneHot);

/// <summary>A space as the worker describes it.</summary>
internal sealed record SpaceDescription
{
    public required string Kind { get; init; }

    public required int Size { get; init; }

    public required bool Image { get; init; }

    public required int[] N { get; init; }

    public required float[] Low { get; init; }

    public required float[] High { get; init; }

    public required int[] Shape { get; init; }

    public required ImmutableArray<SpacePart> Parts { get; init; }

    /// <summary>The space here.</summary>
    /// <exception cref="ArgumentException">Its bounds are no bounds.</exception>
    public Space ToSpace() => Kind switch
    {
        "discrete" => new Discrete(N[0]),
        "multi_discrete" => new MultiDiscrete(N),
        _ => new Box(Low, High, Shape),
    };
}

/// <summary>What an agent sees and does; the one of an environment for one agent has no name.</summary>
internal sealed record AgentDescription(string Name, SpaceDescription Observation, SpaceDescription Action);

/// <summary>The worker's answer to its start: an error, or agents and where what stands in the memory.</summary>
internal sealed record WorkerDescription
{
    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals | JsonNumberHandling.AllowReadingFromString,
    };

    public string? Error { get; init; }

    public AgentDescription[] Agents { get; init; } = [];

    public Dictionary<string, long> Offsets { get; init; } = [];

    public long Size { get; init; }

    /// <summary>The file of the memory.</summary>
    public string Memory { get; init; } = "";

    public static WorkerDescription Parse(string text) => JsonSerializer.Deserialize<WorkerDescription>(text, _json)!;
}
