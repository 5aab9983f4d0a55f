namespace Tuning.Spaces.Expressions;

/// <content>What operators stand between: literals, names, calls, lists, brackets, and what is indexed.</content>
internal sealed partial class Parser
{
    private FormulaNode Postfix()
    {
        var value = Primary();
        while (true)
        {
            var token = Current;
            if (token.Is("["))
            {
                _at++;
                var index = Expression();
                Expect("]", token, "the bracket is not closed");
                value = Constant(index) is { } part && value is NameNode name ? Below(name, [part]) : new IndexNode(token.Position, value, index);
            }
            else if (token.Is(".") && value is NameNode name && _tokens[_at + 1].Kind == TokenKind.Name)
            {
                _at++;
                value = Below(name, Take().Segments);
            }
            else
            {
                break;
            }
        }

        return value is NameNode { Segments.IsEmpty: true } whole
            ? throw Error("'spec.config' is all parameters; write spec.config.lr, or lr alone.", whole.At)
            : value;
    }

    private FormulaNode Primary()
    {
        var token = Take();
        if (token.Kind == TokenKind.Literal)
        {
            return new LiteralNode(token.Position, token.Value, token.Text.Length);
        }

        if (token.Kind == TokenKind.Name)
        {
            return Current.Is("(") ? Call(token) : Name(token);
        }

        if (token.Is("("))
        {
            var value = Expression();
            Expect(")", token, "the bracket is not closed");
            return value is NameNode name ? name : value;
        }

        if (token.Is("["))
        {
            return new ListLiteralNode(token.Position, Items("]", token));
        }

        throw Error(token.Kind == TokenKind.End
            ? text.Length == 0 || string.IsNullOrWhiteSpace(text) ? "The expression is empty." : "The expression ends where a value is expected."
            : $"'{token.Text}' stands where a value is expected.", token.Position);
    }

    private NameNode Name(Token token)
    {
        var node = new NameNode(token.Position, token.Segments is ["spec", "config", .. var rest] ? [.. rest] : token.Segments);
        _names.Add(node);
        return node;
    }

    private NameNode Below(NameNode name, IEnumerable<string> parts)
    {
        var node = new NameNode(name.At, [.. name.Segments, .. parts]);
        _names[_names.IndexOf(name)] = node;
        return node;
    }

    private static string? Constant(FormulaNode index) => index is LiteralNode { Value: string or long } literal
        ? literal.Value as string ?? ((long)literal.Value).ToString(CultureInfo.InvariantCulture)
        : null;

    private CallNode Call(Token token)
    {
        var name = token.Segments is ["np" or "numpy" or "math", var inner] ? inner : token.Text;
        if (!Functions.Arity.TryGetValue(name, out var arity))
        {
            throw Error(name.Contains("random", StringComparison.Ordinal) || name.Contains("rand", StringComparison.Ordinal)
                ? $"'{name}' is no function here; a random value is a domain, such as {{uniform: [0, 1]}}, in a parameter of its own."
                : $"There is no function '{name}'{NearestName.Hint(name, [.. Functions.Arity.Keys], "functions")}", token.Position);
        }

        var open = Take();
        var arguments = Items(")", open);
        return arguments.Length >= arity.Least && arguments.Length <= arity.Most
            ? new(token.Position, name, arguments)
            : throw Error($"{name} takes {(arity.Least == arity.Most ? $"{arity.Least}" : arity.Most == int.MaxValue ? "one or more"
                : $"{arity.Least} or {arity.Most}")} argument(s), here are {arguments.Length}.", token.Position);
    }

    private ImmutableArray<FormulaNode> Items(string close, Token open)
    {
        var items = ImmutableArray.CreateBuilder<FormulaNode>();
        while (!Current.Is(close))
        {
            items.Add(Expression());
            if (!Current.Is(","))
            {
                break;
            }

            _at++;
        }

        Expect(close, open, "the bracket is not closed");
        return items.ToImmutable();
    }
}
