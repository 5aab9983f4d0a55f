namespace Tuning.Schedulers.Population;

/// <summary>
/// A Gaussian process over points that grow old: squared exponential in the features, times <c>(1 - 0.1)^(|t - t'| / 2)</c> in time
/// (Bogunovic et al., 2016; Parker-Holder et al., 2020). Values are standardised; length scale and noise are those of the greatest
/// marginal likelihood on a small grid.
/// </summary>
internal sealed class TimeVaryingProcess
{
    private const double _decay = 0.9;
    private const int _fitted = 150;

    private static readonly double[] _lengths = [0.1, 0.2, 0.4, 0.7, 1];
    private static readonly double[] _noises = [0.01, 0.1, 0.4, 1];

    private readonly List<ProcessPoint> _points;
    private readonly double _length;
    private readonly double _noise;
    private readonly double[] _weights;
    private readonly List<double[]> _factor;

    /// <summary>Learns from points, oldest first; at least one.</summary>
    public TimeVaryingProcess(IReadOnlyList<ProcessPoint> points)
    {
        _points = [.. points];
        var values = Standardised(points);
        var recent = points.Skip(Math.Max(0, points.Count - _fitted)).ToList();
        var recentValues = values[^recent.Count..];
        var best = double.NegativeInfinity;
        foreach (var length in _lengths)
        {
            foreach (var noise in _noises)
            {
                var likelihood = Likelihood(Factor(recent, length, noise), recentValues);
                if (likelihood > best)
                {
                    (best, _length, _noise) = (likelihood, length, noise);
                }
            }
        }

        _factor = Factor(_points, _length, _noise);
        _weights = SolveUpper(_factor, SolveLower(_factor, values));
    }

    /// <summary>Adds a place whose value is to come: it lowers the doubt around it, and changes no mean.</summary>
    public void AddPending(ProcessPoint point)
    {
        // What came before stays as it is.
        _points.Add(point);
        _factor.Add(FactorRow(_factor, _points, _points.Count - 1, _length, _noise));
    }

    /// <summary>Mean, in standard deviations, and standard deviation at a place.</summary>
    public (double Mean, double Deviation) Predict(ProcessPoint at)
    {
        var cross = new double[_points.Count];
        var mean = 0.0;
        for (var i = 0; i < cross.Length; i++)
        {
            cross[i] = Kernel(_points[i], at, _length);
            mean += i < _weights.Length ? cross[i] * _weights[i] : 0;
        }

        var solved = SolveLower(_factor, cross);
        var variance = 1.0;
        foreach (var s in solved)
        {
            variance -= s * s;
        }

        return (mean, Math.Sqrt(Math.Max(variance, 1e-12)));
    }

    private static double Kernel(ProcessPoint a, ProcessPoint b, double length)
    {
        var distance = 0.0;
        for (var i = 0; i < a.Features.Length; i++)
        {
            var d = a.Features[i] - b.Features[i];
            distance += d * d;
        }

        return Math.Exp(-distance / (2 * length * length)) * Math.Pow(_decay, Math.Abs(a.Time - b.Time) / 2);
    }

    private static double[] Standardised(IReadOnlyList<ProcessPoint> points)
    {
        var mean = points.Average(p => p.Value);
        var deviation = Math.Sqrt(points.Average(p => (p.Value - mean) * (p.Value - mean)));
        return [.. points.Select(p => deviation > 0 ? (p.Value - mean) / deviation : 0)];
    }

    // Cholesky's factor of the covariance, by rows.
    private static List<double[]> Factor(List<ProcessPoint> points, double length, double noise)
    {
        var rows = new List<double[]>(points.Count);
        for (var i = 0; i < points.Count; i++)
        {
            rows.Add(FactorRow(rows, points, i, length, noise));
        }

        return rows;
    }

    private static double[] FactorRow(List<double[]> rows, List<ProcessPoint> points, int i, double length, double noise)
    {
        var row = new double[i + 1];
        for (var j = 0; j <= i; j++)
        {
            var sum = Kernel(points[i], points[j], length) + (i == j ? noise : 0);
            var other = i == j ? row : rows[j];
            for (var k = 0; k < j; k++)
            {
                sum -= row[k] * other[k];
            }

            row[j] = i == j ? Math.Sqrt(Math.Max(sum, 1e-12)) : sum / other[j];
        }

        return row;
    }

    private static double Likelihood(List<double[]> factor, double[] values)
    {
        var result = 0.0;
        var solved = SolveLower(factor, values);
        for (var i = 0; i < solved.Length; i++)
        {
            result -= (0.5 * solved[i] * solved[i]) + Math.Log(factor[i][i]);
        }

        return result;
    }

    private static double[] SolveLower(List<double[]> factor, double[] right)
    {
        var result = new double[right.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var sum = right[i];
            var row = factor[i];
            for (var k = 0; k < i; k++)
            {
                sum -= row[k] * result[k];
            }

            result[i] = sum / row[i];
        }

        return result;
    }

    private static double[] SolveUpper(List<double[]> factor, double[] right)
    {
        var result = (double[])right.Clone();
        for (var i = result.Length - 1; i >= 0; i--)
        {
            result[i] /= factor[i][i];
            for (var k = 0; k < i; k++)
            {
                result[k] -= factor[i][k] * result[i];
            }
        }

        return result;
    }
}

/// <summary>What was seen at a place.</summary>
/// <param name="Time">When, in intervals.</param>
/// <param name="Features">Where, each from 0 to 1.</param>
/// <param name="Value">What; larger is better.</param>
internal sealed record ProcessPoint(double Time, double[] Features, double Value);
