using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Tuning.Schedulers;
using Tuning.Search;
using Tuning.Stopping;
using Tuning.Values;

namespace Tuning.Specification;

/// <summary>Types and values in words that a person reads in a message.</summary>
internal static class TypeText
{
    private const int MaxShown = 60;

    public static string Of(Type type)
    {
        var inner = Nullable.GetUnderlyingType(type);
        if (inner is not null)
        {
            return Of(inner) + " or null";
        }

        if (type.IsEnum)
        {
            return "one of " + string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName));
        }

        if (type == typeof(string))
        {
            return "a text";
        }

        if (type == typeof(CheckpointSource))
        {
            return "the path of a checkpoint";
        }

        if (OptionsSchema.ItemOf(type) is { } item)
        {
            return "a list, each item " + Of(item);
        }

        if (ComponentKind(type) is { } kind)
        {
            return $"the name of a {kind}, or a map with 'type' and its options";
        }

        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => "true or false",
            TypeCode.SByte or TypeCode.Byte or TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Int64 or TypeCode.UInt64 => "a whole number",
            TypeCode.Single or TypeCode.Double or TypeCode.Decimal => "a number",
            _ when type == typeof(TimeSpan) => "a time as 00:10:00",
            _ => "a map",
        };
    }

    private static string? ComponentKind(Type type) =>
        type == typeof(SearcherOptions) ? "search algorithm" : type == typeof(SchedulerOptions) ? "scheduler" : type == typeof(StopperOptions) ? "stopper" : null;

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

    public static string Range(RangeAttribute range)
    {
        var (low, high) = (Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture), Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture));
        var (noLow, noHigh) = (low <= long.MinValue, high >= int.MaxValue);
        return (noLow, noHigh) switch
        {
            (false, true) => range.MinimumIsExclusive ? $"more than {low}" : $"at least {low}",
            (true, false) => range.MaximumIsExclusive ? $"less than {high}" : $"at most {high}",
            _ => $"{(range.MinimumIsExclusive ? "more than" : "at least")} {low} and {(range.MaximumIsExclusive ? "less than" : "at most")} {high}",
        };
    }

    /// <summary>The value in a form that the type takes: 1e3 for a whole number.</summary>
    public static object? Fit(object? value, Type type)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        return value is double real && Of(target) == "a whole number" && real == Math.Floor(real) && Math.Abs(real) < 1e15 ? (long)real : value;
    }
}
