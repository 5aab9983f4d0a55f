namespace Tuning.Spaces;

/// <summary>Every one of several values of one type.</summary>
/// <typeparam name="T">Their type.</typeparam>
public sealed class GridDomain<T> : GridDomain, IValuesOf<T>
{
    internal GridDomain(IReadOnlyList<object?> values)
        : base(values)
    {
    }
}

/// <summary>Every one of several numbers: a domain for any property that holds real numbers.</summary>
public class NumberGrid : GridDomain
{
    internal NumberGrid(IReadOnlyList<object?> values)
        : base(values)
    {
    }

    /// <summary>The domain of a <see cref="double"/>.</summary>
    public static implicit operator Domain<double>(NumberGrid domain) => new(domain);

    /// <summary>The domain of a <see cref="double"/> that may be null.</summary>
    public static implicit operator Domain<double?>(NumberGrid domain) => new(domain);

    /// <summary>The domain of a <see cref="float"/>.</summary>
    public static implicit operator Domain<float>(NumberGrid domain) => new(domain);

    /// <summary>The domain of a <see cref="float"/> that may be null.</summary>
    public static implicit operator Domain<float?>(NumberGrid domain) => new(domain);

    /// <summary>The domain of a <see cref="decimal"/>.</summary>
    public static implicit operator Domain<decimal>(NumberGrid domain) => new(domain);

    /// <summary>The domain of a <see cref="decimal"/> that may be null.</summary>
    public static implicit operator Domain<decimal?>(NumberGrid domain) => new(domain);
}

/// <summary>Every one of several whole numbers: a domain for any property that holds numbers.</summary>
public sealed class WholeNumberGrid : NumberGrid
{
    internal WholeNumberGrid(IReadOnlyList<object?> values)
        : base(values)
    {
    }

    /// <summary>The domain of a <see cref="int"/>.</summary>
    public static implicit operator Domain<int>(WholeNumberGrid domain) => new(domain);

    /// <summary>The domain of a <see cref="int"/> that may be null.</summary>
    public static implicit operator Domain<int?>(WholeNumberGrid domain) => new(domain);

    /// <summary>The domain of a <see cref="long"/>.</summary>
    public static implicit operator Domain<long>(WholeNumberGrid domain) => new(domain);

    /// <summary>The domain of a <see cref="long"/> that may be null.</summary>
    public static implicit operator Domain<long?>(WholeNumberGrid domain) => new(domain);
}
