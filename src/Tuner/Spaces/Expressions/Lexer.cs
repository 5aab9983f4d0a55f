namespace Tuning.Spaces.Expressions;

/// <summary>Cuts an expression into tokens.</summary>
internal sealed class Lexer(string text)
{
    private static readonly string[] _operators =
        ["**", "//", "==", "!=", "<=", ">=", "&&", "||", "+", "-", "*", "/", "%", "<", ">", "!", "?", ":", "(", ")", "[", "]", ",", "."];

    private int _at;

    /// <summary>All tokens, the last being <see cref="TokenKind.End"/>.</summary>
    public List<Token> Read()
    {
        var tokens = new List<Token>();
        while (true)
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            {
                _at++;
            }

            if (_at == text.Length)
            {
                tokens.Add(new(TokenKind.End, "", _at));
                return tokens;
            }

            tokens.Add(Next());
        }
    }

    private Token Next()
    {
        var c = text[_at];
        if (char.IsAsciiDigit(c) || (c == '.' && Peek(1) is { } next && char.IsAsciiDigit(next)))
        {
            return Number();
        }

        if (c is '"' or '\'')
        {
            return Quoted(c);
        }

        if (IsNameStart(c) || c == '`')
        {
            return Name();
        }

        foreach (var sign in _operators)
        {
            if (string.CompareOrdinal(text, _at, sign, 0, sign.Length) == 0)
            {
                _at += sign.Length;
                return new(TokenKind.Operator, sign, _at - sign.Length);
            }
        }

        throw Error(c switch
        {
            '=' => "A single '=' is no operator; compare with '=='.",
            '&' or '|' => $"A single '{c}' is no operator; write '{(c == '&' ? "and" : "or")}'.",
            '^' => "'^' is no operator; a power is written '**'.",
            '{' or '}' => $"'{c}' does not belong in an expression; a list is written [a, b].",
            _ => $"The character '{(char.IsControl(c) ? Invariant($"\\u{(int)c:x4}") : c)}' does not belong in an expression.",
        }, _at);
    }

    private Token Number()
    {
        var start = _at;
        var real = Digits() | Fraction();
        if (Peek(0) is 'e' or 'E' && (Peek(1) is { } d && char.IsAsciiDigit(d) || (Peek(1) is '+' or '-' && Peek(2) is { } e && char.IsAsciiDigit(e))))
        {
            _at += 2;
            Digits();
            real = true;
        }

        if (Peek(0) is { } after && (IsNameStart(after) || after == '.'))
        {
            throw Error(
                $"'{after}' cannot follow the number {text[start.._at]}; an operator is missing, or the name begins with a digit and needs `backticks`.", _at);
        }

        var digits = text[start.._at];
        object value = !real && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var whole)
            ? (object)whole
            : double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
        return value is double.PositiveInfinity
            ? throw Error($"The number {digits} is too large.", start)
            : new(TokenKind.Literal, digits, start) { Value = value };
    }

    private bool Digits()
    {
        while (Peek(0) is { } c && char.IsAsciiDigit(c))
        {
            _at++;
        }

        return false;
    }

    private bool Fraction()
    {
        if (Peek(0) is not '.')
        {
            return false;
        }

        _at++;
        Digits();
        return true;
    }

    private Token Quoted(char quote)
    {
        var start = _at++;
        var content = new StringBuilder();
        while (Peek(0) is { } c)
        {
            _at++;
            if (c == quote)
            {
                return new(TokenKind.Literal, text[start.._at], start) { Value = content.ToString() };
            }

            if (c == '\\')
            {
                c = Peek(0) switch
                {
                    'n' => '\n',
                    't' => '\t',
                    '\\' or '"' or '\'' => text[_at],
                    { } other => throw Error($"'\\{other}' is no escape; there are \\n, \\t, \\\\, \\\" and \\'.", _at - 1),
                    null => throw Error("The text has no closing quotation mark.", start),
                };
                _at++;
            }

            content.Append(c);
        }

        throw Error("The text has no closing quotation mark.", start);
    }

    private Token Name()
    {
        var start = _at;
        var segments = ImmutableArray.CreateBuilder<string>();
        segments.Add(Part());
        while (Peek(0) == '.' && Peek(1) is { } c && (IsNameStart(c) || char.IsAsciiDigit(c) || c == '`'))
        {
            _at++;
            segments.Add(Part());
        }

        var name = text[start.._at];
        return name switch
        {
            "and" or "or" or "not" or "in" or "is" or "if" or "else" => new(TokenKind.Operator, name, start),
            "true" or "True" => new(TokenKind.Literal, name, start) { Value = true },
            "false" or "False" => new(TokenKind.Literal, name, start) { Value = false },
            "null" or "None" => new(TokenKind.Literal, name, start),
            _ => new(TokenKind.Name, name, start) { Segments = segments.ToImmutable() },
        };
    }

    private string Part()
    {
        var start = _at;
        if (text[_at] == '`')
        {
            var end = text.IndexOf('`', _at + 1);
            if (end <= _at + 1)
            {
                throw Error(end < 0 ? "The name has no closing backtick." : "There is no name between the backticks.", start);
            }

            _at = end + 1;
            return text[(start + 1)..end];
        }

        while (Peek(0) is { } c && (IsNameStart(c) || char.IsDigit(c)))
        {
            _at++;
        }

        return text[start.._at];
    }

    private char? Peek(int ahead) => _at + ahead < text.Length ? text[_at + ahead] : null;

    private ExpressionException Error(string problem, int position) => new(problem, text, position);

    private static bool IsNameStart(char c) => char.IsLetter(c) || c == '_';
}
