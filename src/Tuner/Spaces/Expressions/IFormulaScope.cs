namespace Tuning.Spaces.Expressions;

/// <summary>How a name was found.</summary>
internal enum NameLookup
{
    /// <summary>It has a value.</summary>
    Found,

    /// <summary>It is known, but has no value here: a parameter whose condition does not hold.</summary>
    Absent,

    /// <summary>Nobody knows it.</summary>
    Unknown,
}

/// <summary>What the names of an expression stand for.</summary>
internal interface IFormulaScope
{
    /// <summary>The names that there are, for an error about one that there is not.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>Looks a name up by its parts.</summary>
    NameLookup Find(ImmutableArray<string> name, out object? value);
}

/// <summary>The names of a resolved configuration.</summary>
internal sealed class ParameterScope(ParameterSet parameters) : IFormulaScope
{
    public IReadOnlyCollection<string> Names => [.. parameters.Flatten().Select(p => p.Key)];

    public NameLookup Find(ImmutableArray<string> name, out object? value) => Walk(parameters, name.AsSpan(), out value) ? NameLookup.Found
        : NameLookup.Unknown;

    /// <summary>Follows the parts of a name through maps and lists.</summary>
    public static bool Walk(object? from, ReadOnlySpan<string> name, out object? value)
    {
        value = from;
        for (var i = 0; i < name.Length; i++)
        {
            switch (value)
            {
                case ParameterSet set when set.TryGetOwn(name[i], out var below):
                    value = below;
                    break;
                case ParameterList list when Position(name[i], list.Count) is { } at:
                    value = list[at];
                    break;
                default:
                    value = null;
                    return false;
            }
        }

        return true;
    }

    /// <summary>A position in a list; negative ones count from its end.</summary>
    public static int? Position(string part, int count) =>
        int.TryParse(part, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var at) && at < count
            && at >= -count
            ? at < 0 ? at + count : at
            : null;
}
