using System.Globalization;
using Tuning.Spaces;
using Tuning.Values;

namespace Tuning.Search;

/// <summary>Ranges of options, and what a space must have. Messages begin with the option's name in files, so that a file's reader points at it.</summary>
internal static class OptionRules
{
    /// <summary>At least so much.</summary>
    /// <exception cref="ArgumentException">It is less.</exception>
    public static void AtLeast(string name, long value, long least) =>
        Check(value >= least, name, value, $"at least {least.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>At most so much.</summary>
    /// <exception cref="ArgumentException">It is more.</exception>
    public static void AtMost(string name, long value, long most) =>
        Check(value <= most, name, value, $"at most {most.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Above 0, finite.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void Positive(string name, double value) => Check(value > 0 && double.IsFinite(value), name, value, "a number above 0");

    /// <summary>Above 0 and below 1.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void Share(string name, double value) => Check(value is > 0 and < 1, name, value, "above 0 and below 1");

    /// <summary>From 0 to 1, both included.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void Probability(string name, double value) => Check(value is >= 0 and <= 1, name, value, "from 0 to 1");

    /// <summary>The space has a parameter that is drawn.</summary>
    /// <exception cref="ArgumentException">It has none.</exception>
    public static void HasSomethingToSearch(string searcher, ParameterCodec codec)
    {
        if (codec.Axes.IsEmpty)
        {
            throw new ArgumentException($"The search algorithm '{searcher}' has nothing to search: no parameter of the space is drawn. Give one a domain, such as {{uniform: [0, 1]}}.");
        }
    }

    private static void Check(bool holds, string name, double value, string rule)
    {
        if (!holds)
        {
            throw new ArgumentException($"{name}: is {NumberText.Exact(value)}; it must be {rule}.");
        }
    }
}
