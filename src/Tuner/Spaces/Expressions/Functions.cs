namespace Tuning.Spaces.Expressions;

/// <summary>The functions of the expression language.</summary>
internal static class Functions
{
    /// <summary>Their names, with the least and the most arguments.</summary>
    public static IReadOnlyDictionary<string, (int Least, int Most)> Arity { get; } = new Dictionary<string, (int, int)>(StringComparer.Ordinal)
    {
        ["abs"] = (1, 1),
        ["min"] = (1, int.MaxValue),
        ["max"] = (1, int.MaxValue),
        ["round"] = (1, 2),
        ["floor"] = (1, 1),
        ["ceil"] = (1, 1),
        ["sqrt"] = (1, 1),
        ["exp"] = (1, 1),
        ["log"] = (1, 2),
        ["log2"] = (1, 1),
        ["log10"] = (1, 1),
        ["pow"] = (2, 2),
        ["sin"] = (1, 1),
        ["cos"] = (1, 1),
        ["tan"] = (1, 1),
        ["tanh"] = (1, 1),
        ["int"] = (1, 1),
        ["float"] = (1, 1),
        ["str"] = (1, 1),
        ["len"] = (1, 1),
        ["sum"] = (1, 1),
    };

    /// <summary>The value of a function.</summary>
    /// <exception cref="OperationException">There is none for these arguments.</exception>
    public static object? Call(string name, object?[] arguments)
    {
        var value = arguments[0];
        switch (name)
        {
            case "min" or "max":
                return Extreme(name, arguments);
            case "sum":
                return (value as ParameterList ?? throw Wrong(name, value, "a list"))
                    .Aggregate((object)0L, (total, item) => Operations.Arithmetic("+", total, item));
            case "len":
                return value switch
                {
                    string text => (long)text.Length,
                    ParameterList list => list.Count,
                    ParameterSet set => set.Count,
                    _ => throw Wrong(name, value, "a list, a map or a text"),
                };
            case "str":
                return value as string ?? Domain.Text(value);
            case "int" or "float" when value is string text:
                return Parse(name, text);
            case "pow":
                return Operations.Arithmetic("**", value, arguments[1]);
        }

        if (Operations.Whole(value) is { } whole)
        {
            switch (name)
            {
                case "abs":
                    return whole == long.MinValue ? throw new OperationException($"abs({whole}) is too large for a whole number.") : Math.Abs(whole);
                case "int" or "floor" or "ceil":
                case "round" when arguments.Length == 1 || Operations.Whole(arguments[1]) >= 0:
                    return whole;
            }
        }

        return Operations.Real(value) is { } real ? OfReal(name, real, arguments) : throw Wrong(name, value, "a number");
    }

    private static object OfReal(string name, double x, object?[] arguments)
    {
        if (name is ("log" or "log2" or "log10") && x <= 0)
        {
            throw new OperationException($"{name}({Domain.Text(x)}) has no value: the logarithm takes numbers above 0.");
        }

        var y = name switch
        {
            "abs" => Math.Abs(x),
            "round" when arguments.Length == 2 => RoundTo(x, arguments[1]),
            "round" => Math.Round(x, MidpointRounding.ToEven),
            "floor" => Math.Floor(x),
            "ceil" => Math.Ceiling(x),
            "int" => Math.Truncate(x),
            "float" => x,
            "sqrt" => Math.Sqrt(x),
            "exp" => Math.Exp(x),
            "log" when arguments.Length == 2 => Math.Log(x) / Math.Log(Base(arguments[1])),
            "log" => Math.Log(x),
            "log2" => Math.Log2(x),
            "log10" => Math.Log10(x),
            "sin" => Math.Sin(x),
            "cos" => Math.Cos(x),
            "tan" => Math.Tan(x),
            _ => Math.Tanh(x),
        };
        Operations.Finite(y, $"{name}({Domain.Text(x)})");
        return name is "floor" or "ceil" or "int" || (name == "round" && arguments.Length == 1) ? (object)ToWhole(name, x, y) : y;
    }

    private static double Base(object? value) => Operations.Real(value) is > 0 and not 1 and { } b ? b
        : throw Wrong("log", value, "a base above 0 other than 1");

    private static double RoundTo(double x, object? digits) => Operations.Whole(digits) switch
    {
        >= 0 and <= 15 and { } d => Math.Round(x, (int)d, MidpointRounding.ToEven),
        > 15 => x,
        < 0 and >= -300 and { } d => Math.Round(x / Math.Pow(10, -d), MidpointRounding.ToEven) * Math.Pow(10, -d),
        < 0 => 0,
        null => throw Wrong("round", digits, "a whole number of digits"),
    };

    private static long ToWhole(string name, double x, double y) => y is >= -9.2233720368547758e18 and < 9.2233720368547758e18
        ? (long)y
        : throw new OperationException($"{name}({Domain.Text(x)}) is too large for a whole number.");

    private static object Parse(string name, string text) => name switch
    {
        "int" when long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var whole) => (object)whole,
        "float" when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && !double.IsNaN(real) => real,
        _ => throw Wrong(name, text, name == "int" ? "the text of a whole number" : "the text of a number"),
    };

    private static object? Extreme(string name, object?[] arguments)
    {
        var items = arguments is [ParameterList list] ? list : (IReadOnlyList<object?>)arguments;
        if (items.Count == 0)
        {
            throw new OperationException($"{name}([]) has no value.");
        }

        var best = items[0];
        if (items.Count == 1)
        {
            Operations.Order("<", best, best);
        }

        for (var i = 1; i < items.Count; i++)
        {
            var order = Operations.Order("<", items[i], best);
            best = name == "min" ? (order < 0 ? items[i] : best) : (order > 0 ? items[i] : best);
        }

        return best;
    }

    private static OperationException Wrong(string name, object? value, string wanted) => new($"{name}({Domain.Text(value)}) has no value: it takes {wanted}.");
}
