using System.Collections;

namespace Tuning;

/// <summary>
/// The values that a parameter may take, and how they are drawn. The names are Ray Tune's; where its quantised and whole-number
/// domains miss a bound or favour some values, these do not.
/// </summary>
/// <remarks>Immutable; safe for use by any thread. Compared by content; computed C# functions by their name.</remarks>
public abstract class Domain : IEquatable<Domain>
{
    private ParameterSet? _form;

    private protected Domain()
    {
    }

    /// <summary>What kind of domain this is.</summary>
    public abstract DomainKind Kind { get; }

    /// <summary>The condition under which the parameter is there at all; null when it always is.</summary>
    public string? Condition => ConditionFormula?.Text;

    /// <summary>The parsed condition.</summary>
    internal Formula? ConditionFormula { get; private set; }

    /// <summary>The name and arguments of the canonical form.</summary>
    private protected abstract (string Name, object? Arguments) Form { get; }

    /// <summary>A real number in [<paramref name="lower"/>, <paramref name="upper"/>), all equally likely.</summary>
    /// <exception cref="ArgumentException">A bound is not finite, or lower is not below upper.</exception>
    public static RealDomain Uniform(double lower, double upper) => RealDomain.Create("uniform", lower, upper, null, log: false);

    /// <summary>A multiple of <paramref name="q"/> in [<paramref name="lower"/>, <paramref name="upper"/>], both included, all equally likely.</summary>
    /// <exception cref="ArgumentException">The bounds are not finite, not in order, or no multiples of q; or q is not above 0.</exception>
    public static RealDomain QUniform(double lower, double upper, double q) => RealDomain.Create("quniform", lower, upper, q, log: false);

    /// <summary>A real number in [<paramref name="lower"/>, <paramref name="upper"/>) whose logarithm is uniform.</summary>
    /// <exception cref="ArgumentException">A bound is not finite, lower is not above 0 or not below upper.</exception>
    public static RealDomain LogUniform(double lower, double upper) => RealDomain.Create("loguniform", lower, upper, null, log: true);

    /// <summary>
    /// A multiple of <paramref name="q"/> in [<paramref name="lower"/>, <paramref name="upper"/>], both included; k·q is as likely as
    /// the log-uniform distribution makes the interval from (k-½)q to (k+½)q.
    /// </summary>
    /// <exception cref="ArgumentException">As for <see cref="LogUniform"/>; or the bounds are no multiples of q, or q is not above 0.</exception>
    public static RealDomain QLogUniform(double lower, double upper, double q) => RealDomain.Create("qloguniform", lower, upper, q, log: true);

    /// <summary>A normally distributed number.</summary>
    /// <param name="mean">The mean; finite.</param>
    /// <param name="sd">The standard deviation; finite and above 0.</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public static NormalDomain RandN(double mean = 0, double sd = 1) => new NormalDomain(mean, sd, null);

    /// <summary>A normally distributed number, rounded to the nearest multiple of <paramref name="q"/>.</summary>
    /// <param name="mean">The mean; finite.</param>
    /// <param name="sd">The standard deviation; finite and above 0.</param>
    /// <param name="q">The step; finite and above 0.</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public static NormalDomain QRandN(double mean, double sd, double q) => new NormalDomain(mean, sd, q);

    /// <summary>A whole number from <paramref name="lower"/> up to, but <b>without</b>, <paramref name="upper"/>, all equally likely.</summary>
    /// <exception cref="ArgumentException">Lower is not below upper.</exception>
    public static IntegerDomain RandInt(long lower, long upper) => IntegerDomain.Create("randint", lower, upper, null, log: false);

    /// <summary>
    /// A whole number from <paramref name="lower"/> up to, but <b>without</b>, <paramref name="upper"/>: a log-uniform real number,
    /// rounded down.
    /// </summary>
    /// <exception cref="ArgumentException">Lower is below 1 or not below upper.</exception>
    public static IntegerDomain LogRandInt(long lower, long upper) => IntegerDomain.Create("lograndint", lower, upper, null, log: true);

