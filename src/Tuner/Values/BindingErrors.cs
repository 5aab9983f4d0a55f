using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tuning.Values;

namespace Tuning;

/// <summary>One thing that keeps a configuration from being read as a type.</summary>
/// <param name="Path">The dotted path of the parameter.</param>
/// <param name="Message">What it is and must be: <c>is 2.5; it must be a whole number.</c></param>
/// <param name="IsAboutName">Whether there is no parameter of this name; the message then has the name in it.</param>
internal readonly record struct BindingError(string Path, string Message, bool IsAboutName = false)
{
    /// <summary>A sentence with the path in it.</summary>
    public override string ToString() => IsAboutName ? Message : $"'{Path}' {Message}";
}

/// <summary>Finds out why a configuration does not fit a type, in words that help. Used only after it did not fit.</summary>
internal static class BindingErrors
{
    /// <summary>All that is wrong; empty if it is something else.</summary>
    public static List<BindingError> Of(ParameterSet set, Type type)
    {
        var errors = new List<BindingError>();
        Visit(set, type, "", errors);
        return errors;
    }

    /// <summary>What a value of the type looks like: <c>a whole number</c>.</summary>
    public static string Wanted(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Wanted(inner) + " or null";
        }

        if (type.IsEnum)
        {
            return "one of " + string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName));
        }

        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => "true or false",
            TypeCode.String => "a text",
            TypeCode.Single or TypeCode.Double or TypeCode.Decimal => "a number",
            TypeCode.Int32 or TypeCode.Int64 => "a whole number",
            >= TypeCode.SByte and <= TypeCode.UInt64 => $"a whole number from {Limit(type, "MinValue")} to {Limit(type, "MaxValue")}",
            _ => ConfigurationBinder.Options.GetTypeInfo(type).Kind switch
            {
                JsonTypeInfoKind.Enumerable => "a list",
                JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => "a map",
                _ => $"a {type.Name}",
            },
        };
    }

    private static void Visit(object? value, Type type, string path, List<BindingError> errors)
    {
        if (Fits(value, type))
        {
            return;
        }

        var before = errors.Count;
        var info = ConfigurationBinder.Options.GetTypeInfo(type);
        if (value is ParameterSet set && info.Kind == JsonTypeInfoKind.Object)
        {
            var properties = info.Properties.Where(p => p.Set is not null || p.AssociatedParameter is not null).DistinctBy(p => p.Name).ToDictionary(p => p.Name);
            foreach (var (name, below) in set)
            {
                if (properties.TryGetValue(name, out var property))
                {
                    Visit(below, property.PropertyType, Join(path, name), errors);
                }
                else
                {
                    errors.Add(new(Join(path, name), $"there is no parameter '{Join(path, name)}'{NearestName.Hint(name, properties.Keys, "parameters")}", IsAboutName: true));
                }
            }

            errors.AddRange(properties.Values.Where(p => p.IsRequired && !set.TryGetOwn(p.Name, out _)).Select(p => new BindingError(Join(path, p.Name), $"is missing; it must be {Wanted(p.PropertyType)}.")));
        }
        else if (value is ParameterList list && info is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } element })
        {
            foreach (var (i, item) in list.Index())
            {
                Visit(item, element, Join(path, i.ToString(CultureInfo.InvariantCulture)), errors);
            }
        }
        else if (value is ParameterSet map && info is { Kind: JsonTypeInfoKind.Dictionary, ElementType: { } content })
        {
            foreach (var (name, item) in map)
            {
                Visit(item, content, Join(path, name), errors);
            }
        }

        if (errors.Count == before && path.Length > 0)
        {
            errors.Add(new(path, $"is {Shown(value)}; it must be {Wanted(type)}{Hint(value, type)}"));
        }
    }

    private static bool Fits(object? value, Type type)
    {
        try
        {
            JsonSerializer.Deserialize(ConfigurationBinder.ToJson(value), type, ConfigurationBinder.Options);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Hint(object? value, Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return value switch
        {
            string text when plain.IsEnum && NearestName.Of(text, Enum.GetNames(plain).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)) is { } near => $"; did you mean '{near}'?",
            string text when plain != typeof(bool) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) => "; leave the quotation marks away.",
            double when Type.GetTypeCode(plain) is >= TypeCode.SByte and <= TypeCode.UInt64 => "; use int(…), round(…) or // where it is computed.",
            _ => ".",
        };
    }

    private static string Shown(object? value) => ConfigurationBinder.ToJson(value) is var text && text.Length > 80 ? text[..79] + "…" : text;

    private static string Join(string path, string name) => path.Length == 0 ? name : path + "." + name;

    private static object? Limit(Type type, string name) => type.GetField(name)?.GetValue(null);
}
