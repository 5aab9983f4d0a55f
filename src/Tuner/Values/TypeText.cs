using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization.Metadata;

namespace Tuning.Values;

/// <summary>A converter that says what the values look like that it reads: <c>a number, or auto</c>.</summary>
internal interface IValueForm
{
    /// <summary>After "it must be".</summary>
    string Form { get; }
}

/// <summary>Types and values in words that a person reads in a message.</summary>
internal static class TypeText
{
    private const int MaxShown = 60;

    /// <summary>What a value of the type looks like: <c>a whole number</c>.</summary>
    /// <param name="type">The type.</param>
    /// <param name="json">How it is read; null for as configurations are.</param>
    public static string Of(Type type, JsonSerializerOptions? json = null)
    {
        json ??= ConfigurationBinder.Options;
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Of(inner, json) + ", or null";
        }

        if (type.IsEnum)
        {
            return OneOfAttribute.Words(EnumWords.Of(type).All);
        }

        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => "true or false",
            TypeCode.String => "a text",
            TypeCode.Single or TypeCode.Double or TypeCode.Decimal => "a number",
            TypeCode.Int32 or TypeCode.Int64 => "a whole number",
            >= TypeCode.SByte and <= TypeCode.UInt64 => Invariant($"a whole number from {Limit(type, "MinValue")} to {Limit(type, "MaxValue")}"),
            _ when type == typeof(TimeSpan) => "a time as 00:10:00",
            _ => json.GetConverter(type) is IValueForm own ? own.Form : json.GetTypeInfo(type) switch
            {
                { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } item } => "a list, each item " + Of(item, json),
                _ when type == typeof(ParameterList) => "a list",
                _ => "a map",
            },
        };
    }

    /// <summary>The value as it would stand in a file, cut where it is long.</summary>
    public static string Show(object? value)
    {
        var text = value switch
        {
            null => "null",
            string s => "'" + s + "'",
            double d when double.IsInfinity(d) => d > 0 ? ".inf" : "-.inf",
            double d => NumberText.Exact(d),
            _ => ConfigurationBinder.ToJson(value),
        };
        return text.Length <= MaxShown ? text : text[..(MaxShown - 1)] + "…";
    }

    /// <summary>What kind of value it is: <c>a number</c>, <c>a list</c>.</summary>
    public static string Kind(object? value) => value switch
    {
        null => "null",
        bool => "true or false",
        long => "a whole number",
        double => "a number",
        string => "a text",
        ParameterList => "a list",
        _ => "a map",
    };

    /// <summary>What may stand where a rule holds; null where the rule is not one of numbers or texts.</summary>
    public static string? Rule(ValidationAttribute? rule) => rule switch
    {
        NumberRuleAttribute number => number.Words,
        OneOfAttribute texts => OneOfAttribute.Words(texts.Values),
        RangeAttribute range => Range(range),
        _ => null,
    };

    private static string Range(RangeAttribute range)
    {
        var (low, high) = (Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture), Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture));
        return (low <= long.MinValue, high >= int.MaxValue) switch
        {
            (false, true) => range.MinimumIsExclusive ? Invariant($"more than {low}") : Invariant($"at least {low}"),
            (true, false) => range.MaximumIsExclusive ? Invariant($"less than {high}") : Invariant($"at most {high}"),
            _ => Invariant($"{(range.MinimumIsExclusive ? "more than" : "at least")} {low} and {(range.MaximumIsExclusive ? "less than" : "at most")} {high}"),
        };
    }

    private static object? Limit(Type type, string name) => type.GetField(name)?.GetValue(null);
}
