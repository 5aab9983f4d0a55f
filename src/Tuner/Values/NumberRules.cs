using System.ComponentModel.DataAnnotations;

namespace Tuning;

/// <summary>
/// Which numbers an option may be. Stands on the property of an options record, a configuration class or an algorithm's options; what it says is checked
/// wherever such options are read or used, is told in messages, and stands in the documentation. Null is always allowed where the type allows it; of a list,
/// each number is checked.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public abstract class NumberRuleAttribute : ValidationAttribute
{
    private protected NumberRuleAttribute(double least, double most) => (Least, Most) = (least, most);

    /// <summary>The reason, which ends the rule in messages: <c>so that there are two parents</c> after a comma, or after the punctuation that it begins
    /// with.</summary>
    public string? Because { get; init; }

    /// <summary>One number that is allowed beside the others; NaN for none. <see cref="Because"/> says what it means.</summary>
    /// <value>Default NaN.</value>
    public double Or { get; init; } = double.NaN;

    /// <summary>Whether infinity is allowed where there is no upper bound.</summary>
    /// <value>Default false.</value>
    public bool Infinite { get; init; }

    /// <summary>Whether it has a bound in both directions.</summary>
    internal bool IsBounded => double.IsFinite(Least) && double.IsFinite(Most);

    private protected double Least { get; }

    private protected double Most { get; }

    private protected abstract string Bounds { get; }

    /// <summary>The rule in words: <c>at least 1</c>.</summary>
    internal string Words => Bounds + (Because is null ? "" : Because[0] is ',' or ';' or ':' ? Because : ", " + Because);

    /// <inheritdoc/>
    public override bool IsValid(object? value) => Numbers.In(value).All(n => n == Or || (Holds(n) && (Infinite || double.IsFinite(n))));

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => $"{name} must be {Words}.";

    private protected abstract bool Holds(double number);

    private protected static string Text(double number) => Math.Abs(number) < 1e15 ? number.ToString("#,0.###############", CultureInfo.InvariantCulture)
        : NumberText.Exact(number);
}

/// <summary>A number that is at least so much.</summary>
/// <param name="least">The smallest.</param>
public sealed class AtLeastAttribute(double least) : NumberRuleAttribute(least, double.PositiveInfinity)
{
    private protected override string Bounds => $"at least {Text(Least)}";

    private protected override bool Holds(double number) => number >= Least;
}

/// <summary>A number above another.</summary>
/// <param name="bound">What it is larger than.</param>
public sealed class MoreThanAttribute(double bound) : NumberRuleAttribute(bound, double.PositiveInfinity)
{
    private protected override string Bounds => $"more than {Text(Least)}";

    private protected override bool Holds(double number) => number > Least;
}

/// <summary>A number between two others, both included unless said otherwise.</summary>
/// <param name="least">The lower bound.</param>
/// <param name="most">The upper bound.</param>
public sealed class BetweenAttribute(double least, double most) : NumberRuleAttribute(least, most)
{
    /// <summary>Whether the lower bound itself is excluded.</summary>
    public bool ExceptLeast { get; init; }

    /// <summary>Whether the upper bound itself is excluded.</summary>
    public bool ExceptMost { get; init; }

    private protected override string Bounds => Least.Equals(Most) ? Text(Least) : ExceptLeast || ExceptMost
        ? $"{(ExceptLeast ? "more than" : "at least")} {Text(Least)} and {(ExceptMost ? "less than" : "at most")} {Text(Most)}"
        : $"from {Text(Least)} to {Text(Most)}";

    private protected override bool Holds(double number) => (ExceptLeast ? number > Least : number >= Least) && (ExceptMost ? number < Most : number <= Most);
}

/// <summary>A text that is one of several.</summary>
/// <param name="values">Which.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class OneOfAttribute(params string[] values) : ValidationAttribute
{
    /// <summary>Which texts are allowed.</summary>
    public IReadOnlyList<string> Values => values;

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is null || values.Contains(value as string);

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => $"{name} must be {Words(values)}.";

    /// <summary><c>one of a, b</c>, or the only one.</summary>
    internal static string Words(IReadOnlyCollection<string> values) => values.Count == 1 ? values.First() : "one of " + string.Join(", ", values);
}
