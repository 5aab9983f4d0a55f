using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tuning.Training;

namespace Tuning.Specification;

/// <summary>One option of a component.</summary>
/// <param name="Name">Its name in files, snake_case.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsRequired">Whether it must be given.</param>
public sealed record ComponentOption(string Name, Type Type, bool IsRequired);

/// <summary>The options that a record takes, and what is wrong with some that were given.</summary>
internal sealed class OptionsSchema
{
    private readonly Type _type;
    private readonly JsonSerializerOptions _json;
    private readonly Dictionary<string, PropertyInfo> _properties;

    public OptionsSchema(Type type, JsonSerializerOptions json)
    {
        (_type, _json) = (type, json);
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.SetMethod is { IsPublic: true } && p.GetIndexParameters().Length == 0 && !p.IsDefined(typeof(JsonIgnoreAttribute))).ToList();
        _properties = properties.ToDictionary(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name), StringComparer.Ordinal);
        Options = [.. _properties.Select(p => new ComponentOption(p.Key, p.Value.PropertyType, p.Value.IsDefined(typeof(RequiredMemberAttribute))))];
    }

    public ImmutableArray<ComponentOption> Options { get; }

    /// <summary>The option that holds a list of components of the same kind, if there is one.</summary>
    public ComponentOption? ListOf(Type item) => Options.FirstOrDefault(o => ItemOf(o.Type) == item);

    /// <summary>The options that hold one component of the same kind.</summary>
    public IEnumerable<ComponentOption> SinglesOf(Type component) => Options.Where(o => o.Type == component);

    /// <summary>The components of the same kind that stand in an options record.</summary>
    public IEnumerable<object> ComponentsIn(object options, Type component) => _properties.Values
        .Where(p => p.PropertyType == component || ItemOf(p.PropertyType) == component)
        .SelectMany(p => p.GetValue(options) switch { null => [], var one when p.PropertyType == component => (IEnumerable<object>)[one], var list => ((System.Collections.IEnumerable)list).Cast<object>() });

    public IEnumerable<ParameterIssue> Check(ParameterSet options, Func<Type, object?, string, IEnumerable<ParameterIssue>?> nested)
    {
        var misspelt = new HashSet<string?>();
        foreach (var (name, value) in options)
        {
            if (!_properties.TryGetValue(name, out var property))
            {
                misspelt.Add(NameHint.Nearest(name, [.. _properties.Keys]));
                yield return new(name, $"'{name}' is no option here." + ((NameHint.Nearest(name, [.. _properties.Keys]) is null ? KeyPlaces.ForOption(name, _properties.ContainsKey("searcher")) : null) ?? NameHint.For(name, [.. _properties.Keys], "options"))) { IsAboutName = true };
                continue;
            }

            var deeper = nested(property.PropertyType, value, name)?.ToList();
            foreach (var issue in deeper ?? [])
            {
                yield return issue;
            }

            if (deeper is null && Check(property, value) is { } message)
            {
                yield return new(name, message);
            }
        }

        foreach (var option in Options.Where(o => o.IsRequired && !options.TryGet(o.Name, out _) && !misspelt.Contains(o.Name)))
        {
            yield return new("", $"needs '{option.Name}', {TypeText.Of(option.Type)}.");
        }
    }

    public object Bind(ParameterSet options)
    {
        var fitted = ParameterSet.From(options.Select(o => KeyValuePair.Create(o.Key, _properties.TryGetValue(o.Key, out var p) ? TypeText.Fit(o.Value, p.PropertyType) : o.Value)));
        return JsonSerializer.Deserialize(fitted.ToString(), _type, _json)!;
    }

    internal static Type? ItemOf(Type type) => type.IsGenericType && type.GetGenericArguments() is [var item]
        && typeof(IEnumerable<>).MakeGenericType(item).IsAssignableFrom(type) ? item : null;

    private string? Check(PropertyInfo property, object? value)
    {
        object? converted;
        try
        {
            converted = JsonSerializer.Deserialize(ConfigurationBinder.ToJson(TypeText.Fit(value, property.PropertyType)), property.PropertyType, _json);
        }
        catch (JsonException e)
        {
            var own = property.PropertyType == typeof(CheckpointSource) || (property.PropertyType == typeof(SearchSpace) && value is ParameterSet) ? e.Message : $"it must be {TypeText.Of(property.PropertyType)}.";
            return value is long and > int.MaxValue && (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) == typeof(int)
                ? $"is {TypeText.Show(value)}; it must be at most {int.MaxValue}."
                : $"is {TypeText.Show(value)}; {own}";
        }

        if (converted is null && property.PropertyType.IsValueType && Nullable.GetUnderlyingType(property.PropertyType) is null)
        {
            return $"is null; it must be {TypeText.Of(property.PropertyType)}.";
        }

        return property.GetCustomAttributes<ValidationAttribute>().FirstOrDefault(a => !a.IsValid(converted)) switch
        {
            null => null,
            RangeAttribute range => $"is {TypeText.Show(value)}; it must be {TypeText.Range(range)}.",
            var other => $"is {TypeText.Show(value)}: {other.FormatErrorMessage(property.Name)}",
        };
    }
}
