namespace Tuning.Spaces;

/// <summary>One configuration, and how it came about.</summary>
/// <param name="Config">The configuration.</param>
/// <param name="Sample">The sample, from 0.</param>
/// <param name="Cell">The cell within the sample, from 0.</param>
/// <param name="Cells">How many cells the sample has.</param>
internal sealed record Variant(ParameterSet Config, long Sample, long Cell, long Cells)
{
    /// <summary>Why it cannot be tried; null when it can.</summary>
    public string? Fault { get; init; }

    /// <summary>Whether another configuration was wanted, and no draw brought one.</summary>
    public bool IsRepeated { get; init; }
}

/// <summary>
/// Turns a search space into configurations: samples × cells of the grid, in Ray's order (the whole grid for each sample). A pure
/// function of the number; what comes before is never computed.
/// </summary>
/// <remarks>
/// Constraints that only grids decide leave out cells. All others are kept by drawing again, at most <see cref="MostDraws"/> times.
/// Safe for use by any thread.
/// </remarks>
internal sealed class VariantGenerator
{
    /// <summary>How often one configuration is drawn before the constraints are called impossible.</summary>
    public const int MostDraws = 10_000;

    /// <summary>How often a configuration that is taken is drawn again.</summary>
    public const int MostAgain = 100;

    /// <summary>How many cells are searched for those that fulfil the constraints.</summary>
    public const long MostFilteredCells = 1_000_000;

    private readonly SpacePlan _plan;
    private readonly Sample _plain;
    private readonly Sample[] _presets;
    private readonly long[] _presetStarts;
    private readonly ImmutableArray<Formula> _gridConstraints;
    private readonly ImmutableArray<Formula> _drawnConstraints;
    private readonly ImmutableArray<LeafPlan> _beforeCode;
    private readonly bool _isConstantOverGrid;
    private readonly SeedPath? _seed;

    /// <summary>Prepares a space; costs nothing per configuration.</summary>
    /// <param name="space">The space.</param>
    /// <param name="constraints">What every configuration fulfils.</param>
    /// <param name="presets">Values for the first samples, which replace what would be drawn.</param>
    /// <param name="isConstantOverGrid">Whether what is drawn stays the same over the grid of a sample.</param>
    /// <param name="seed">Where the draws of a whole sample come from; needed only if they stay the same over its grid.</param>
    /// <exception cref="ArgumentException">Expressions, presets or constraints do not fit the space; the message says which.</exception>
    public VariantGenerator(SearchSpace space, IReadOnlyList<string> constraints, IReadOnlyList<ParameterSet> presets, bool isConstantOverGrid = false,
        SeedPath? seed = null)
    {
        _plan = new(space, constraints);
        (_isConstantOverGrid, _seed) = (isConstantOverGrid, seed);
        var graph = new SpaceGraph(_plan);
        _beforeCode = SpaceGraph.BeforeCode(_plan);
        _gridConstraints = [.. _plan.Constraints.Where(c => graph.Dependencies(c).All(l => l.Domain is GridDomain or ComputedDomain { Code: null }))];
        _drawnConstraints = [.. _plan.Constraints.Except(_gridConstraints)];
        _plain = Prepare(null, "");
        _presets = [.. presets.Select((p, i) => Prepare(PresetReader.Read(_plan, p, Invariant($"points_to_evaluate[{i}].")),
            Invariant($"points_to_evaluate[{i}]: ")))];
        _presetStarts = new long[_presets.Length + 1];
        for (var i = 0; i < _presets.Length; i++)
        {
            _presetStarts[i + 1] = Add(_presetStarts[i], _presets[i].Count);
        }
    }

    /// <summary>How many cells a sample has that is no preset; <see cref="long.MaxValue"/> if there are more.</summary>
    public long Cells => _plain.Count;

    /// <summary>How many configurations there are, without looking at constraints: at least, and at most.</summary>
    public (double Least, double Most) Configurations => _plan.Configurations();

    /// <summary>How many samples are presets.</summary>
    public int Presets => _presets.Length;

    /// <summary>How many configurations so many samples are; <see cref="long.MaxValue"/> if there are more.</summary>
    public long CountFor(long samples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        if (samples <= _presets.Length)
        {
            return _presetStarts[samples];
        }

        var rest = samples - _presets.Length;
        return Add(_presetStarts[^1], rest > long.MaxValue / _plain.Count ? long.MaxValue : rest * _plain.Count);
    }

    /// <summary>A configuration.</summary>
    /// <param name="number">From 0.</param>
    /// <param name="random">A stream of its own.</param>
    /// <exception cref="UnfulfilledConstraintsException">No draw fulfils the constraints.</exception>
    public Variant Generate(long number, RandomStream random) => TryGenerate(number, random, null, out var refused) ?? throw refused!;

