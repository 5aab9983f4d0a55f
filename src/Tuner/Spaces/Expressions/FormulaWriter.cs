using System.Collections;
using System.Linq.Expressions;
using System.Reflection;
using LinqExpression = System.Linq.Expressions.Expression;

namespace Tuning.Spaces.Expressions;

/// <summary>
/// Writes a condition that was given in C# in the expression language, so that the record holds it as text. What depends on no parameter is
/// computed now. Whole numbers are divided as in C#, towards 0.
/// </summary>
internal sealed class FormulaWriter
{
    private readonly LambdaExpression _whole;

    private FormulaWriter(LambdaExpression whole) => _whole = whole;

    /// <summary>The text of a condition.</summary>
    /// <exception cref="ArgumentException">The language has no words for a part of it; the message shows the part.</exception>
    public static string Write(LambdaExpression condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var text = new FormulaWriter(condition).Text(condition.Body);
        return Formula.Parse(Closes(text) ? text[1..^1] : text).Text;
    }

    /// <summary>The path of a parameter: <c>model.hidden_size</c> of <c>c => c.Model.HiddenSize</c>.</summary>
    /// <exception cref="ArgumentException">It is no chain of properties.</exception>
    public static string PathOf(LambdaExpression property)
    {
        ArgumentNullException.ThrowIfNull(property);
        return SegmentsOf(property.Body) is { Count: > 0 } names
            ? string.Join('.', names)
            : throw new ArgumentException($"{property} selects no property; write c => c.Name or c => c.Part.Name.", nameof(property));
    }

