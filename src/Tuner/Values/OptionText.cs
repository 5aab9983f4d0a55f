using System.Collections;
using System.Reflection;

namespace Tuning.Values;

/// <summary>Options as text: <c>TpeOptions { StartupTrials = 10, … }</c>, the same in every culture, without what only forwards from an old name.</summary>
internal static class OptionText
{
    /// <summary>The text of a record.</summary>
    public static string Of(object options)
    {
        var shown = options.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(p => p.GetIndexParameters().Length == 0 && p.GetCustomAttribute<ObsoleteAttribute>() is null)
            .Select(p => $"{p.Name} = {Value(p.GetValue(options))}");
        return $"{options.GetType().Name} {{ {string.Join(", ", shown)} }}";
    }

    private static string Value(object? value) => value switch
    {
        null => "",
        string text => text,
        ParameterSet set => set.ToString(),
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Value))}]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ when value.GetType().GetMethod("<Clone>$") is not null => Of(value),
        _ => value.ToString() ?? "",
    };
}
