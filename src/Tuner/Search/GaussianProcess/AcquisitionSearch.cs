using static Tuning.Search.Numerics.Vector512Math;

namespace Tuning.Search.GaussianProcess;

/// <summary>
/// Finds the row with the largest acquisition value: many candidates, the best of which climb, continuous coordinates by L-BFGS in units of
/// their length scales, all others one at a time over their levels. Eight climb side by side, one per lane. Not safe for concurrent use.
/// </summary>
internal sealed class AcquisitionSearch(IRowSpace space, IAcquisition acquisition, KernelSettings settings)
{
    private const int MaxRounds = 6;
    private const int MaxIterations = 60;
    private readonly int _dimensions = space.Dimensions.Count;
    private readonly double[][] _batch = new double[Lanes][];
    private readonly double[] _values = new double[Lanes], _gradients = new double[Lanes * space.Dimensions.Count];
    private readonly int[] _continuous = [.. Enumerable.Range(0, space.Dimensions.Count).Where(d => space.Dimensions[d].IsContinuous)];
    private readonly int[] _discrete = [.. Enumerable.Range(0, space.Dimensions.Count).Where(d => !space.Dimensions[d].IsContinuous)];

    /// <summary>Candidates that climbed, best first, settled.</summary>
    /// <param name="candidates">Rows to begin with, every coordinate given.</param>
    /// <param name="random">For the choice of those that climb.</param>
    public IReadOnlyList<Candidate> Run(IReadOnlyList<double[]> candidates, RandomStream random)
    {
        var scored = Score(candidates);
        if (scored.Count == 0)
        {
            return [];
        }

        scored.Sort((a, b) => b.Value.CompareTo(a.Value));
        var starts = Starts(scored, random);
        for (var round = 0; round < MaxRounds; round++)
        {
            var before = starts.Max(s => s.Value);
            if (_continuous.Length > 0)
            {
                Climb(starts);
            }

            if (_discrete.Length == 0 || (!Sweep(starts) && round > 0) || starts.Max(s => s.Value) <= before + 1e-4)
            {
                break;
            }
        }

        // Those that did not climb stand in when all that did are taken.
        return [.. starts.OrderByDescending(s => s.Value), .. scored.Take(64)];
    }

    /// <summary>The values of rows that stand for an allowed configuration.</summary>
    private List<Candidate> Score(IReadOnlyList<double[]> rows)
    {
        var allowed = new List<Candidate>(rows.Count);
        foreach (var row in rows)
        {
            var candidate = new Candidate(row, (double[])row.Clone(), double.NegativeInfinity);
            if (space.Settle(candidate.Row))
            {
                allowed.Add(candidate);
            }
        }

        for (var i = 0; i < allowed.Count; i += Lanes)
        {
            var count = Math.Min(Lanes, allowed.Count - i);
            for (var k = 0; k < count; k++)
            {
                _batch[k] = allowed[i + k].Row;
            }

            acquisition.Evaluate(_batch.AsSpan(0, count), _values, []);
            for (var k = 0; k < count; k++)
            {
                allowed[i + k] = allowed[i + k] with { Value = double.IsNaN(_values[k]) ? double.NegativeInfinity : _values[k] };
            }
        }

        return allowed;
    }

    /// <summary>The best four, and four drawn by their worth, so that several hills are climbed.</summary>
    private static Candidate[] Starts(List<Candidate> sorted, RandomStream random)
    {
        var chosen = sorted.Take(Lanes / 2).ToList();
        var rest = sorted.Skip(Lanes / 2).ToList();
        while (chosen.Count < Lanes && rest.Count > 0)
        {
            var best = rest[0].Value;
            var at = random.NextDouble() * rest.Sum(c => Math.Exp(c.Value - best));
            var index = 0;
            for (; index < rest.Count - 1 && (at -= Math.Exp(rest[index].Value - best)) > 0; index++)
            {
            }

            chosen.Add(rest[index]);
            rest.RemoveAt(index);
        }

        return [.. chosen];
    }

    private void Climb(Candidate[] starts)
    {
        var count = _continuous.Length;
        var searches = new BoundedLbfgs[starts.Length];
        var (lower, upper, point, gradient) = (new double[count], new double[count], new double[count], new double[count]);
        for (var c = 0; c < count; c++)
        {
            upper[c] = Unit(c);
        }

        for (var s = 0; s < starts.Length; s++)
        {
            for (var c = 0; c < count; c++)
            {
                point[c] = starts[s].Full[_continuous[c]] * Unit(c);
            }

            searches[s] = new(count, MaxIterations, 1e-3);
            searches[s].Start(point, lower, upper);
            starts[s] = starts[s].Copy();
        }

        while (searches.Any(s => !s.IsDone))
        {
            for (var s = 0; s < starts.Length; s++)
            {
                _batch[s] = starts[s].Row;
                Place(starts[s], searches[s].Point);
            }

            acquisition.Evaluate(_batch.AsSpan(0, starts.Length), _values, _gradients);
            for (var s = 0; s < starts.Length; s++)
            {
                if (!searches[s].IsDone)
                {
                    for (var c = 0; c < count; c++)
                    {
                        gradient[c] = -_gradients[(s * _dimensions) + _continuous[c]] / Unit(c);
                    }

                    searches[s].Tell(-_values[s], gradient);
                }
            }
        }

        for (var s = 0; s < starts.Length; s++)
        {
            Place(starts[s], searches[s].Best);
            starts[s] = starts[s] with { Value = Math.Max(-searches[s].BestValue, double.NegativeInfinity) };
        }
    }

    private double Unit(int c) => Math.Clamp(Math.Sqrt(settings.Weights[_continuous[c]]), 0.05, 100);

    private void Place(Candidate candidate, ReadOnlySpan<double> point)
    {
        for (var c = 0; c < point.Length; c++)
        {
            candidate.Full[_continuous[c]] = Math.Clamp(point[c] / Unit(c), 0, 1);
        }

        candidate.Full.CopyTo(candidate.Row, 0);
        space.Settle(candidate.Row);
    }

    /// <summary>Moves each discrete coordinate of each start to its best level; false when nothing moved.</summary>
    private bool Sweep(Candidate[] starts)
    {
        var moved = false;
        foreach (var d in _discrete)
        {
            var options = new List<double[]>();
            var owners = new List<int>();
            for (var s = 0; s < starts.Length; s++)
            {
                if (double.IsNaN(starts[s].Row[d]))
                {
                    continue;
                }

                foreach (var level in Levels.Near(space, d, starts[s].Row[d]))
                {
                    var option = (double[])starts[s].Full.Clone();
                    option[d] = level;
                    options.Add(option);
                    owners.Add(s);
                }
            }

            var scores = Score(options);
            var next = 0;
            for (var o = 0; o < options.Count && next < scores.Count; o++)
            {
                if (!ReferenceEquals(scores[next].Full, options[o]))
                {
                    continue;
                }

                if (scores[next].Value > starts[owners[o]].Value + 1e-9)
                {
                    (starts[owners[o]], moved) = (scores[next], true);
                }

                next++;
            }
        }

        return moved;
    }
}

/// <summary>A row on its way.</summary>
/// <param name="Full">Every coordinate, also those that are absent now.</param>
/// <param name="Row">The row it stands for.</param>
/// <param name="Value">Its acquisition value.</param>
internal readonly record struct Candidate(double[] Full, double[] Row, double Value)
{
    /// <summary>The same with arrays of its own.</summary>
    public Candidate Copy() => new((double[])Full.Clone(), (double[])Row.Clone(), Value);
}