    // The names from the parameter of the lambda on; null when it is something else.
    private static Stack<string>? SegmentsOf(LinqExpression expression)
    {
        var names = new Stack<string>();
        var at = expression;
        while (true)
        {
            switch (at)
            {
                case MemberExpression { Member.Name: "Value", Expression: { } inner } when Nullable.GetUnderlyingType(inner.Type) is not null:
                    at = inner;
                    break;
                case MemberExpression { Member: PropertyInfo or FieldInfo } member:
                    var given = member.Member.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name;
                    names.Push(given ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Member.Name));
                    at = member.Expression;
                    break;
                case UnaryExpression { NodeType: ExpressionType.Convert } convert when names.Count == 0 && convert.Type.IsAssignableFrom(convert.Operand.Type):
                    at = convert.Operand;
                    break;
                default:
                    return at is ParameterExpression ? names : null;
            }
        }
    }

    private string Text(LinqExpression expression)
    {
        if (!UsesParameter.In(expression))
        {
            return Literal(expression, Value(expression));
        }

        if (expression is MemberExpression { Expression: { } owner, Member.Name: var property })
        {
            switch (property)
            {
                case "HasValue" when Nullable.GetUnderlyingType(owner.Type) is not null:
                    return $"({Text(owner)} != null)";
                case "Length" or "Count" when owner.Type != typeof(object) && typeof(IEnumerable).IsAssignableFrom(owner.Type):
                    return $"len({Text(owner)})";
            }
        }

        return SegmentsOf(expression) is { Count: > 0 } names ? Name(names) : expression switch
        {
            BinaryExpression binary => Binary(binary),
            UnaryExpression unary => Unary(unary),
            ConditionalExpression choice => $"({Text(choice.IfTrue)} if {Text(choice.Test)} else {Text(choice.IfFalse)})",
            MethodCallExpression call => Call(call),
            NewArrayExpression { NodeType: ExpressionType.NewArrayInit } list => $"[{string.Join(", ", list.Expressions.Select(Text))}]",
            _ => throw Wordless(expression),
        };
    }

    private string Binary(BinaryExpression binary)
    {
        var (left, right) = Operands(binary);
        var isWhole = IsWhole(binary.Left.Type) && IsWhole(binary.Right.Type);
        return binary.NodeType switch
        {
            ExpressionType.AndAlso or ExpressionType.And when IsFlag(binary.Type) => $"({left} and {right})",
            ExpressionType.OrElse or ExpressionType.Or when IsFlag(binary.Type) => $"({left} or {right})",
            ExpressionType.Equal => $"({Bare(binary.Left, left)} == {Bare(binary.Right, right)})",
            ExpressionType.NotEqual => $"({Bare(binary.Left, left)} != {Bare(binary.Right, right)})",
            ExpressionType.ExclusiveOr when IsFlag(binary.Type) => $"({left} != {right})",
            ExpressionType.LessThan => $"({Bare(binary.Left, left)} < {Bare(binary.Right, right)})",
            ExpressionType.LessThanOrEqual => $"({Bare(binary.Left, left)} <= {Bare(binary.Right, right)})",
            ExpressionType.GreaterThan => $"({Bare(binary.Left, left)} > {Bare(binary.Right, right)})",
            ExpressionType.GreaterThanOrEqual => $"({Bare(binary.Left, left)} >= {Bare(binary.Right, right)})",
            ExpressionType.Add or ExpressionType.AddChecked when binary.Method is null || IsConcatenation(binary) => $"({left} + {right})",
            ExpressionType.Add or ExpressionType.AddChecked when binary.Type == typeof(decimal) => $"({left} + {right})",
            ExpressionType.Subtract or ExpressionType.SubtractChecked => $"({left} - {right})",
            ExpressionType.Multiply or ExpressionType.MultiplyChecked => $"({left} * {right})",
            ExpressionType.Divide => isWhole ? $"int({left} / {right})" : $"({left} / {right})",

            // C#'s remainder has the sign of the left side.
            ExpressionType.Modulo => $"({left} - int({left} / {right}) * {right})",
            ExpressionType.ArrayIndex => $"{left}[{right}]",
            _ => throw Wordless(binary),
        };
    }

    // Members of an enumeration are compared as whole numbers in C#, by their names here.
    private (string Left, string Right) Operands(BinaryExpression binary)
    {
        if (EnumOf(binary.Left) is { } left && !UsesParameter.In(binary.Right))
        {
            return (Text(left), Member(left, binary.Right));
        }

        return EnumOf(binary.Right) is { } right && !UsesParameter.In(binary.Left) ? (Member(right, binary.Left), Text(right))
            : EnumOf(binary.Left) is { } both && EnumOf(binary.Right) is { } other ? (Text(both), Text(other))
            : (Text(binary.Left), Text(binary.Right));
    }

    private string Member(LinqExpression parameter, LinqExpression constant)
    {
        var type = Nullable.GetUnderlyingType(parameter.Type) ?? parameter.Type;
        return Literal(constant, Value(constant) is { } value ? value as Enum ?? Enum.ToObject(type, value) : null);
    }

    // The parameter of an enumeration's type that stands here, be it converted to a number.
    private static LinqExpression? EnumOf(LinqExpression expression)
    {
        var at = expression;
        while (at is UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked } convert)
        {
            at = convert.Operand;
        }

        return (Nullable.GetUnderlyingType(at.Type) ?? at.Type).IsEnum && UsesParameter.In(at) ? at : null;
    }

    private string Unary(UnaryExpression unary)
    {
        var (from, to) = (Plain(unary.Operand.Type), Plain(unary.Type));
        return unary.NodeType switch
        {
            ExpressionType.Not when IsFlag(unary.Type) => $"(not {Text(unary.Operand)})",
            ExpressionType.Negate or ExpressionType.NegateChecked => $"(-{Text(unary.Operand)})",
            ExpressionType.UnaryPlus or ExpressionType.Quote => Text(unary.Operand),
            ExpressionType.ArrayLength => $"len({Text(unary.Operand)})",
            ExpressionType.Convert or ExpressionType.ConvertChecked when IsReal(from) && IsWhole(to) => $"int({Text(unary.Operand)})",
            ExpressionType.Convert or ExpressionType.ConvertChecked when (IsNumber(from) && IsNumber(to)) || to.IsAssignableFrom(from) => Text(unary.Operand),
            _ => throw Wordless(unary),
        };
    }

    private string Call(MethodCallExpression call)
    {
        var (name, arguments) = (call.Method.Name, call.Arguments);
        if (call.Method.DeclaringType == typeof(Math) || call.Method.DeclaringType == typeof(MathF))
        {
            var function = (name, arguments.Count) switch
            {
                ("Ceiling", 1) => "ceil",
                ("Round", 1) or ("Log", 1 or 2) or ("Min" or "Max" or "Pow", 2) => name.ToLowerInvariant(),
                ("Round", 2) when arguments[1].Type == typeof(int) => "round",
                ("Abs" or "Floor" or "Sqrt" or "Exp" or "Log2" or "Log10" or "Sin" or "Cos" or "Tan" or "Tanh", 1) => name.ToLowerInvariant(),
                _ => throw Wordless(call),
            };
            return $"{function}({string.Join(", ", arguments.Select(Text))})";
        }

        switch (name)
        {
            case "Contains" when call.Object is { } container && arguments.Count == 1:
                return Contains(container, arguments[0]);
            case "Contains" when call.Object is null && arguments.Count >= 2 && arguments.Skip(2).All(a => a is ConstantExpression { Value: null }):
                return Contains(Unspanned(arguments[0]), arguments[1]);
            case "Equals" when call.Object is { } one && arguments.Count == 1:
                var other = arguments[0].Type == one.Type ? arguments[0] : LinqExpression.Convert(Unconverted(arguments[0]), one.Type);
                return Text(LinqExpression.Equal(one, other));
            case "Equals" when call.Object is null && arguments.Count == 2 && call.Method.DeclaringType == typeof(string):
                return $"({Text(arguments[0])} == {Text(arguments[1])})";
            case "get_Item" when call.Object is { } list && arguments.Count == 1:
                return $"{Text(list)}[{Text(arguments[0])}]";
            case "Sum" or "Count" when call.Method.DeclaringType == typeof(Enumerable) && arguments.Count == 1:
                return $"{(name == "Sum" ? "sum" : "len")}({Text(arguments[0])})";
            default:
                throw Wordless(call);
        }
    }

    private string Contains(LinqExpression container, LinqExpression item) => $"({Text(item)} in {Text(container)})";

    // Lists are searched as spans where they can be.
    private static LinqExpression Unspanned(LinqExpression expression) => expression switch
    {
        MethodCallExpression { Method.Name: "op_Implicit", Arguments: [var list] } => list,
        UnaryExpression { NodeType: ExpressionType.Convert, Operand: var list } when expression.Type.IsByRefLike => list,
        _ => expression,
    };

    private static LinqExpression Unconverted(LinqExpression expression) =>
        expression is UnaryExpression { NodeType: ExpressionType.Convert, Operand: var operand } && expression.Type == typeof(object) ? operand : expression;

    private string Literal(LinqExpression expression, object? value)
    {
        object? normal;
        try
        {
            // The shortest decimal is what the author of a float wrote.
            value = value is float single ? double.Parse(single.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : value;
            normal = ParameterSet.Normalize(value);
        }
        catch (ArgumentException)
        {
            throw Wordless(expression);
        }

        return Written(normal) ?? throw Wordless(expression);
    }

    private static string? Written(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        string text => Quoted(text),
        long or double => Number(value),
        ParameterList list when list.All(i => Written(i) is not null) => $"[{string.Join(", ", list.Select(Written))}]",
        _ => null,
    };

    private static string? Number(object value) => value is double and (double.PositiveInfinity or double.NegativeInfinity) ? null
        : Domain.Text(value) is var text && text.StartsWith('-') ? $"({text})" : text;

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(c switch { '\n' => "\\n", '\t' => "\\t", '\\' => "\\\\", '"' => "\\\"", _ => c.ToString() });
        }

        return quoted.Append('"').ToString();
    }

    private static string Name(Stack<string> segments) => string.Join('.', segments.Select(s =>
        s.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !char.IsAsciiDigit(s[0])
        && s is not ("and" or "or" or "not" or "in" or "is" or "if" or "else" or "true" or "false" or "null" or "True" or "False" or "None") ? s : $"`{s}`"));

    private object? Value(LinqExpression expression)
    {
        try
        {
            return LinqExpression.Lambda(expression).Compile(preferInterpretation: true).DynamicInvoke();
        }
        catch (TargetInvocationException e)
        {
            throw new ArgumentException($"The condition {_whole} cannot be written: {expression} fails with: {e.InnerException!.Message}", e);
        }
    }

    private ArgumentException Wordless(LinqExpression expression) => new(
        $"The condition {_whole} cannot be written in the expression language, which has no words for {expression}. "
        + "It has properties and constants, + - * / %, comparisons, && || !, ?:, Contains, Length and Count, and Math's Abs, Min, Max, Round, Floor, " +
            "Ceiling, Sqrt, Exp, Log, Log2, Log10, Pow, Sin, Cos, Tan and Tanh. "
        + "Say the rest by a parameter that is computed (Domain.Computed) and compare that.");

    private static bool IsConcatenation(BinaryExpression binary) => binary.Left.Type == typeof(string) && binary.Right.Type == typeof(string);

    private static Type Plain(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static bool IsFlag(Type type) => Plain(type) == typeof(bool);

    private static bool IsWhole(Type type) => !Plain(type).IsEnum && Type.GetTypeCode(Plain(type)) is >= TypeCode.SByte and <= TypeCode.UInt64;

    private static bool IsReal(Type type) => Type.GetTypeCode(Plain(type)) is TypeCode.Single or TypeCode.Double or TypeCode.Decimal;

    private static bool IsNumber(Type type) => IsWhole(type) || IsReal(type);

    // What arithmetic gives is compared without brackets.
    private static string Bare(LinqExpression operand, string text) => IsNumber(operand.Type) && Closes(text) ? text[1..^1] : text;

    // Whether it begins with a bracket that closes at the end.
    private static bool Closes(string text)
    {
        if (!text.StartsWith('(') || !text.EndsWith(')'))
        {
            return false;
        }

        var (depth, quoted) = (0, false);
        for (var i = 0; i < text.Length - 1; i++)
        {
            quoted ^= text[i] == '"' && text[i - 1] != '\\';
            depth += quoted ? 0 : text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            if (depth == 0)
            {
                return false;
            }
        }

        return true;
    }

    private sealed class UsesParameter : ExpressionVisitor
    {
        private bool _found;

        public static bool In(LinqExpression expression)
        {
            var visitor = new UsesParameter();
            visitor.Visit(expression);
            return visitor._found;
        }

        protected override LinqExpression VisitParameter(ParameterExpression node)
        {
            _found = true;
            return node;
        }
    }
}
