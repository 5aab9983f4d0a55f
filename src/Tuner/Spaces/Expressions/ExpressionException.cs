namespace Tuning.Spaces.Expressions;

/// <summary>An expression cannot be read, or has no value. The message shows the text with a caret under the place.</summary>
public sealed class ExpressionException : ArgumentException
{
    /// <summary>An error at a place of an expression.</summary>
    /// <param name="problem">What is wrong, and the way out.</param>
    /// <param name="text">The whole expression.</param>
    /// <param name="position">The place, in characters from 0.</param>
    public ExpressionException(string problem, string text, int position)
        : base(Compose(problem, text, position)) => (Problem, Text, Position) = (problem, text, position);

    /// <summary>What is wrong, and the way out.</summary>
    public string Problem { get; }

    /// <summary>The whole expression.</summary>
    public string Text { get; }

    /// <summary>The place, in characters from 0.</summary>
    public int Position { get; }

    private static string Compose(string problem, string text, int position)
    {
        // Long expressions are cut around the place; control characters would break the line.
        var from = Math.Max(0, position - 40);
        var to = Math.Min(text.Length, from + 80);
        var excerpt = string.Concat(text[from..to].Select(c => char.IsControl(c) ? ' ' : c));
        var (before, after) = (from > 0 ? "…" : "", to < text.Length ? "…" : "");
        return $"{problem}{Environment.NewLine}  {before}{excerpt}{after}{Environment.NewLine}  {new string(' ', position - from + before.Length)}^";
    }
}
