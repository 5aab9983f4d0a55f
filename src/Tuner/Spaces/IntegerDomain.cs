namespace Tuning.Spaces;

/// <summary>Whole numbers between two bounds, uniform or log-uniform.</summary>
public sealed class IntegerDomain : NumberDomain
{
    private readonly string _name;
    private readonly long[] _arguments;
    private readonly long _count;
    private readonly double _logFrom, _logTo;

    private IntegerDomain(string name, long[] arguments, long lower, long upper, long step, bool log)
    {
        (_name, _arguments, Lower, Upper, Step, IsLog) = (name, arguments, lower, upper, step, log);
        _count = ((upper - lower) / step) + 1;
        if (log)
        {
            IsRounded = arguments.Length == 3;
            (_logFrom, _logTo) = IsRounded
                ? (Math.Log((lower / step) - 0.5), Math.Log((upper / step) + 0.5))
                : (Math.Log(lower), Math.Log(upper + 1.0));
        }
    }

    /// <summary>The domain of a <see cref="int"/>.</summary>
    public static implicit operator Domain<int>(IntegerDomain domain) => new(domain);

    /// <summary>The domain of a <see cref="int"/> that may be null.</summary>
    public static implicit operator Domain<int?>(IntegerDomain domain) => new(domain);

    /// <summary>The domain of a <see cref="long"/>.</summary>
    public static implicit operator Domain<long>(IntegerDomain domain) => new(domain);

    /// <summary>The domain of a <see cref="long"/> that may be null.</summary>
    public static implicit operator Domain<long?>(IntegerDomain domain) => new(domain);

    /// <inheritdoc/>
    public override DomainKind Kind => DomainKind.Whole;

    /// <summary>The smallest value.</summary>
    public long Lower { get; }

    /// <summary>The largest value, included whatever the domain was made by.</summary>
    public long Upper { get; }

    /// <summary>The step of which all values are multiples, at least 1.</summary>
    public long Step { get; }

    /// <summary>Whether it is the logarithm that is uniform.</summary>
    public bool IsLog { get; }

    /// <summary>For a log domain: whether a value stands for the numbers around it (<c>qlograndint</c>), else for those from it up to the next
    /// (<c>lograndint</c>).</summary>
    public bool IsRounded { get; }

    private protected override (string Name, object? Arguments) Form => (_name, _arguments);

    internal static IntegerDomain Create(string name, long lower, long upper, long? step, bool log)
    {
        long[] arguments = step is { } given ? [lower, upper, given] : [lower, upper];
        var call = Invariant($"{name}({string.Join(", ", arguments)})");
        if (lower >= upper)
        {
            throw new ArgumentException($"{call}: the lower bound {lower} must be below the upper bound {upper}"
                + (lower > upper ? $"; did you mean {name}({upper}, {lower}{(step is null ? "" : ", …")})?" : "; a single value is given as a constant."));
        }

        if (log && lower < 1)
        {
            throw new ArgumentException($"{call}: the lower bound {lower} must be at least 1, because its logarithm is taken; use " +
                $"{name.Replace("log", "", StringComparison.Ordinal)}, or start at 1.");
        }

        if (step is { } q)
        {
            if (q < 1)
            {
                throw new ArgumentException($"{call}: the step {q} must be at least 1; use quniform for fractions.");
            }

            var (first, last) = (Int128.Abs(lower) % q == 0 ? lower : (Ceiling(lower, q) * q), Floor(upper, q) * q);
            if (first > last)
            {
                throw new ArgumentException($"{call}: there is no multiple of {q} from {lower} to {upper}; take a smaller step or wider bounds.");
            }

            (lower, upper) = ((long)first, (long)last);
        }
        else
        {
            upper--;
        }

        return (Int128)upper - lower >= long.MaxValue
            ? throw new ArgumentException($"{call}: the bounds are too far apart; at most 2^63 - 1 values.")
            : new(name, arguments, lower, upper, step ?? 1, log);
    }

    /// <inheritdoc/>
    public override object Sample(RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (!IsLog)
        {
            return Lower + (Step * random.NextInt64(_count));
        }

        var value = Math.Exp(_logFrom + ((_logTo - _logFrom) * random.NextDouble()));
        return Math.Clamp(IsRounded ? (long)Math.Round(value) * Step : (long)Math.Floor(value), Lower, Upper);
    }

    /// <inheritdoc/>
    public override bool Contains(object? value) => ParameterSet.Normalize(value) is long whole && whole >= Lower && whole <= Upper && whole % Step == 0;

    /// <summary>How the values lie on the unit interval.</summary>
    internal Scale ToScale() => new StepScale(
        _count,
        i => Lower + (i * Step),
        value => ((long)value - Lower) / Step,
        IsLog ? (double)Lower / Step : 0,
        IsRounded ? 0.5 : 0);

    private protected override string Describe() =>
        (Step > 1 ? $"a multiple of {Step} from {Lower} to {Upper}" : $"a whole number from {Lower} to {Upper}") + (IsLog ? " on a log scale" : "");

    private static Int128 Floor(Int128 value, Int128 q) => value >= 0 ? value / q : -((-value + q - 1) / q);

    private static Int128 Ceiling(Int128 value, Int128 q) => -Floor(-value, q);
}
