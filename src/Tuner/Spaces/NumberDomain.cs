namespace Tuning.Spaces;

/// <summary>Numbers: a domain for any property that holds real numbers.</summary>
public abstract class NumberDomain : Domain
{
    private protected NumberDomain()
    {
    }

    /// <summary>The domain of a <see cref="double"/>.</summary>
    public static implicit operator Domain<double>(NumberDomain domain) => new(domain);

    /// <summary>The domain of a <see cref="double"/> that may be null.</summary>
    public static implicit operator Domain<double?>(NumberDomain domain) => new(domain);

    /// <summary>The domain of a <see cref="float"/>.</summary>
    public static implicit operator Domain<float>(NumberDomain domain) => new(domain);

    /// <summary>The domain of a <see cref="float"/> that may be null.</summary>
    public static implicit operator Domain<float?>(NumberDomain domain) => new(domain);

    /// <summary>The domain of a <see cref="decimal"/>.</summary>
    public static implicit operator Domain<decimal>(NumberDomain domain) => new(domain);

    /// <summary>The domain of a <see cref="decimal"/> that may be null.</summary>
    public static implicit operator Domain<decimal?>(NumberDomain domain) => new(domain);
}
