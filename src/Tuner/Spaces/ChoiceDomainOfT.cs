namespace Tuning.Spaces;

/// <summary>One of several values of one type.</summary>
/// <typeparam name="T">Their type.</typeparam>
public sealed class ChoiceDomain<T> : ChoiceDomain, IValuesOf<T>
{
    internal ChoiceDomain(IReadOnlyList<object?> values)
        : base(values)
    {
    }
}

/// <summary>One of several numbers: a domain for any property that holds real numbers.</summary>
public class NumberChoice : ChoiceDomain
{
    internal NumberChoice(IReadOnlyList<object?> values)
        : base(values)
    {
    }

    /// <summary>The domain of a <see cref="double"/>.</summary>
    public static implicit operator Domain<double>(NumberChoice domain) => new(domain);

    /// <summary>The domain of a <see cref="double"/> that may be null.</summary>
    public static implicit operator Domain<double?>(NumberChoice domain) => new(domain);

    /// <summary>The domain of a <see cref="float"/>.</summary>
    public static implicit operator Domain<float>(NumberChoice domain) => new(domain);

    /// <summary>The domain of a <see cref="float"/> that may be null.</summary>
    public static implicit operator Domain<float?>(NumberChoice domain) => new(domain);

    /// <summary>The domain of a <see cref="decimal"/>.</summary>
    public static implicit operator Domain<decimal>(NumberChoice domain) => new(domain);

    /// <summary>The domain of a <see cref="decimal"/> that may be null.</summary>
    public static implicit operator Domain<decimal?>(NumberChoice domain) => new(domain);
}

/// <summary>One of several whole numbers: a domain for any property that holds numbers.</summary>
public sealed class WholeNumberChoice : NumberChoice
{
    internal WholeNumberChoice(IReadOnlyList<object?> values)
        : base(values)
    {
    }

    /// <summary>The domain of a <see cref="int"/>.</summary>
    public static implicit operator Domain<int>(WholeNumberChoice domain) => new(domain);

    /// <summary>The domain of a <see cref="int"/> that may be null.</summary>
    public static implicit operator Domain<int?>(WholeNumberChoice domain) => new(domain);

    /// <summary>The domain of a <see cref="long"/>.</summary>
    public static implicit operator Domain<long>(WholeNumberChoice domain) => new(domain);

    /// <summary>The domain of a <see cref="long"/> that may be null.</summary>
    public static implicit operator Domain<long?>(WholeNumberChoice domain) => new(domain);
}
