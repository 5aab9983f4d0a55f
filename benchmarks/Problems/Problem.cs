using Tuning;
using Tuning.Randomness;

namespace Benchmarks.Problems;

/// <summary>The parameters of a configuration as a problem's function sees them.</summary>
internal readonly struct Point(Problem problem, ParameterSet config)
{
    /// <summary>A number, or the index of a category; by the function's name for it.</summary>
    public double this[string name] => problem.Read(config, name) ?? throw new ArgumentException($"'{name}' is absent from {config}.");

    /// <summary>The numbers x0, x1 ….</summary>
    public double[] Vector(int count)
    {
        var x = new double[count];
        for (var i = 0; i < count; i++)
        {
            x[i] = this["x" + i];
        }

        return x;
    }

    /// <summary>Whether a conditional parameter is there.</summary>
    public bool Has(string name) => problem.Read(config, name) is not null;
}

/// <summary>A function to minimise whose optimum is known. Immutable.</summary>
internal sealed class Problem
{
    private readonly Dictionary<string, (Dimension Dimension, string Name)> _parameters;
    private readonly Func<Point, double> _function;
    private readonly double _optimum;

    /// <param name="name">Its name.</param>
    /// <param name="dimensions">Its parameters.</param>
    /// <param name="optimum">The least value of the function in the space.</param>
    /// <param name="function">The function.</param>
    public Problem(string name, IEnumerable<Dimension> dimensions, double optimum, Func<Point, double> function)
        : this(name, [.. dimensions.Select(d => (d, d.Name))], optimum, function)
    {
    }

    private Problem(string name, (Dimension Dimension, string Name)[] parameters, double optimum, Func<Point, double> function)
    {
        (Name, _parameters, _optimum, _function) = (name, parameters.ToDictionary(p => p.Dimension.Name), optimum, function);
        Space = new SearchSpace();
        foreach (var (dimension, given) in parameters)
        {
            Space.Add(given, dimension.ToDomain(Rename));
        }
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What is searched.</summary>
    public SearchSpace Space { get; }

    /// <summary>Its parameters.</summary>
    public IEnumerable<Dimension> Dimensions => _parameters.Values.Select(p => p.Dimension);

    /// <summary>Conditions that every configuration fulfils, with parameters in braces.</summary>
    public IReadOnlyList<string> Constraints { get; init; } = [];

    /// <summary>The standard deviation of the noise that is added to the values that a searcher is told; null without noise.</summary>
    public Func<double, double>? Noise { get; init; }

    /// <summary>How many trials run at once.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>How many trials are read at most.</summary>
    public int MostTrials { get; init; } = 300;

    /// <summary>Whether the space is of numbers alone that are always there, as CMA-ES in Optuna needs it.</summary>
    public bool IsNumeric => Dimensions.All(d => d.Values.Count == 0 && d.When is null);

    /// <summary>The constraints in the space's names.</summary>
    public IEnumerable<string> SpaceConstraints => Constraints.Select(Rename);

    /// <summary>By how much the true value of a configuration is above the optimum.</summary>
    public double Regret(ParameterSet config) => _function(new(this, config)) - _optimum;

    /// <summary>What a searcher is told of a configuration.</summary>
    public double Observe(ParameterSet config, RandomStream random)
    {
        var value = _function(new(this, config));
        return Noise is null ? value : value + (Noise(value - _optimum) * random.NextGaussian());
    }

    /// <summary>
    /// The same function in another dress: bounds moved by up to a seventh of their width with the optimum still inside, parameters and
    /// categories in another order and under other names.
    /// </summary>
    public Problem Copy(int number)
    {
        var random = (SeedPath.Of(20260821) / Name / number).Stream();
        var order = Enumerable.Range(0, _parameters.Count).ToArray();
        random.Shuffle(order.AsSpan());
        var parameters = _parameters.Values.Select((p, i) =>
            (Moved(p.Dimension, random), string.Create(System.Globalization.CultureInfo.InvariantCulture, $"p{order[i]:00}"))).ToArray();
        return new($"{Name}#{number}", parameters, _optimum, _function)
        {
            Constraints = Constraints,
            Noise = Noise,
            Parallelism = Parallelism,
            MostTrials = MostTrials,
        };
    }

    /// <summary>The value of a parameter, by the function's name for it; null when it is absent.</summary>
    public double? Read(ParameterSet config, string name)
    {
        var (dimension, given) = _parameters[name];
        return !config.TryGet(given, out var value) ? null
            : dimension.Values.Count > 0 ? Index(dimension, value)
            : value is long whole ? whole : (double)value!;
    }

    private static double Index(Dimension dimension, object? value)
    {
        // The order of values in a copy is another one: the function's order is by the text of the value.
        var rank = 0;
        foreach (var other in dimension.Values)
        {
            rank += Compare(other, value!) < 0 ? 1 : 0;
        }

        return rank;
    }

    private static int Compare(object a, object b) =>
        a is string ? string.CompareOrdinal((string)a, (string)b) : Convert.ToInt64(a).CompareTo(Convert.ToInt64(b));

    private static Dimension Moved(Dimension dimension, RandomStream random)
    {
        if (dimension.Values.Count > 0)
        {
            var values = dimension.Values.ToArray();
            random.Shuffle(values.AsSpan());
            return dimension with { Values = values };
        }

        var by = 0.3 * (random.NextDouble() - 0.5);
        if (dimension.IsFixed)
        {
            return dimension;
        }

        var moved = Moved(dimension, by);
        var isInside = dimension.Best is not { } best || (best >= moved.Low && best <= moved.High);
        return isInside ? moved : Moved(dimension, -by);
    }

    private static Dimension Moved(Dimension dimension, double by)
    {
        if (!dimension.IsLog)
        {
            var shift = by * (dimension.High - dimension.Low);
            shift = dimension.IsWhole ? Math.Max(Math.Round(shift), dimension.Low > 0 ? 1 - dimension.Low : double.MinValue) : shift;
            return dimension with { Low = dimension.Low + shift, High = dimension.High + shift };
        }

        var factor = Math.Pow(dimension.High / dimension.Low, by);
        return dimension.IsWhole
            ? dimension with { Low = Math.Max(1, Math.Round(dimension.Low * factor)), High = Math.Round(dimension.High * factor) }
            : dimension with { Low = dimension.Low * factor, High = dimension.High * factor };
    }

    private string Rename(string text)
    {
        foreach (var (name, (_, given)) in _parameters)
        {
            text = text.Replace("{" + name + "}", given, StringComparison.Ordinal);
        }

        return text;
    }
}
