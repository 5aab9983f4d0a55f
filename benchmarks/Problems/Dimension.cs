using Tuning;

namespace Benchmarks.Problems;

/// <summary>A parameter of a problem: a number or a category.</summary>
/// <param name="Name">What the problem's function calls it; copies give it another name in the space.</param>
internal sealed record Dimension(string Name)
{
    /// <summary>The lower bound of a number.</summary>
    public double Low { get; init; }

    /// <summary>The upper bound of a number, included.</summary>
    public double High { get; init; }

    /// <summary>Whether it is searched on a logarithmic scale.</summary>
    public bool IsLog { get; init; }

    /// <summary>Whether it is a whole number.</summary>
    public bool IsWhole { get; init; }

    /// <summary>The values of a category; empty for a number. The function sees their indices.</summary>
    public IReadOnlyList<object> Values { get; init; } = [];

    /// <summary>When it is there, with other parameters in braces: <c>{alg} == "svm"</c>.</summary>
    public string? When { get; init; }

    /// <summary>Where the optimum is, so that copies keep it inside; null where that does not matter.</summary>
    public double? Best { get; init; }

    /// <summary>Whether copies leave its bounds alone.</summary>
    public bool IsFixed { get; init; }

    /// <summary>A real number.</summary>
    public static Dimension Real(string name, double low, double high, double? best = null) => new(name) { Low = low, High = high, Best = best };

    /// <summary>A real number on a logarithmic scale.</summary>
    public static Dimension Log(string name, double low, double high, double? best = null) => Real(name, low, high, best) with { IsLog = true };

    /// <summary>A whole number, both bounds included.</summary>
    public static Dimension Whole(string name, long low, long high, double? best = null) => Real(name, low, high, best) with { IsWhole = true };

    /// <summary>A whole number on a logarithmic scale, both bounds included.</summary>
    public static Dimension LogWhole(string name, long low, long high, double? best = null) => Whole(name, low, high, best) with { IsLog = true };

    /// <summary>A category.</summary>
    public static Dimension Category(string name, params object[] values) => new(name) { Values = values };

    /// <summary>Real numbers x0, x1 … with the same bounds.</summary>
    public static IEnumerable<Dimension> Cube(int count, double low, double high, Func<int, double>? best = null) =>
        Enumerable.Range(0, count).Select(i => Real("x" + i, low, high, best?.Invoke(i)));

    /// <summary>The domain; <paramref name="rename"/> puts the space's names into the condition.</summary>
    public Domain ToDomain(Func<string, string> rename)
    {
        Domain domain = Values.Count > 0 ? Domain.Choice([.. Values])
            : IsWhole ? IsLog ? Domain.QLogRandInt((long)Low, (long)High) : Domain.QRandInt((long)Low, (long)High)
            : IsLog ? Domain.LogUniform(Low, High) : Domain.Uniform(Low, High);
        return When is null ? domain : domain.When(rename(When));
    }
}