    /// <summary>A multiple of <paramref name="q"/> in [<paramref name="lower"/>, <paramref name="upper"/>], <b>both included</b> where they are multiples; all
    /// equally likely.</summary>
    /// <exception cref="ArgumentException">Lower is not below upper, q is below 1, or no multiple of q lies between them.</exception>
    public static IntegerDomain QRandInt(long lower, long upper, long q = 1) => IntegerDomain.Create("qrandint", lower, upper, q, log: false);

    /// <summary>
    /// A multiple of <paramref name="q"/> in [<paramref name="lower"/>, <paramref name="upper"/>], <b>both included</b> where they are
    /// multiples; k·q is as likely as the log-uniform distribution makes the interval from (k-½)q to (k+½)q.
    /// </summary>
    /// <exception cref="ArgumentException">As for <see cref="QRandInt"/>, or lower is below 1.</exception>
    public static IntegerDomain QLogRandInt(long lower, long upper, long q = 1) => IntegerDomain.Create("qlograndint", lower, upper, q, log: true);

    /// <summary>One of the given values, all equally likely. They may hold domains themselves; a text or a map is a single value.</summary>
    /// <exception cref="ArgumentException">There are none, or one holds a grid search.</exception>
    [OverloadResolutionPriority(1)]
    public static ChoiceDomain<string> Choice(params string?[]? values) => new(values ?? [null]);

    /// <inheritdoc cref="Choice(string?[])"/>
    public static WholeNumberChoice Choice(params int[] values) => new(Elements(values));

    /// <inheritdoc cref="Choice(string?[])"/>
    public static WholeNumberChoice Choice(params long[] values) => new(Elements(values));

    /// <inheritdoc cref="Choice(string?[])"/>
    public static NumberChoice Choice(params double[] values) => new(Elements(values));

    /// <inheritdoc cref="Choice(string?[])"/>
    public static ChoiceDomain<T> Choice<T>(IEnumerable<T> values) => new(Elements(values));

    /// <inheritdoc cref="Choice(string?[])"/>
    [OverloadResolutionPriority(-1)]
    public static ChoiceDomain<T> Choice<T>(params T[] values) => new(Elements(values));

    /// <summary>One of the given values, all equally likely. They may hold domains themselves; a text or a map is a single value, of different types. A domain
    /// for parameters that are named by text.</summary>
    /// <exception cref="ArgumentException">There are none, or one holds a grid search.</exception>
    [OverloadResolutionPriority(-2)]
    public static ChoiceDomain Choice(params object?[]? values) => new(values ?? [null]);

    /// <summary>Every one of the given values, each in a trial of its own, combined with every value of the other grids.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    [OverloadResolutionPriority(1)]
    public static GridDomain<string> GridSearch(params string?[]? values) => new(values ?? [null]);

    /// <inheritdoc cref="GridSearch(string?[])"/>
    public static WholeNumberGrid GridSearch(params int[] values) => new(Elements(values));

    /// <inheritdoc cref="GridSearch(string?[])"/>
    public static WholeNumberGrid GridSearch(params long[] values) => new(Elements(values));

    /// <inheritdoc cref="GridSearch(string?[])"/>
    public static NumberGrid GridSearch(params double[] values) => new(Elements(values));

    /// <inheritdoc cref="GridSearch(string?[])"/>
    public static GridDomain<T> GridSearch<T>(IEnumerable<T> values) => new(Elements(values));

    /// <inheritdoc cref="GridSearch(string?[])"/>
    [OverloadResolutionPriority(-1)]
    public static GridDomain<T> GridSearch<T>(params T[] values) => new(Elements(values));

    /// <summary>Every one of the given values, each in a trial of its own, combined with every value of the other grids, of different types. A domain for
    /// parameters that are named by text.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    [OverloadResolutionPriority(-2)]
    public static GridDomain GridSearch(params object?[]? values) => new(values ?? [null]);

