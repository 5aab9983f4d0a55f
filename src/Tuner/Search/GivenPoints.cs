namespace Tuning.Search;

/// <summary>The points that a search begins with, as <c>points_to_evaluate</c> gives them. Immutable.</summary>
internal sealed class GivenPoints(ParameterCodec codec, ImmutableArray<ParameterSet> points)
{
    private const int MostDraws = 10_000;

    private readonly ImmutableArray<GivenPoint> _points = [.. points.Select((p, i) => codec.Read(p, i))];

    /// <summary>How many there are.</summary>
    public int Count => _points.Length;

    /// <summary>A point, with what it does not name drawn.</summary>
    public Suggestion Suggest(int number, RandomStream random)
    {
        var row = new double[codec.Axes.Length];
        for (var draw = 0; draw < MostDraws; draw++)
        {
            _points[number].Row.CopyTo(row, 0);
            if (codec.Settle(row, random))
            {
                return Suggestion.Of(
                    codec.Decode(row, out var fault, _points[number]),
                    Invariant($"point {number + 1} of {Count} given by points_to_evaluate"),
                    fault);
            }
        }

        throw codec.Tally(random, MostDraws, _points[number]).ToException(Invariant($"points_to_evaluate[{number}]: "));
    }
}
