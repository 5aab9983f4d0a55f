namespace Tuning.Spaces.Expressions;

/// <summary>
/// Reads an expression (Pratt, "Top down operator precedence", 1973). From loose to tight: the conditionals; <c>or ||</c>;
/// <c>and &amp;&amp;</c>; <c>not</c>; comparisons and <c>in</c>; <c>+ -</c>; <c>* / // %</c>; unary <c>- + !</c>; <c>**</c>;
/// call and index.
/// </summary>
internal sealed partial class Parser(string text)
{
    private const int _deepest = 100;
    private const int _or = 1, _and = 2, _not = 3, _comparison = 4, _sum = 5, _product = 6, _sign = 7, _power = 8;

    private readonly List<Token> _tokens = new Lexer(text).Read();
    private readonly List<NameNode> _names = [];
    private int _at, _depth;

    /// <summary>What names are compared with, after <see cref="Read"/>.</summary>
    public List<NameComparison> Comparisons { get; } = [];

    private Token Current => _tokens[_at];

    /// <summary>The whole expression, and the names in it.</summary>
    public (FormulaNode Root, IReadOnlyList<NameNode> Names) Read()
    {
        var root = Expression();
        return Current.Kind == TokenKind.End ? (root, _names)
            : throw Error($"The expression is complete before '{Current.Text}'; an operator is missing.", Current.Position);
    }

    private FormulaNode Expression()
    {
        Enter();
        var value = Binary(_or);
        var token = Current;
        if (token.Is("if"))
        {
            _at++;
            var condition = Binary(_or);
            Expect("else", token, "the conditional is written 'a if condition else b'");
            value = new ConditionalNode(token.Position, condition, value, Expression());
        }
        else if (token.Is("?"))
        {
            _at++;
            var then = Expression();
            Expect(":", token, "the conditional is written 'condition ? a : b'");
            value = new ConditionalNode(token.Position, value, then, Expression());
        }

        _depth--;
        return value;
    }

    private FormulaNode Binary(int tightness)
    {
        var left = Prefix(tightness);
        while (true)
        {
            var token = Current;
            var power = Power(token);
            if (power == 0 || power < tightness)
            {
                return left;
            }

            left = power switch
            {
                _or or _and => Logic(left, power),
                _comparison => Compared(left),
                _power => RaisedTo(left),
                _ => Arithmetic(left, power),
            };
        }
    }

    private int Power(Token token) => token.Kind != TokenKind.Operator ? 0 : token.Text switch
    {
        "or" or "||" => _or,
        "and" or "&&" => _and,
        "==" or "!=" or "<" or "<=" or ">" or ">=" or "in" or "is" => _comparison,
        "not" when _tokens[_at + 1].Is("in") => _comparison,
        "+" or "-" => _sum,
        "*" or "/" or "//" or "%" => _product,
        "**" => _power,
        _ => 0,
    };

    private LogicNode Logic(FormulaNode left, int power)
    {
        var token = Take();
        return new(token.Position, power == _and, left, Binary(power + 1));
    }

    private ArithmeticNode Arithmetic(FormulaNode left, int power)
    {
        var token = Take();
        return new(token.Position, token.Text, left, Binary(power + 1));
    }

    private ArithmeticNode RaisedTo(FormulaNode left)
    {
        var token = Take();
        Enter();
        var exponent = Binary(_sign);
        _depth--;
        return new(token.Position, "**", left, exponent);
    }

    private ComparisonNode Compared(FormulaNode first)
    {
        var position = Current.Position;
        var operands = ImmutableArray.CreateBuilder<FormulaNode>();
        var signs = ImmutableArray.CreateBuilder<Token>();
        operands.Add(first);
        while (Power(Current) == _comparison)
        {
            var sign = Take();
            if (sign.Is("not"))
            {
                _at++;
                sign = sign with { Text = "not in" };
            }
            else if (sign.Is("is") && Current.Is("not"))
            {
                _at++;
                sign = sign with { Text = "is not" };
            }

            signs.Add(sign);
            operands.Add(Binary(_comparison + 1));
            Note(operands[^2], sign, operands[^1]);
        }

        return new(position, operands.ToImmutable(), signs.ToImmutable());
    }

    private void Note(FormulaNode left, Token sign, FormulaNode right)
    {
        if (sign.Text is "==" or "!=" or "is" or "is not")
        {
            Add(left as NameNode ?? right as NameNode, left as LiteralNode ?? right as LiteralNode);
        }
        else if (sign.Text is "in" or "not in" && right is ListLiteralNode list)
        {
            foreach (var item in list.Items)
            {
                Add(left as NameNode, item as LiteralNode);
            }
        }

        void Add(NameNode? name, LiteralNode? literal)
        {
            if (name is not null && literal is not null)
            {
                Comparisons.Add(new(name.Segments, literal.Value, literal.At, literal.Length));
            }
        }
    }

    private FormulaNode Prefix(int tightness)
    {
        var token = Current;
        var power = token.Kind != TokenKind.Operator ? 0 : token.Text switch
        {
            "not" => _not,
            "-" or "+" or "!" => _sign,
            _ => 0,
        };
        if (power == 0)
        {
            return Postfix();
        }

        if (power < tightness)
        {
            throw Error($"'{token.Text}' cannot stand here; put it in brackets with what it belongs to.", token.Position);
        }

        Enter();
        _at++;
        var operand = Binary(power);
        _depth--;
        return new UnaryNode(token.Position, token.Text == "!" ? "not" : token.Text, operand);
    }

    private Token Take()
    {
        var token = Current;
        if (token.Kind != TokenKind.End)
        {
            _at++;
        }

        return token;
    }

    private void Expect(string sign, Token opener, string rule)
    {
        if (!Current.Is(sign))
        {
            throw Current.Kind == TokenKind.End
                ? Error($"There is no '{sign}' for this '{opener.Text}': {rule}.", opener.Position)
                : Error($"'{Current.Text}' stands where '{sign}' is expected: {rule}.", Current.Position);
        }

        _at++;
    }

    private void Enter()
    {
        if (++_depth > _deepest)
        {
            throw Error($"The expression is nested more than {_deepest} levels deep.", Current.Position);
        }
    }

    private ExpressionException Error(string problem, int position) => new(problem, text, position);
}
