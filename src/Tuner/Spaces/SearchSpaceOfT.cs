using System.Linq.Expressions;

namespace Tuning;

/// <summary>
/// A search space over the properties of a configuration class: a misspelt name does not compile, and a domain that does not fit
/// a property's type is refused at once. <c>c => c.Model.HiddenSize</c> is the parameter <c>model.hidden_size</c>.
/// </summary>
/// <typeparam name="T">The configuration, as in <c>Trainable.FromFunction&lt;T&gt;</c>.</typeparam>
public sealed class SearchSpace<T> : SearchSpace
{
    private string? _last;

    /// <summary>Adds a property with its domain.</summary>
    /// <param name="property">The property, such as <c>c => c.Lr</c>.</param>
    /// <param name="domain">What it may be. A domain of values that the property cannot hold does not compile.</param>
    /// <returns>This space.</returns>
    /// <exception cref="ArgumentException">The selector is no chain of properties, or the domain has values that the property cannot hold.</exception>
    public SearchSpace<T> Add<TValue>(Expression<Func<T, TValue?>> property, Domain<TValue> domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        return Add((LambdaExpression)property, domain.Untyped);
    }

    /// <inheritdoc cref="Add{TValue}(Expression{Func{T, TValue}}, Domain{TValue})"/>
    [OverloadResolutionPriority(1)]
    public SearchSpace<T> Add<TValue>(Expression<Func<T, TValue?>> property, IValuesOf<TValue> domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        return Add((LambdaExpression)property, (Domain)domain);
    }

    /// <inheritdoc cref="Add{TValue}(Expression{Func{T, TValue}}, Domain{TValue})"/>
    public SearchSpace<T> Add<TValue>(Expression<Func<T, TValue?>> property, IValuesOf<TValue> domain)
        where TValue : struct
    {
        ArgumentNullException.ThrowIfNull(domain);
        return Add((LambdaExpression)property, (Domain)domain);
    }

    /// <summary>Adds a property of a type that says itself what it is read from, with its domain.</summary>
    /// <inheritdoc cref="Add{TValue}(Expression{Func{T, TValue}}, Domain{TValue})"/>
    /// <param name="property">The property, such as <c>c => c.Lr</c>.</param>
    /// <param name="domain">What it may be.</param>
    public SearchSpace<T> Add<TValue>(Expression<Func<T, TValue?>> property, Domain domain)
        where TValue : ICustomValue
    {
        ArgumentNullException.ThrowIfNull(domain);
        return Add((LambdaExpression)property, domain);
    }

    /// <summary>Says when the property that was added last is there at all: <c>.When(c => c.Optimizer == Opt.Sgd)</c>. Elsewhere it is absent.</summary>
    /// <param name="condition">The condition, which the expression language can say: arithmetic, comparisons, logic, functions of <see cref="Math"/>.</param>
    /// <returns>This space.</returns>
    /// <exception cref="ArgumentException">The expression language has no words for it, and the message says for what; or it is a grid.</exception>
    /// <exception cref="InvalidOperationException">No property with a domain was added before.</exception>
    public SearchSpace<T> When(Expression<Func<T, bool>> condition)
    {
        var text = FormulaWriter.Write(condition);
        var domain = Domains.FirstOrDefault(d => d.Key == _last).Value
            ?? throw new InvalidOperationException($"The condition {text} follows no domain; write .Add(c => c.Name, domain).When(condition).");
        Put(_last!, domain.When(text), replace: true);
        return this;
    }

    /// <summary>Adds a condition that every configuration fulfils: <c>.Constrain(c => c.Layers * c.Units &lt;= 4096)</c>.</summary>
    /// <param name="constraint">The condition, which the expression language can say.</param>
    /// <returns>This space.</returns>
    /// <exception cref="ArgumentException">The expression language has no words for it, and the message says for what.</exception>
    public SearchSpace<T> Constrain(Expression<Func<T, bool>> constraint) => Constrain(FormulaWriter.Write(constraint));

    /// <inheritdoc cref="SearchSpace.Constrain"/>
    public new SearchSpace<T> Constrain(string constraint) => (SearchSpace<T>)base.Constrain(constraint);

    /// <summary>Adds a property with a constant value.</summary>
    /// <inheritdoc cref="Add{TValue}(Expression{Func{T, TValue}}, Domain{TValue})"/>
    /// <param name="property">The property, such as <c>c => c.Lr</c>.</param>
    /// <param name="value">Its value in every trial.</param>
    public SearchSpace<T> Add<TValue>(Expression<Func<T, TValue>> property, TValue value)
    {
        if (((object?)value as Domain ?? (value as ITypedDomain)?.Untyped) is { } domain)
        {
            return Add((LambdaExpression)property, domain); // of a property that may be anything
        }

        Put(FormulaWriter.PathOf(property), ParameterSet.ValueFromJson(JsonSerializer.SerializeToElement(value, ConfigurationBinder.Options)), replace: false);
        _last = null;
        return this;
    }

    /// <inheritdoc cref="SearchSpace.Add"/>
    public new SearchSpace<T> Add(string path, object? value) => (SearchSpace<T>)base.Add(path, value);

    /// <inheritdoc cref="SearchSpace.Set"/>
    public new SearchSpace<T> Set(string path, object? value) => (SearchSpace<T>)base.Set(path, value);

    private SearchSpace<T> Add(LambdaExpression property, Domain domain)
    {
        var path = FormulaWriter.PathOf(property);
        PropertyFit.Check(path, domain, property.ReturnType);
        Put(path, domain, replace: false);
        _last = path;
        return this;
    }
}