    /// <summary>A configuration, drawn again up to <see cref="MostAgain"/> times while it is taken; null when no draw fulfils the constraints.</summary>
    public Variant? TryGenerate(long number, RandomStream random, Predicate<ParameterSet>? isTaken, out UnfulfilledConstraintsException? refused)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        refused = null;
        var (index, sample, cell) = Locate(number);
        var draws = _isConstantOverGrid
            ? ((_seed ?? throw new InvalidOperationException("To hold draws over a grid the generator needs a seed path.")) / "sample" / index).Stream()
            : random;
        var tally = new ConstraintTally(_drawnConstraints);
        Variant? first = null;
        var again = 0;
        for (var draw = 0; draw < MostDraws && again <= MostAgain; draw++)
        {
            var resolution = Resolve(sample, cell, draws.NextUInt64());
            var config = resolution.ToConfiguration(_beforeCode);
            if (resolution.FirstBroken(_drawnConstraints) < 0)
            {
                var variant = new Variant(config, index, cell, sample.Count) { Fault = resolution.Fault };
                if (index < _presets.Length || isTaken is null || !isTaken(config))
                {
                    return variant;
                }

                first ??= variant with { IsRepeated = true };
                again++;
                continue;
            }

            tally.Add(resolution);
        }

        if (first is not null)
        {
            return first;
        }

        var where = index < _presets.Length ? Invariant($"points_to_evaluate[{index}]: ") : sample.Count > 1
            ? Invariant($"Grid cell {cell + 1} of {sample.Count}: ") : "";
        refused = tally.ToException(where);
        return null;
    }

    private static long Add(long a, long b) => a > long.MaxValue - b ? long.MaxValue : a + b;

    private (long Index, Sample Sample, long Cell) Locate(long number)
    {
        if (number >= _presetStarts[^1])
        {
            var beyond = number - _presetStarts[^1];
            return (_presets.Length + (beyond / _plain.Count), _plain, beyond % _plain.Count);
        }

        var at = Array.BinarySearch(_presetStarts, number);
        at = at >= 0 ? at : ~at - 1;
        return (at, _presets[at], number - _presetStarts[at]);
    }

    private Resolution Resolve(Sample sample, long cell, ulong seed)
    {
        int[]? picks = null;
        if (!sample.Grid.IsEmpty)
        {
            picks = new int[_plan.Leaves.Length];
            Array.Fill(picks, -1);
            sample.Grid.Assign(sample.Feasible is { } feasible ? feasible[cell] : cell, picks);
        }

        return new(_plan, seed, picks, sample.Given);
    }

    private Sample Prepare(object?[]? given, string where)
    {
        var grid = new GridBlock(_plan.Root, leaf => Resolution.IsGiven(given, leaf));
        var all = new Sample(grid, given, null);
        if (_gridConstraints.IsEmpty)
        {
            return all;
        }

        if (grid.Cells > MostFilteredCells)
        {
            throw new ArgumentException($"{where}The constraint '{_gridConstraints[0].Text}' is over a grid of {grid.Cells} cells; at most " +
                $"{MostFilteredCells} are searched for those that fulfil it. Make the grids smaller, or choices.");
        }

        var feasible = new List<int>();
        var failures = new int[_gridConstraints.Length];
        var faults = new string?[failures.Length];
        for (var cell = 0; cell < grid.Cells; cell++)
        {
            var resolution = Resolve(all, cell, 0);
            var broken = resolution.FirstBroken(_gridConstraints);
            if (broken < 0)
            {
                feasible.Add(cell);
            }
            else
            {
                failures[broken]++;
                resolution.Fulfils(_gridConstraints[broken], out var fault);
                faults[broken] ??= fault;
            }
        }

        var worst = Array.IndexOf(failures, failures.Max());
        var why = faults[worst] is { } reason ? $": it has no value, because {reason}" : ".";
        return feasible.Count == 0
            ? throw new ArgumentException($"{where}No configuration can fulfil the constraint " +
                $"'{_gridConstraints[worst].Text}'{(grid.IsEmpty ? "" : $": all {grid.Cells} cells of the grid break it")}{why}")
            : feasible.Count == grid.Cells ? all : new(grid, given, [.. feasible]);
    }

    /// <summary>What a sample expands to.</summary>
    /// <param name="Grid">Its grid.</param>
    /// <param name="Given">Values that are not drawn; null for none.</param>
    /// <param name="Feasible">The cells that fulfil the constraints; null for all.</param>
    private sealed record Sample(GridBlock Grid, object?[]? Given, int[]? Feasible)
    {
        public long Count { get; } = Feasible?.Length ?? Grid.Cells;
    }
}
