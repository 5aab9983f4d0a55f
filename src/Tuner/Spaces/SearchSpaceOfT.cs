using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tuning.Spaces;

namespace Tuning;

/// <summary>
/// A search space over the properties of a configuration class: a misspelt name does not compile, and a domain that does not fit
/// a property's type is refused at once. <c>c => c.Model.HiddenSize</c> is the parameter <c>model.hidden_size</c>.
/// </summary>
/// <typeparam name="T">The configuration, as in <c>Trainable.FromFunction&lt;T&gt;</c>.</typeparam>
public sealed class SearchSpace<T> : SearchSpace
{
    /// <summary>Adds a property with its domain.</summary>
    /// <param name="property">The property, such as <c>c => c.Lr</c>.</param>
    /// <param name="domain">What it may be.</param>
    /// <returns>This space.</returns>
    /// <exception cref="ArgumentException">The selector is no chain of properties, or the domain has values that the property cannot hold.</exception>
    public SearchSpace<T> Add<TValue>(Expression<Func<T, TValue>> property, Domain domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        var path = PathOf(property);
        PropertyFit.Check(path, domain, typeof(TValue));
        Put(path, domain, replace: false);
        return this;
    }

    /// <summary>Adds a property with a constant value.</summary>
    /// <inheritdoc cref="Add{TValue}(Expression{Func{T, TValue}}, Domain)"/>
    /// <param name="property">The property, such as <c>c => c.Lr</c>.</param>
    /// <param name="value">Its value in every trial.</param>
    public SearchSpace<T> Add<TValue>(Expression<Func<T, TValue>> property, TValue value)
    {
        Put(PathOf(property), ParameterSet.ValueFromJson(JsonSerializer.SerializeToElement(value, ConfigurationBinder.Options)), replace: false);
        return this;
    }

    /// <inheritdoc cref="SearchSpace.Add"/>
    public new SearchSpace<T> Add(string path, object? value) => (SearchSpace<T>)base.Add(path, value);

    /// <inheritdoc cref="SearchSpace.Set"/>
    public new SearchSpace<T> Set(string path, object? value) => (SearchSpace<T>)base.Set(path, value);

    private static string PathOf(LambdaExpression property)
    {
        ArgumentNullException.ThrowIfNull(property);
        var names = new Stack<string>();
        var at = property.Body;
        while (at is MemberExpression { Member: PropertyInfo or FieldInfo } member)
        {
            names.Push(member.Member.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Member.Name));
            at = member.Expression;
        }

        return at is ParameterExpression && names.Count > 0
            ? string.Join('.', names)
            : throw new ArgumentException($"{property} selects no property; write c => c.Name or c => c.Part.Name.", nameof(property));
    }
}