    /// <summary>A value that a function makes of the other parameters. An experiment that is resumed must be given the function again.</summary>
    /// <param name="function">
    /// Gets the values resolved so far: everything that is drawn, and all other computed values that it does not itself feed. It may
    /// be called several times for one trial: when it asks for a value that is not there yet (by index or <c>Get</c> without
    /// fallback), that is resolved and the function called again. So it is pure; and it may be called by any thread.
    /// </param>
    /// <param name="name">What messages and the journal call it; by default its source text.</param>
    public static ComputedDomain Computed(Func<ParameterSet, object?> function, [CallerArgumentExpression(nameof(function))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new ComputedDomain(function, string.Join(' ', name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
    }

    /// <summary>A value computed from other parameters in the expression language: <c>layers * units</c>.</summary>
    /// <exception cref="ExpressionException">The text is no expression; the message points to the place.</exception>
    public static ComputedDomain Expression(string expression) => new ComputedDomain(Formula.Parse(expression));

    /// <summary>The same values as a domain for properties of a type that is none of its own, such as a schedule; checked when it is added.</summary>
    public Domain<T> As<T>() => new(this);

    /// <summary>The same domain with a condition; one that it has already holds beside it.</summary>
    internal Domain With(Formula condition)
    {
        if (this is GridDomain)
        {
            throw new ArgumentException(
                $"A grid_search cannot have the condition '{condition.Text}': its trials would repeat where the condition does not hold. "
                + "Put the grid inside the values it belongs to: grid_search: [{name: sgd, momentum: {grid_search: [0.0, 0.9]}}, {name: adam}].");
        }

        var copy = (Domain)MemberwiseClone();
        copy._form = null;
        copy.ConditionFormula = ConditionFormula is { } first ? Formula.Parse($"({first.Text}) and ({condition.Text})") : condition;
        return copy;
    }

    /// <summary>The same domain with other formulas; null leaves the one that it has.</summary>
    internal Domain WithFormulas(Formula? computed, Formula? condition)
    {
        var copy = computed is null ? (Domain)MemberwiseClone() : new ComputedDomain(computed);
        copy._form = null;
        copy.ConditionFormula = condition ?? ConditionFormula;
        return copy;
    }

    /// <summary>Draws a value. Whole numbers are long, real ones double. A grid search draws any of its values; conditions are not looked at.</summary>
    /// <exception cref="InvalidOperationException">The domain is computed, so it has a value only among others.</exception>
    public abstract object? Sample(RandomStream random);

    /// <summary>
    /// Whether the value can come out of this domain. Whole numbers are real numbers too, but not the other way round; the upper
    /// bound of a real domain counts as inside. For computed values always true.
    /// </summary>
    public abstract bool Contains(object? value);

    /// <summary>The canonical form, which is also how an experiment file says it: <c>{"loguniform":[1e-05,0.01]}</c>.</summary>
    public ParameterSet ToParameters()
    {
        if (_form is null)
        {
            var (name, arguments) = Form;
            var form = ParameterSet.From([new(name, arguments)]);
            _form = Condition is null ? form : form.With("when", Condition);
        }

        return _form;
    }

    /// <summary>The domain whose canonical form this is.</summary>
    /// <param name="form">A map with exactly one domain's name, and at most <c>when</c>.</param>
    /// <exception cref="ArgumentException">It is none; the message says what is wrong and what a domain looks like.</exception>
    public static Domain FromParameters(ParameterSet form)
    {
        ArgumentNullException.ThrowIfNull(form);
        return DomainReader.TryRead(form, out var domain)
            ? domain
            : throw new ArgumentException(
                $"{form} is no domain: it must have exactly one of {string.Join(", ", DomainReader.Names)}, and at most 'when' beside it.");
    }

    /// <inheritdoc/>
    public bool Equals(Domain? other) => ReferenceEquals(this, other) || (other is not null && ToParameters().Equals(other.ToParameters()));

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as Domain);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => ToParameters().GetHashCode();

    /// <summary>What the domain holds, for people: <c>a real number from 1e-05 to 0.01 on a log scale</c>.</summary>
    public sealed override string ToString() => Condition is null ? Describe() : $"{Describe()}, when {Condition}";

    private protected abstract string Describe();

    /// <summary>A number as messages show it.</summary>
    internal static string Text(double value) => NumberText.Exact(value);

    /// <summary>Any value as messages show it.</summary>
    internal static string Text(object? value) => ConfigurationBinder.ToJson(value);

    // A text or a map is one value, though C# sees a sequence in it.
    private static object?[] Elements<T>(IEnumerable<T> values) =>
        values switch
        {
            null => throw new ArgumentNullException(nameof(values)),
            string or IDictionary or IEnumerable<KeyValuePair<string, object?>> => [values],
            _ => [.. values.Cast<object?>()],
        };
}
