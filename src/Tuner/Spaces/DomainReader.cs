namespace Tuning.Spaces;

/// <summary>Reads domains from their canonical form.</summary>
internal static class DomainReader
{
    /// <summary>The names that make a map a domain.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "uniform", "quniform", "loguniform", "qloguniform", "randn", "qrandn", "randint", "qrandint", "lograndint", "qlograndint",
        "choice", "grid_search", "expr", "eval", "code",
    ];

    // As other tools call them.
    private static readonly Dictionary<string, string> _foreign = new(StringComparer.Ordinal)
    {
        ["normal"] = "randn: [mean, sd]",
        ["gaussian"] = "randn: [mean, sd]",
        ["qnormal"] = "qrandn: [mean, sd, q]",
        ["lognormal"] = "z: {randn: [mean, sd]} beside it, and here {expr: \"exp(z)\"}",
        ["log_normal"] = "z: {randn: [mean, sd]} beside it, and here {expr: \"exp(z)\"}",
        ["qlognormal"] = "z: {randn: [mean, sd]} beside it, and here {expr: \"round(exp(z) / q) * q\"} with the step for q",
        ["categorical"] = "choice: [a, b, c]",
    };

    /// <summary>The domain that a map stands for; false when the map is a map of constants.</summary>
    /// <exception cref="ArgumentException">The map means to be a domain, and is none.</exception>
    public static bool TryRead(ParameterSet map, out Domain domain)
    {
        domain = null!;
        var name = map.Names.FirstOrDefault(Names.Contains);
        var others = map.Names.Where(n => n != name && n != "when").ToArray();
        if (name is null)
        {
            if (others is [var foreign] && map[foreign] is ParameterList && _foreign.TryGetValue(foreign, out var instead))
            {
                throw new ArgumentException($"'{foreign}' is no domain here; write {instead}.");
            }

            // Only a list beside a name that is nearly a domain's is taken for a slip of the pen.
            if (others is [var only] && map.TryGet(only, out var value) && value is ParameterList && NearestName.Of(only, Names) is { } near)
            {
                throw new ArgumentException($"'{only}' is no domain; did you mean '{near}'?");
            }

            return others is [var single] && map.Names.Contains("when") && map[single] is ParameterList
                ? throw new ArgumentException($"'{single}' is no domain{NearestName.Hint(single, Names, "domains")}")
                : false;
        }

        if (others.Length > 0)
        {
            var second = others.FirstOrDefault(Names.Contains);
            if (second is not null)
            {
                throw new ArgumentException($"A domain has exactly one name; here are '{name}' and '{second}'.");
            }

            return others.FirstOrDefault(n => NearestName.Of(n, ["when"]) is not null) is { } slip
                ? throw new ArgumentException($"Beside '{name}' may stand only 'when'; did you mean 'when' by '{slip}'?")
                : false;
        }

        domain = Read(name, map[name]);
        if (map.TryGet("when", out var condition))
        {
            domain = domain.When(condition switch
            {
                string text => text,
                bool flag => flag ? "true" : "false",
                _ => throw new ArgumentException($"when: {Domain.Text(condition)} is no condition; write an expression such as optimizer == \"sgd\"."),
            });
        }

        return true;
    }

    private static Domain Read(string name, object? arguments) => name switch
    {
        "uniform" => Reals(name, arguments, 2) is var a ? Domain.Uniform(a[0], a[1]) : null!,
        "quniform" => Reals(name, arguments, 3) is var a ? Domain.QUniform(a[0], a[1], a[2]) : null!,
        "loguniform" => Reals(name, arguments, 2) is var a ? Domain.LogUniform(a[0], a[1]) : null!,
        "qloguniform" => Reals(name, arguments, 3) is var a ? Domain.QLogUniform(a[0], a[1], a[2]) : null!,
        "randn" => Reals(name, arguments, 0, 2) is var a ? Domain.RandN(a.Length > 0 ? a[0] : 0, a.Length > 1 ? a[1] : 1) : null!,
        "qrandn" => Reals(name, arguments, 3) is var a ? Domain.QRandN(a[0], a[1], a[2]) : null!,
        "randint" => Wholes(name, arguments, 2) is var a ? Domain.RandInt(a[0], a[1]) : null!,
        "lograndint" => Wholes(name, arguments, 2) is var a ? Domain.LogRandInt(a[0], a[1]) : null!,
        "qrandint" => Wholes(name, arguments, 2, 3) is var a ? Domain.QRandInt(a[0], a[1], a.Length > 2 ? a[2] : 1) : null!,
        "qlograndint" => Wholes(name, arguments, 2, 3) is var a ? Domain.QLogRandInt(a[0], a[1], a.Length > 2 ? a[2] : 1) : null!,
        "choice" => new ChoiceDomain(List(name, arguments)),
        "grid_search" => new GridDomain(List(name, arguments)),
        "code" => new ComputedDomain(null,
            arguments as string ?? throw new ArgumentException($"code: {Domain.Text(arguments)} is not the name of a function.")),
        _ => Computed(name, arguments),
    };

    private static ComputedDomain Computed(string name, object? argument) => new(argument switch
    {
        string text => Formula.Parse(text),
        long or double or bool => Formula.Parse(Domain.Text(argument)),
        _ => throw new ArgumentException($"{name}: {Domain.Text(argument)} is no expression; write a text such as \"layers * units\"."),
    });

    private static ParameterList List(string name, object? arguments) => arguments as ParameterList
        ?? throw new ArgumentException($"{name}: {Domain.Text(arguments)} is no list; write {name}: [a, b, c].");

    private static double[] Reals(string name, object? arguments, int least, int most = 0) =>
        [.. Arguments(name, arguments, least, most).Select((a, i) => a switch
    {
        long whole => whole,
        double real => real,
        _ => throw new ArgumentException($"{name}: argument {i + 1} is {Domain.Text(a)}; it must be a number{Quotes(a)}."),
    })];

    private static long[] Wholes(string name, object? arguments, int least, int most = 0) =>
        [.. Arguments(name, arguments, least, most).Select((a, i) => a switch
    {
        long whole => whole,
        double real when Math.Floor(real) == real && Math.Abs(real) < 1L << 53 => (long)real,
        double real when Math.Floor(real) == real => throw new ArgumentException(
            $"{name}: argument {i + 1} is {Domain.Text(real)}, which is too large; whole numbers are from {long.MinValue} to {long.MaxValue}, written " +
                $"without a fraction or exponent."),
        double real => throw new ArgumentException($"{name}: argument {i + 1} is {Domain.Text(real)}; it must be a whole number; " +
            $"{name.Replace("randint", "uniform", StringComparison.Ordinal)} takes fractions."),
        _ => throw new ArgumentException($"{name}: argument {i + 1} is {Domain.Text(a)}; it must be a whole number{Quotes(a)}."),
    })];

    private static ParameterList Arguments(string name, object? arguments, int least, int most)
    {
        most = Math.Max(least, most);
        var shape = name switch
        {
            "randn" => "[mean, sd]",
            "qrandn" => "[mean, sd, q]",
            "qrandint" or "qlograndint" => "[lower, upper, q]",
            _ => least == 2 ? "[lower, upper]" : "[lower, upper, q]",
        };
        return arguments switch
        {
            null when least == 0 => new([]),
            ParameterList list when list.Count >= least && list.Count <= most => list,
            ParameterList list => throw new ArgumentException(
                $"{name}: {list} has {list.Count} numbers; write {name}: {shape}{(most > least && least > 0 ? ", the last one may be left away" : "")}."),
            _ => throw new ArgumentException($"{name}: {Domain.Text(arguments)} is no list; write {name}: {shape}."),
        };
    }

    private static string Quotes(object? value) => value is string text && double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out _)
        ? ", without quotation marks" : "";
}
