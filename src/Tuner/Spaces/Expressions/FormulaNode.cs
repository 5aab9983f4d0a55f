namespace Tuning.Spaces.Expressions;

/// <summary>What an evaluation goes by.</summary>
internal readonly record struct FormulaContext(string Text, IFormulaScope Scope);

/// <summary>A node of a parsed expression. Immutable.</summary>
/// <param name="position">Where it stands, for errors.</param>
internal abstract class FormulaNode(int position)
{
    protected int Position { get; } = position;

    public abstract object? Evaluate(in FormulaContext context);

    /// <summary>By how much it is not fulfilled: 0 when it holds, else 1 where there is no better measure; NaN when that is undecided.</summary>
    public virtual double Violation(in FormulaContext context) =>
        Evaluate(context) is var value && value == Formula.Absent ? double.NaN : Operations.IsTrue(value) ? 0 : 1;

    protected ExpressionException Error(in FormulaContext context, string problem) => new(problem, context.Text, Position);

    protected object? Guard(in FormulaContext context, Func<object?> operation)
    {
        try
        {
            return operation();
        }
        catch (OperationException e)
        {
            throw Error(context, e.Message);
        }
    }
}

internal sealed class LiteralNode(int position, object? value, int length) : FormulaNode(position)
{
    public int At => Position;

    public int Length => length;

    public object? Value { get; } = value;

    public override object? Evaluate(in FormulaContext context) => Value;
}

internal sealed class NameNode(int position, ImmutableArray<string> segments) : FormulaNode(position)
{
    public ImmutableArray<string> Segments { get; } = segments;

    public int At => Position;

    public override object? Evaluate(in FormulaContext context) => context.Scope.Find(Segments, out var value) switch
    {
        NameLookup.Found => value,
        NameLookup.Absent => Formula.Absent,
        _ => throw Unknown(context.Text, context.Scope.Names),
    };

    public ExpressionException Unknown(string text, IReadOnlyCollection<string> known)
    {
        var name = string.Join('.', Segments);
        return new($"There is no parameter '{name}'{Values.NearestName.Hint(name, known, "parameters")}", text, Position);
    }
}

internal sealed class ListLiteralNode(int position, ImmutableArray<FormulaNode> items) : FormulaNode(position)
{
    public ImmutableArray<FormulaNode> Items => items;

    public override object? Evaluate(in FormulaContext context)
    {
        var values = new object?[items.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = items[i].Evaluate(context);
            if (values[i] == Formula.Absent)
            {
                return Formula.Absent;
            }
        }

        return new ParameterList(values);
    }
}

internal sealed class IndexNode(int position, FormulaNode target, FormulaNode index) : FormulaNode(position)
{
    public override object? Evaluate(in FormulaContext context)
    {
        var (from, at) = (target.Evaluate(context), index.Evaluate(context));
        if (from == Formula.Absent || at == Formula.Absent)
        {
            return Formula.Absent;
        }

        return (from, at) switch
        {
            (ParameterList list, long i) when i < list.Count && i >= -list.Count => list[(int)(i < 0 ? i + list.Count : i)],
            (ParameterList list, long i) => throw Error(context, $"There is no element {i} in {list}, which has {list.Count}."),
            (ParameterSet set, string name) when set.TryGetOwn(name, out var value) => value,
            (ParameterSet set, string name) => throw Error(context, $"There is no '{name}' in {set}."),
            (ParameterList, _) => throw Error(context, $"{Domain.Text(at)} is no position in a list; give a whole number."),
            _ => throw Error(context, $"{Domain.Text(from)} has no elements."),
        };
    }
}

internal sealed class UnaryNode(int position, string sign, FormulaNode operand) : FormulaNode(position)
{
    public override object? Evaluate(in FormulaContext context)
    {
        var value = operand.Evaluate(context);
        return value == Formula.Absent ? value
            : sign == "not" ? !Operations.IsTrue(value)
            : Guard(context, () => sign == "-" ? Operations.Arithmetic("-", 0L, value) : Operations.Arithmetic("+", 0L, value));
    }
}

