namespace Tuning.Spaces;

/// <summary>Real numbers between two bounds, uniform or log-uniform, with or without a step.</summary>
public sealed class RealDomain : NumberDomain
{
    // Multiples above this are no longer told apart by a double.
    private const double _mostSteps = 1L << 53;

    private readonly string _name;
    private readonly StepSize? _step;
    private readonly long _first, _last;
    private readonly double _logFrom, _logTo;

    private RealDomain(string name, double lower, double upper, double? step, bool log)
    {
        (_name, Lower, Upper, Step, IsLog) = (name, lower, upper, step, log);
        if (step is { } q)
        {
            (_step, _first, _last) = (new StepSize(q), (long)Math.Round(lower / q), (long)Math.Round(upper / q));
        }

        if (log)
        {
            // With a step, each multiple has the whole interval around it, the bounds too.
            (_logFrom, _logTo) = step is null ? (Math.Log(lower), Math.Log(upper)) : (Math.Log(_first - 0.5), Math.Log(_last + 0.5));
        }
    }

    /// <inheritdoc/>
    public override DomainKind Kind => DomainKind.Real;

    /// <summary>The lower bound, included.</summary>
    public double Lower { get; }

    /// <summary>The upper bound; included when there is a <see cref="Step"/>.</summary>
    public double Upper { get; }

    /// <summary>The step of which all values are multiples; null for a continuous domain.</summary>
    public double? Step { get; }

    /// <summary>Whether it is the logarithm that is uniform.</summary>
    public bool IsLog { get; }

    private protected override (string Name, object? Arguments) Form => (_name, Step is { } q ? new double[] { Lower, Upper, q } : [Lower, Upper]);

    internal static RealDomain Create(string name, double lower, double upper, double? step, bool log)
    {
        var call = $"{name}({string.Join(", ", new[] { lower, upper, step }.OfType<double>().Select(Text))})";
        if (!double.IsFinite(lower) || !double.IsFinite(upper))
        {
            throw new ArgumentException(
                $"{call}: the bound {Text(double.IsFinite(lower) ? upper : lower)} is not finite; use randn for numbers without bounds.");
        }

        if (lower >= upper)
        {
            throw new ArgumentException($"{call}: the lower bound {Text(lower)} must be below the upper bound {Text(upper)}"
                + (lower > upper ? $"; did you mean {name}({Text(upper)}, {Text(lower)}{(step is null ? "" : ", …")})?"
                    : "; a single value is given as a constant."));
        }

        if (log && lower <= 0)
        {
            throw new ArgumentException($"{call}: the lower bound {Text(lower)} must be above 0, because its logarithm is taken; use " +
                $"{name.Replace("log", "", StringComparison.Ordinal)}, or a small bound such as 1e-6.");
        }

        if (step is { } q)
        {
            StepSize.Check(call, q);
            CheckMultiple(call, "lower", lower, q);
            CheckMultiple(call, "upper", upper, q);
        }

        return new(name, lower, upper, step, log);
    }

    /// <inheritdoc/>
    public override object Sample(RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (_step is { } step)
        {
            var multiple = IsLog
                ? Math.Clamp((long)Math.Round(Math.Exp(Between(_logFrom, _logTo, random.NextDouble()))), _first, _last)
                : _first + random.NextInt64(_last - _first + 1);
            return multiple == _first ? Lower : multiple == _last ? Upper : step.Multiple(multiple);
        }

        var value = IsLog ? Math.Exp(Between(_logFrom, _logTo, random.NextDouble())) : Between(Lower, Upper, random.NextDouble());
        return value >= Upper ? Math.BitDecrement(Upper) : Math.Max(value, Lower);
    }

    /// <inheritdoc/>
    public override bool Contains(object? value) => ParameterSet.Normalize(value) switch
    {
        long whole => Holds(whole),
        double real => Holds(real),
        _ => false,
    };

    /// <summary>How the values lie on the unit interval.</summary>
    internal Scale ToScale() => Step is not { } q
        ? new RealScale(Lower, Upper, IsLog)
        : new StepScale(
            _last - _first + 1,
            i => i == 0 ? Lower : i == _last - _first ? Upper : _step!.Multiple(_first + i),
            value => Math.Clamp((long)Math.Round((value is long whole ? whole : (double)value) / q) - _first, 0, _last - _first),
            IsLog ? _first : 0,
            0.5);

    private protected override string Describe() =>
        (Step is { } q ? $"a multiple of {Text(q)} from {Text(Lower)} to {Text(Upper)}" : $"a real number from {Text(Lower)} to {Text(Upper)}")
            + (IsLog ? " on a log scale" : "");

    private bool Holds(double value) => value >= Lower && value <= Upper && (Step is not { } q || StepSize.IsMultiple(value, q));

    private static double Between(double from, double to, double share) =>
        double.IsFinite(to - from) ? from + ((to - from) * share) : (from * (1 - share)) + (to * share);

    private static void CheckMultiple(string call, string which, double bound, double q)
    {
        if (!StepSize.IsMultiple(bound, q))
        {
            var near = new StepSize(q).Multiple((long)Math.Round(bound / q));
            throw new ArgumentException($"{call}: the {which} bound {Text(bound)} is no multiple of the step {Text(q)}; the nearest one is {Text(near)}.");
        }

        if (Math.Abs(bound / q) > _mostSteps)
        {
            throw new ArgumentException($"{call}: the step {Text(q)} is too small for the {which} bound {Text(bound)}; at most 2^53 steps are told apart.");
        }
    }
}

/// <summary>A step, with multiples that look as people write them: three times 0.1 is 0.3.</summary>
internal sealed class StepSize
{
    private readonly double _step;
    private readonly decimal? _exact;

    public StepSize(double step)
    {
        _step = step;

        // The shortest decimal of the step is what its author wrote; multiples of that are rounded once only.
        if (step is > 1e-15 and < 1e12
            && decimal.TryParse(step.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out var exact))
        {
            _exact = exact;
        }
    }

    public double Multiple(long count) => _exact is { } exact && Math.Abs(count * _step) < 1e15 ? (double)(count * exact) : count * _step;

    public static void Check(string call, double q)
    {
        if (!double.IsFinite(q) || q <= 0)
        {
            throw new ArgumentException($"{call}: the step {Domain.Text(q)} must be finite and above 0; leave the q away for a domain without steps.");
        }
    }

    /// <summary>As Ray checks it: the ratio is within 1e-9 of a whole number, relatively.</summary>
    public static bool IsMultiple(double value, double q)
    {
        var ratio = value / q;
        var whole = Math.Round(ratio);
        return Math.Abs(ratio - whole) <= 1e-9 * Math.Max(Math.Abs(ratio), Math.Abs(whole));
    }
}
