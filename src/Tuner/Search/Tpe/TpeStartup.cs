namespace Tuning.Search.Tpe;

/// <summary>The points before there are enough results for a model: of a scrambled Sobol sequence, which covers the space more evenly than random
/// ones.</summary>
internal sealed class TpeStartup
{
    private readonly ParameterCodec _codec;
    private readonly QuasiRandomSequence? _sequence;

    /// <param name="codec">The space.</param>
    /// <param name="seed">The searcher's place in the tree of seeds; null for random points.</param>
    public TpeStartup(ParameterCodec codec, SeedPath? seed)
    {
        _codec = codec;
        _sequence = seed is null || codec.Axes.Length > SobolDirections.MostDimensions ? null
            : QuasiRandomSequence.Create(SequenceKind.Sobol, codec.Axes.Length, (seed / "startup").Seed);
    }

    /// <summary>The point of a suggestion; a random one where that was refused.</summary>
    public Proposal Propose(long number, int attempt, RandomStream random, string why)
    {
        var row = new double[_codec.Axes.Length];
        if (_sequence is null || attempt > 0)
        {
            _codec.Sample(random, row);
            return new(row, "drawn at random: " + why);
        }

        _sequence.Row(number, _codec.Axes, row);

        return new(row, "quasi-random: " + why);
    }
}
