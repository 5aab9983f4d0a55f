namespace Tuning.Spaces.Expressions;

/// <summary>What a <see cref="Token"/> is.</summary>
internal enum TokenKind
{
    /// <summary>A literal; its value is in <see cref="Token.Value"/>.</summary>
    Literal,

    /// <summary>A dotted name; its parts are in <see cref="Token.Segments"/>.</summary>
    Name,

    /// <summary>An operator, a bracket, or one of the words <c>and or not in is if else</c>; as text.</summary>
    Operator,

    /// <summary>The end of the text.</summary>
    End,
}

/// <summary>A piece of an expression.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text.</param>
/// <param name="Position">Where it begins, in characters from 0.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Position)
{
    /// <summary>The value of a literal.</summary>
    public object? Value { get; init; }

    /// <summary>The parts of a name.</summary>
    public ImmutableArray<string> Segments { get; init; }

    /// <summary>Whether it is this operator or word.</summary>
    public bool Is(string text) => Kind == TokenKind.Operator && Text == text;
}
