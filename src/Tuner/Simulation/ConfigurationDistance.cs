namespace Tuning.Simulation;

/// <summary>How far configurations are apart, by what a set of them holds.</summary>
internal sealed class ConfigurationDistance
{
    // Where the values of numeric parameters span more than this factor, their logarithms are compared.
    private const double LogarithmicFrom = 100;

    private readonly string[] _paths;
    private readonly Scale?[] _scales;
    private readonly object?[][] _rows;

    public ConfigurationDistance(IEnumerable<ParameterSet> configurations)
    {
        var all = configurations.ToList();
        _paths = [.. all.SelectMany(c => c.Flatten().Select(p => p.Key)).Distinct().Order(StringComparer.Ordinal)];
        _rows = [.. all.Select(Row)];
        _scales = [.. _paths.Select((_, column) => Scale.Of(_rows.Select(r => r[column])))];
    }

    /// <summary>The index of the nearest configuration; of equally near ones the first.</summary>
    public int Nearest(ParameterSet config)
    {
        var wanted = Row(config);
        var (best, least) = (0, double.PositiveInfinity);
        for (var i = 0; i < _rows.Length; i++)
        {
            var distance = Between(wanted, _rows[i], least);
            if (distance < least)
            {
                (best, least) = (i, distance);
            }
        }

        return best;
    }

    private object?[] Row(ParameterSet config) => [.. _paths.Select(p => config.TryGet(p, out var value) ? value : null)];

    // The sum over parameters; no further than it takes to know that it is no less than the limit.
    private double Between(object?[] left, object?[] right, double limit)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length && sum < limit; i++)
        {
            sum += _scales[i] is { } scale && Number(left[i]) is { } a && Number(right[i]) is { } b
                ? Math.Min(scale.Between(a, b), 1)
                : Equals(left[i], right[i]) ? 0 : 1;
        }

        return sum;
    }

    private static double? Number(object? value) => value switch
    {
        double real => real,
        long whole => whole,
        _ => null,
    };

    private sealed record Scale(double Range, bool IsLogarithmic)
    {
        public static Scale? Of(IEnumerable<object?> values)
        {
            var numbers = values.Select(Number).Where(n => n is not null).Select(n => n!.Value).ToList();
            if (numbers.Count == 0)
            {
                return null;
            }

            var (least, greatest) = (numbers.Min(), numbers.Max());
            var logarithmic = least > 0 && greatest / least >= LogarithmicFrom;
            return new(logarithmic ? Math.Log(greatest / least) : greatest - least, logarithmic);
        }

        public double Between(double a, double b)
        {
            if (a == b)
            {
                return 0;
            }

            var far = IsLogarithmic ? (a > 0 && b > 0 ? Math.Abs(Math.Log(a / b)) : Range) : Math.Abs(a - b);
            return Range > 0 ? far / Range : 1;
        }
    }
}
