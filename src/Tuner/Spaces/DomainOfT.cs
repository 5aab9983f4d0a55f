using System.Linq.Expressions;

namespace Tuning;

/// <summary>
/// A domain whose values a property of type <typeparamref name="T"/> can hold: text for a number, or another enumeration, does not compile.
/// Domains become one by themselves: real numbers for <see cref="double"/>, <see cref="float"/> and <see cref="decimal"/>, whole numbers for
/// <see cref="int"/> and <see cref="long"/> too, choices and grids for the type of their values, computed values for any.
/// </summary>
/// <remarks>Immutable; safe for use by any thread.</remarks>
/// <typeparam name="T">The property's type.</typeparam>
public sealed class Domain<T> : ITypedDomain
{
    internal Domain(Domain untyped)
    {
        ArgumentNullException.ThrowIfNull(untyped);
        Untyped = untyped;
    }

    /// <summary>The domain.</summary>
    public Domain Untyped { get; }

    /// <summary>The domain without its type.</summary>
    public static implicit operator Domain(Domain<T> domain) => domain?.Untyped!;

    /// <summary>A computed value fits any type; what it gives is read when it is computed.</summary>
    public static implicit operator Domain<T>(ComputedDomain domain) => new(domain);

    /// <summary>A choice among values of the type.</summary>
    public static implicit operator Domain<T>(ChoiceDomain<T> domain) => new(domain);

    /// <summary>A grid of values of the type.</summary>
    public static implicit operator Domain<T>(GridDomain<T> domain) => new(domain);

    /// <inheritdoc cref="DomainConditions.When{TDomain}(TDomain, string)"/>
    public Domain<T> When(string condition) => new(Untyped.When(condition));

    /// <summary>What the domain holds, for people.</summary>
    public override string ToString() => Untyped.ToString();
}

/// <summary>A choice or a grid of values of one type, or of one that is derived from it.</summary>
/// <typeparam name="T">The type.</typeparam>
public interface IValuesOf<out T>;

/// <summary>A <see cref="Domain{T}"/>, whatever its type.</summary>
internal interface ITypedDomain
{
    /// <summary>The domain.</summary>
    Domain Untyped { get; }
}

/// <summary>Conditions of domains.</summary>
public static class DomainConditions
{
    /// <summary>
    /// The same domain for a parameter that is there only where <paramref name="condition"/> holds: <c>optimizer == "sgd"</c>.
    /// Elsewhere it is absent from the configuration. A second condition is added to the first.
    /// </summary>
    /// <param name="domain">The domain.</param>
    /// <param name="condition">The condition, in the expression language.</param>
    /// <exception cref="ExpressionException">The text is no expression; the message points to the place.</exception>
    /// <exception cref="ArgumentException">The domain is a grid search, whose number of trials may not depend on other values.</exception>
    public static TDomain When<TDomain>(this TDomain domain, string condition)
        where TDomain : Domain
    {
        ArgumentNullException.ThrowIfNull(domain);
        return (TDomain)domain.With(Formula.Parse(condition));
    }

    /// <summary>The same with a condition in C#: <c>.When((Config c) => c.Optimizer == Opt.Sgd)</c>.</summary>
    /// <inheritdoc cref="When{TDomain}(TDomain, string)"/>
    /// <param name="domain">The domain.</param>
    /// <param name="condition">The condition, which the expression language can say: arithmetic, comparisons, logic, functions of <see cref="Math"/>.</param>
    /// <exception cref="ArgumentException">The expression language has no words for it; the message says for what.</exception>
    public static TDomain When<TDomain, TConfig>(this TDomain domain, Expression<Func<TConfig, bool>> condition)
        where TDomain : Domain => When(domain, FormulaWriter.Write(condition));
}
