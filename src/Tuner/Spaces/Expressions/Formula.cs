namespace Tuning.Spaces.Expressions;

/// <summary>
/// An expression over parameters or metrics; the one language of <c>expr</c>, <c>when</c>, <c>constraints</c> and
/// <c>feasible_if</c>. Pure arithmetic: it calls nothing but the functions of <see cref="Functions"/>, and always ends.
/// </summary>
/// <remarks>
/// Syntax and typing are Python's, with <c>&amp;&amp; || ! ?:</c> and <c>true false null</c> as well; see <see cref="Parser"/> and
/// <see cref="Operations"/>. Names are dotted paths, <c>`names in backticks`</c> hold any characters, <c>spec.config.x</c> is
/// <c>x</c>. A parameter that is absent, because its condition does not hold, makes whatever is computed from it absent too, unless
/// it does not matter (<c>absent or true</c>) or is asked for (<c>x == null</c>). Immutable, safe for use by any thread.
/// </remarks>
internal sealed class Formula : IEquatable<Formula>
{
    /// <summary>The longest text, in characters; it bounds the depth of the evaluation.</summary>
    public const int MaxLength = 4000;

    private readonly FormulaNode _root;
    private readonly IReadOnlyList<NameNode> _names;

    private Formula(string text)
    {
        Text = text;
        var parser = new Parser(text);
        (_root, _names) = parser.Read();
        Comparisons = [.. parser.Comparisons];
        References = [.. _names.Select(n => n.Segments).DistinctBy(s => string.Join('\0', s))];
        Names = [.. References.Select(r => string.Join('.', r))];
    }

    /// <summary>The value of what follows from an absent parameter.</summary>
    public static object Absent { get; } = new();

    /// <summary>The expression as it was written.</summary>
    public string Text { get; }

    /// <summary>The dotted names in it, each once, in order of appearance.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>What names are compared with by <c>==</c>, <c>!=</c> and <c>in</c>, where it is a literal; in order of appearance.</summary>
    public ImmutableArray<NameComparison> Comparisons { get; }

    /// <summary>The same, in parts.</summary>
    public ImmutableArray<ImmutableArray<string>> References { get; }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="ExpressionException">The text is no expression; the message points to the place.</exception>
    public static Formula Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.Trim();
        return text.Length <= MaxLength ? new(text)
            : throw new ExpressionException($"The expression has {text.Length} characters; at most {MaxLength} are read.", text, MaxLength);
    }

    /// <summary>Reads an expression; null when the text is none.</summary>
    public static Formula? TryParse(string text)
    {
        try
        {
            return Parse(text);
        }
        catch (ExpressionException)
        {
            return null;
        }
    }

    /// <summary>The value: null, bool, long, double, text, list, map, or <see cref="Absent"/>.</summary>
    /// <exception cref="ExpressionException">There is none; the message points to the place and shows the values.</exception>
    public object? Evaluate(IFormulaScope scope) => _root.Evaluate(new(Text, scope));

    /// <summary>The value over a resolved configuration, where every name must have a value.</summary>
    /// <exception cref="ExpressionException">There is none; the message points to the place and shows the values.</exception>
    public object? Evaluate(ParameterSet parameters) => Evaluate(new ParameterScope(parameters));

    /// <summary>Whether it holds, by Python's idea of truth; null when that is undecided because of an absent parameter.</summary>
    /// <exception cref="ExpressionException">It has no value; the message points to the place and shows the values.</exception>
    public bool? Test(IFormulaScope scope) => Evaluate(scope) is var value && value == Absent ? null : Operations.IsTrue(value);

    /// <summary>
    /// By how much it is not fulfilled: 0 when it holds; for <c>a &lt;= b</c> the difference, which adds up over what <c>and</c> or a chain
    /// joins; 1 for anything else that is false. NaN when it is undecided because of an absent name.
    /// </summary>
    /// <exception cref="ExpressionException">It has no value; the message points to the place and shows the values.</exception>
    public double Violation(IFormulaScope scope) => _root.Violation(new(Text, scope));

    /// <summary>The error about a name that is not there, pointing to its first place.</summary>
    public ExpressionException UnknownName(ImmutableArray<string> reference, IReadOnlyCollection<string> known) =>
        _names.First(n => n.Segments.AsSpan().SequenceEqual(reference.AsSpan())).Unknown(Text, known);

    /// <inheritdoc/>
    public bool Equals(Formula? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Formula);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The text.</summary>
    public override string ToString() => Text;
}

/// <summary>A name that is compared with a literal.</summary>
/// <param name="Name">The name, in parts.</param>
/// <param name="Value">The literal's value.</param>
/// <param name="Position">Where the literal begins, in characters from 0.</param>
/// <param name="Length">How long it is.</param>
internal sealed record NameComparison(ImmutableArray<string> Name, object? Value, int Position, int Length);