internal sealed class ArithmeticNode(int position, string sign, FormulaNode left, FormulaNode right) : FormulaNode(position)
{
    public override object? Evaluate(in FormulaContext context)
    {
        var (a, b) = (left.Evaluate(context), right.Evaluate(context));
        return a == Formula.Absent || b == Formula.Absent ? Formula.Absent : Guard(context, () => Operations.Arithmetic(sign, a, b));
    }
}

/// <summary><c>and</c>, <c>or</c>: the deciding operand, as in Python. An absent operand is undecided, as in SQL.</summary>
internal sealed class LogicNode(int position, bool isAnd, FormulaNode left, FormulaNode right) : FormulaNode(position)
{
    public override object? Evaluate(in FormulaContext context)
    {
        var a = left.Evaluate(context);
        if (a != Formula.Absent && Operations.IsTrue(a) != isAnd)
        {
            return a;
        }

        var b = right.Evaluate(context);
        return a != Formula.Absent || (b != Formula.Absent && Operations.IsTrue(b) != isAnd) ? b : Formula.Absent;
    }

    /// <summary>What is to hold together adds up.</summary>
    public override double Violation(in FormulaContext context) => isAnd ? left.Violation(context) + right.Violation(context) : base.Violation(context);
}

internal sealed class ConditionalNode(int position, FormulaNode condition, FormulaNode then, FormulaNode otherwise) : FormulaNode(position)
{
    public override object? Evaluate(in FormulaContext context)
    {
        var value = condition.Evaluate(context);
        return value == Formula.Absent ? value : Operations.IsTrue(value) ? then.Evaluate(context) : otherwise.Evaluate(context);
    }
}

/// <summary>Comparisons, chained as in Python: <c>a &lt; b &lt;= c</c> is <c>a &lt; b and b &lt;= c</c>.</summary>
internal sealed class ComparisonNode(int position, ImmutableArray<FormulaNode> operands, ImmutableArray<Token> signs) : FormulaNode(position)
{
    /// <summary>For an order of numbers how far they are from it, in sum; a strict order of equal ones misses by the least there is.</summary>
    public override double Violation(in FormulaContext context)
    {
        var sum = 0.0;
        var left = operands[0].Evaluate(context);
        for (var i = 0; i < signs.Length; i++)
        {
            var right = operands[i + 1].Evaluate(context);
            sum += Miss(signs[i], left, right, context.Text);
            left = right;
        }

        return sum;
    }

    private static double Miss(Token sign, object? left, object? right, string text)
    {
        try
        {
            return Operations.Compare(sign.Text, left, right) switch
            {
                true => 0,
                false => sign.Text is "<" or "<=" or ">" or ">=" && Operations.Real(left) is { } a && Operations.Real(right) is { } b
                    ? Math.Max(Math.Abs(a - b), double.Epsilon)
                    : 1,
                _ => double.NaN,
            };
        }
        catch (OperationException e)
        {
            throw new ExpressionException(e.Message, text, sign.Position);
        }
    }

    public override object? Evaluate(in FormulaContext context)
    {
        var undecided = false;
        var left = operands[0].Evaluate(context);
        for (var i = 0; i < signs.Length; i++)
        {
            var right = operands[i + 1].Evaluate(context);
            object? holds;
            try
            {
                holds = Operations.Compare(signs[i].Text, left, right);
            }
            catch (OperationException e)
            {
                throw new ExpressionException(e.Message, context.Text, signs[i].Position);
            }

            if (holds == Formula.Absent)
            {
                undecided = true;
            }
            else if (holds is false)
            {
                return false;
            }

            left = right;
        }

        return undecided ? Formula.Absent : true;
    }
}

internal sealed class CallNode(int position, string name, ImmutableArray<FormulaNode> arguments) : FormulaNode(position)
{
    public override object? Evaluate(in FormulaContext context)
    {
        var values = new object?[arguments.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = arguments[i].Evaluate(context);
            if (values[i] == Formula.Absent)
            {
                return Formula.Absent;
            }
        }

        return Guard(context, () => Functions.Call(name, values));
    }
}
