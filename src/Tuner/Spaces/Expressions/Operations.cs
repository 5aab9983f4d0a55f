namespace Tuning.Spaces.Expressions;

/// <summary>An operation has no value; the node that asked for it adds the place.</summary>
internal sealed class OperationException(string message) : Exception(message);

/// <summary>Arithmetic and comparisons with Python's typing: <c>/</c> is real, <c>//</c> rounds down, whole numbers stay whole, flags count as 0 and
/// 1.</summary>
internal static class Operations
{
    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool flag => flag,
        long whole => whole != 0,
        double real => real != 0,
        string text => text.Length > 0,
        ParameterList list => list.Count > 0,
        ParameterSet set => set.Count > 0,
        _ => true,
    };

    public static object Arithmetic(string sign, object? a, object? b)
    {
        if (sign == "+" && a is string first && b is string second)
        {
            return first + second;
        }

        if (Whole(a) is { } x && Whole(b) is { } y)
        {
            try
            {
                return Wholes(sign, x, y);
            }
            catch (OverflowException)
            {
                throw new OperationException($"{x} {sign} {y} is too large for a whole number; write one of them with a fraction, such as {x}.0.");
            }
        }

        if (Real(a) is { } u && Real(b) is { } v)
        {
            return Finite(Reals(sign, u, v), $"{Domain.Text(a)} {sign} {Domain.Text(b)}");
        }

        throw new OperationException(a is null || b is null
            ? $"{Domain.Text(a)} {sign} {Domain.Text(b)} has no value; test for null first: 0 if x == null else x."
            : $"{Domain.Text(a)} {sign} {Domain.Text(b)} has no value: '{sign}' takes numbers{(sign == "+" ? ", or two texts" : "")}.");
    }

    /// <summary>True, false, or <see cref="Formula.Absent"/>.</summary>
    public static object? Compare(string sign, object? a, object? b)
    {
        if (a == Formula.Absent || b == Formula.Absent)
        {
            // An absent parameter is null to those who ask for it, and undecided to all others.
            return sign switch
            {
                "==" or "is" when a is null || b is null => true,
                "!=" or "is not" when a is null || b is null => false,
                _ => Formula.Absent,
            };
        }

        return sign switch
        {
            "==" or "is" => AreEqual(a, b),
            "!=" or "is not" => !AreEqual(a, b),
            "in" => IsIn(a, b),
            "not in" => !IsIn(a, b),
            "<" => Order(sign, a, b) is < 0,
            "<=" => Order(sign, a, b) is <= 0,
            ">" => Order(sign, a, b) is > 0,
            _ => Order(sign, a, b) is >= 0,
        };
    }

    public static long? Whole(object? value) => value switch
    {
        long whole => whole,
        bool flag => flag ? 1 : 0,
        _ => null,
    };

    public static double? Real(object? value) => value is double real ? real : Whole(value);

    /// <summary>The order of two numbers or texts; null when one is NaN.</summary>
    public static int? Order(string sign, object? a, object? b)
    {
        if (Whole(a) is { } x && Whole(b) is { } y)
        {
            return x.CompareTo(y);
        }

        if (Real(a) is { } u && Real(b) is { } v)
        {
            return double.IsNaN(u) || double.IsNaN(v) ? null : u.CompareTo(v);
        }

        return a is string first && b is string second
            ? string.CompareOrdinal(first, second)
            : throw new OperationException($"{Domain.Text(a)} {sign} {Domain.Text(b)} has no value: two numbers have an order, or two texts.");
    }

    public static double Finite(double value, string what) => double.IsNaN(value) ? throw new OperationException($"{what} is not a number.") : value;

    public static bool AreEqual(object? a, object? b) => (a, b) switch
    {
        (string x, string y) => string.Equals(x, y, StringComparison.Ordinal),
        (ParameterList x, ParameterList y) => x.Count == y.Count && x.Zip(y).All(p => AreEqual(p.First, p.Second)),
        _ when Whole(a) is { } x && Whole(b) is { } y => x == y,
        _ when Real(a) is { } x && Real(b) is { } y => x == y,
        _ => Equals(a, b),
    };

    private static bool IsIn(object? item, object? container) => (item, container) switch
    {
        (_, ParameterList list) => list.Any(e => AreEqual(item, e)),
        (string part, string text) => text.Contains(part, StringComparison.Ordinal),
        (string name, ParameterSet set) => set.TryGetOwn(name, out _),
        _ => throw new OperationException($"{Domain.Text(item)} in {Domain.Text(container)} has no value: 'in' takes a list, or a text in a text."),
    };

    private static object Wholes(string sign, long x, long y)
    {
        if (y == 0 && sign is ("/" or "//" or "%"))
        {
            throw new OperationException($"{x} {sign} 0 has no value.");
        }

        return sign switch
        {
            "+" => checked(x + y),
            "-" => checked(x - y),
            "*" => checked(x * y),
            "/" => (double)x / y,
            "//" => checked(x / y) - (x % y != 0 && (x < 0) != (y < 0) ? 1 : 0),
            "%" => y == -1 ? 0L : x % y is var rest && rest != 0 && (rest < 0) != (y < 0) ? rest + y : x % y,
            _ => Power(x, y),
        };
    }

    private static object Power(long x, long y)
    {
        if (y < 0)
        {
            return x == 0 ? throw new OperationException($"0 ** {y} has no value.") : Math.Pow(x, y);
        }

        var result = 1L;
        for (var (factor, rest) = (x, y); rest > 0;)
        {
            if ((rest & 1) == 1)
            {
                result = checked(result * factor);
            }

            rest >>= 1;
            if (rest > 0)
            {
                factor = checked(factor * factor);
            }
        }

        return result;
    }

    private static double Reals(string sign, double u, double v)
    {
        if (v == 0 && sign is ("/" or "//" or "%"))
        {
            throw new OperationException($"{Domain.Text(u)} {sign} 0 has no value.");
        }

        switch (sign)
        {
            case "+":
                return u + v;
            case "-":
                return u - v;
            case "*":
                return u * v;
            case "/":
                return u / v;
            case "//":
                return Math.Floor(u / v);
            case "%":
                var rest = u % v;
                return rest != 0 && (rest < 0) != (v < 0) ? rest + v : rest;
            default:
                return u == 0 && v < 0 ? throw new OperationException($"0 ** {Domain.Text(v)} has no value.") : Math.Pow(u, v);
        }
    }
}
