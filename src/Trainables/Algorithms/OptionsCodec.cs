using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tuning.Learning;

namespace Tuning.Algorithms;

/// <summary>Turns an options record into a tree of parameters and back, and finds all values of the wrong type at once.</summary>
internal static class OptionsCodec
{
    internal static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>The dotted names of all options.</summary>
    public static IReadOnlyList<string> Names(Type type) => [.. Properties(type).SelectMany(p =>
        IsBranch(p.Value.PropertyType) ? Names(p.Value.PropertyType).Select(n => p.Key + "." + n) : [p.Key]).Order(StringComparer.Ordinal)];

    /// <summary>All options as parameters.</summary>
    public static ParameterSet ToParameters<T>(T options)
        where T : class => ParameterSet.FromJson(JsonSerializer.SerializeToElement(options, Json));

    /// <summary>The options that differ from another record's.</summary>
    public static ParameterSet Difference<T>(T options, T from)
        where T : class
    {
        var before = ToParameters(from);
        var result = ParameterSet.Empty;
        foreach (var (path, value) in Leaves(ToParameters(options), typeof(T), ""))
        {
            if (!before.TryGet(path, out var old) || !Equals(old, value))
            {
                result = result.With(path, value);
            }
        }

        return result;
    }

    /// <summary>Parameters laid over others: options one by one, trees that are one option (<c>env_config</c>) as a whole.</summary>
    public static ParameterSet Overlay<T>(ParameterSet below, ParameterSet above)
    {
        foreach (var (path, value) in Leaves(above, typeof(T), ""))
        {
            below = below.With(path, value);
        }

        return below;
    }

    /// <summary>The record that parameters describe.</summary>
    /// <exception cref="ArgumentException">A name is unknown or a value of the wrong type; the message lists all of them.</exception>
    public static T Bind<T>(ParameterSet parameters)
        where T : class
    {
        var issues = Check(parameters, typeof(T), "").ToList();
        return issues.Count == 0
            ? JsonSerializer.Deserialize<T>(Fit(parameters, typeof(T)).ToString(), Json)!
            : throw new ArgumentException(string.Join(" ", issues.Select(i => $"{i.Path} {i.Message}.")), nameof(parameters));
    }

    /// <summary>What cannot be read.</summary>
    public static IEnumerable<ParameterIssue> Check(ParameterSet parameters, Type type, string prefix)
    {
        var properties = Properties(type);
        foreach (var (name, value) in parameters)
        {
            if (!properties.TryGetValue(name, out var property))
            {
                yield return new(prefix + name, "is unknown");
            }
            else if (IsBranch(property.PropertyType))
            {
                if (value is not ParameterSet branch)
                {
                    yield return new(prefix + name, $"is {Text(value)}; it must be a map");
                    continue;
                }

                foreach (var issue in Check(branch, property.PropertyType, prefix + name + "."))
                {
                    yield return issue;
                }
            }
            else if (CheckLeaf(type, name, property, value) is { } message)
            {
                yield return new(prefix + name, message);
            }
        }
    }

    private static string? CheckLeaf(Type type, string name, PropertyInfo property, object? value)
    {
        if (value is null && !AllowsNull(property))
        {
            return $"is null; it must be {Describe(property)}";
        }

        try
        {
            JsonSerializer.Deserialize(Fit(ParameterSet.Empty.With(name, value), type).ToString(), type, Json);
            return null;
        }
        catch (JsonException e)
        {
            var own = e.Message.StartsWith("it must be", StringComparison.Ordinal) || e.Message.StartsWith("Point", StringComparison.Ordinal) || e.Message.StartsWith("The value of the schedule", StringComparison.Ordinal);
            return $"is {Text(value)}; {(own ? Clean(e.Message) : "it must be " + Describe(property) + Limits(value, property))}";
        }
    }

    private static string Clean(string message) => message.Split(" Path: ", 2)[0].TrimEnd('.');

    private static bool AllowsNull(PropertyInfo property) => property.PropertyType.IsValueType
        ? Nullable.GetUnderlyingType(property.PropertyType) is not null
        : new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;

    private static string Describe(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var text = type == typeof(int) || type == typeof(long) ? "a whole number"
            : type == typeof(double) ? "a number"
            : type == typeof(bool) ? "true or false"
            : type == typeof(string) ? "a text"
            : type == typeof(Schedule) ? ScheduleConverter.Form
            : type == typeof(ParameterSet) ? "a map"
            : "a list of whole numbers";
        return AllowsNull(property) ? text + ", or null" : text;
    }

    // What is whole already fails only by its size.
    private static string Limits(object? value, PropertyInfo property) => value switch
    {
        long or ulong or double when (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) == typeof(int) && Convert.ToDouble(value, CultureInfo.InvariantCulture) is var size && Math.Floor(size) == size =>
            string.Create(CultureInfo.InvariantCulture, $" of at {(size > 0 ? $"most {int.MaxValue:#,0}" : $"least {int.MinValue:#,0}")}"),
        _ => "",
    };

    // Whole numbers written as real ones (4e3) fit where whole numbers are expected.
    private static ParameterSet Fit(ParameterSet parameters, Type type)
    {
        var properties = Properties(type);
        return ParameterSet.From(parameters.Select(p => KeyValuePair.Create(p.Key, properties.TryGetValue(p.Key, out var property) ? FitValue(p.Value, property.PropertyType) : p.Value)));
    }

    private static object? FitValue(object? value, Type type)
    {
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        return value switch
        {
            ParameterSet branch when IsBranch(type) => Fit(branch, type),
            double real when (inner == typeof(int) || inner == typeof(long)) && real == Math.Floor(real) && Math.Abs(real) < 1L << 53 => (long)real,
            _ => value,
        };
    }

    private static IEnumerable<KeyValuePair<string, object?>> Leaves(ParameterSet set, Type type, string prefix)
    {
        var properties = Properties(type);
        foreach (var (name, value) in set)
        {
            if (value is ParameterSet branch && properties.TryGetValue(name, out var property) && IsBranch(property.PropertyType))
            {
                foreach (var leaf in Leaves(branch, property.PropertyType, prefix + name + "."))
                {
                    yield return leaf;
                }
            }
            else
            {
                yield return new(prefix + name, value);
            }
        }
    }


    private static bool IsBranch(Type type) => type == typeof(Modules.ModelOptions) || type.IsAssignableTo(typeof(IOptionGroup));

    private static Dictionary<string, PropertyInfo> Properties(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.SetMethod is { IsPublic: true }).ToDictionary(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name), StringComparer.Ordinal);

    private static string Text(object? value) => value switch
    {
        null => "null",
        string text => $"'{text}'",
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
