namespace Tuning.Search.MultiObjective;

/// <summary>
/// NSGA-II: the population is a fold over the ended trials, and a suggestion is a child of it, drawn with the suggestion's stream. So trials in
/// parallel and failures need no tags. The first generation is quasi-random.
/// </summary>
internal sealed class Nsga2Search : ModelSearcher
{
    private const int LargestPopulation = 50, SmallestPopulation = 12;

    private readonly Nsga2Options _options;
    private readonly QuasiRandomSequence _start;
    private readonly double _mutation;
    private readonly int _size;
    private ParetoPopulation? _population;
    private int _generation;

    public Nsga2Search(SearcherContext context, Nsga2Options options)
        : base("nsga2", context, options, 0)
    {
        _options = options;
        _mutation = options.MutationProbability ?? 1.0 / Codec.Axes.Length;
        _size = options.PopulationSize ?? Math.Clamp((int)Math.Sqrt(context.Budget ?? int.MaxValue), SmallestPopulation, LargestPopulation);
        _start = new SobolSequence(Codec.Axes.Length, ((context.Seed ?? SeedPath.Of(0)) / "nsga2").Seed);
    }

    /// <summary>The members now.</summary>
    internal ParetoPopulation Population => Current();

    /// <inheritdoc/>
    protected override Proposal Propose(long number, int attempt, RandomStream random)
    {
        var population = Current();
        var row = new double[Codec.Axes.Length];
        if (population.Members.Count < 2)
        {
            return Start(number, attempt, row, random);
        }

        var first = Choose(population, random);
        if (random.NextDouble() >= _options.CrossoverProbability)
        {
            Archive.Row(first.Place).CopyTo(row);
            var alone = Variation.Mutate(row, Codec, _mutation, random);
            return new(row, string.Create(CultureInfo.InvariantCulture,
                $"child of trial {Archive[first.Place].Trial} ({Text(first)}), {alone} of {row.Length} parameters mutated, generation " +
                $"{population.Generation + 1}"));
        }

        var second = Choose(population, random);
        for (var retry = 0; retry < 5 && second.Place == first.Place; retry++)
        {
            second = Choose(population, random);
        }

        Variation.Cross(Archive.Row(first.Place), Archive.Row(second.Place), Codec, _options.SwappingProbability, random, row);
        var mutated = Variation.Mutate(row, Codec, _mutation, random);
        return new(row, string.Create(CultureInfo.InvariantCulture,
            $"child of trials {Archive[first.Place].Trial} ({Text(first)}) and {Archive[second.Place].Trial} ({Text(second)}), {mutated} of {row.Length} " +
            $"parameters mutated, generation {population.Generation + 1}"));
    }

    private static string Text(Individual member) => double.IsInfinity(member.Crowding)
        ? Invariant($"front {member.Front + 1}, at its end")
        : Invariant($"front {member.Front + 1}, crowding {NumberText.Of(member.Crowding, 2)}");

    // The better of two.
    private static Individual Choose(ParetoPopulation population, RandomStream random)
    {
        var (a, b) = (population.Members[random.NextInt32(population.Members.Count)], population.Members[random.NextInt32(population.Members.Count)]);
        return ParetoPopulation.IsBetter(b, a) ? b : a;
    }

    private Proposal Start(long number, int attempt, double[] row, RandomStream random)
    {
        if (attempt > 0)
        {
            Codec.Sample(random, row);
        }
        else
        {
            _start.Row(number, Codec.Axes, row);
        }

        return new(row, Invariant(
            $"first generation of {_size} trials, {(attempt > 0 ? "drawn at random" : $"point {number} of a scrambled sobol sequence")}"));
    }

    private ParetoPopulation Current()
    {
        if (_population is null || _generation != Archive.Generation)
        {
            (_population, _generation) = (new(_size, Context.Objectives.Length), Archive.Generation);
        }

        _population.Follow(Archive);
        return _population;
    }
}
