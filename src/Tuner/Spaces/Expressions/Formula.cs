namespace Tuning.Spaces.Expressions;

/// <summary>An expression over parameters.</summary>
internal sealed class Formula
{
    private Formula(string text) => Text = text;

    /// <summary>The expression as it was written.</summary>
    public string Text { get; }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="ExpressionException">The text is no expression.</exception>
    public static Formula Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return string.IsNullOrWhiteSpace(text) ? throw new ExpressionException("The expression is empty.", text, 0) : new(text.Trim());
    }
}
