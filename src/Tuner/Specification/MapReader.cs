namespace Tuning.Specification;

/// <summary>Takes the keys of one map, with the types they must have; whatever was not taken at the end is unknown.</summary>
internal sealed class MapReader(SourceMap map, SourcePath at, string what)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public SourceMap Map => map;

    /// <summary>The entry of a key; null when it is absent or has no value.</summary>
    public SourceEntry? Take(string name)
    {
        _known.Add(name);
        return map.Find(name) is { Value: not SourceScalar { Value: null } } entry ? entry : null;
    }

    /// <summary>Whether a key was taken, or asked for.</summary>
    public bool Knows(string name) => _known.Contains(name);

    public string PathOf(SourceEntry entry) => entry.WrittenPath ?? at.Under(entry.Name);

    public SourcePath AtOf(SourceEntry entry) => at with { Path = PathOf(entry) };

    public string? Text(string name, string must)
    {
        if (Take(name) is not { } entry)
        {
            return null;
        }

        if (entry.Value is SourceScalar { Value: string text })
        {
            return text;
        }

        Wrong(entry, must);
        return null;
    }

    public long? Whole(string name)
    {
        if (Take(name) is not { } entry)
        {
            return null;
        }

        if (entry.Value is SourceScalar { Value: var value } && (value is double real ? Numbers.Whole(real) : value as long?) is { } whole)
        {
            return whole;
        }

        Wrong(entry, "it must be a whole number.");
        return null;
    }

    public int? Int(string name)
    {
        if (Whole(name) is not { } whole)
        {
            return null;
        }

        if (whole is >= int.MinValue and <= int.MaxValue)
        {
            return (int)whole;
        }

        Wrong(map.Find(name)!, $"it must be at most {int.MaxValue}.");
        return null;
    }

    public double? Number(string name)
    {
        if (Take(name) is not { } entry)
        {
            return null;
        }

        if (entry.Value is SourceScalar { Value: long or double } scalar)
        {
            return Convert.ToDouble(scalar.Value, CultureInfo.InvariantCulture);
        }

        Wrong(entry, "it must be a number.");
        return null;
    }

    public TimeSpan? Seconds(string name)
    {
        if (Number(name) is not { } seconds)
        {
            return null;
        }

        if (seconds is > 0 and < 1e10)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        Wrong(map.Find(name)!, "it must be more than 0 seconds; leave it away for no limit.");
        return null;
    }

    public bool? Flag(string name)
    {
        if (Take(name) is not { } entry)
        {
            return null;
        }

        if (entry.Value is SourceScalar { Value: bool flag })
        {
            return flag;
        }

        Wrong(entry, "it must be true or false.");
        return null;
    }

    public T? Choice<T>(string name)
        where T : struct, Enum
    {
        if (Take(name) is not { } entry)
        {
            return null;
        }

        if (entry.Value is SourceScalar { Value: string text } && EnumWords.Of(typeof(T)).Find(text) is T value)
        {
            return value;
        }

        Wrong(entry, $"it must be {TypeText.Of(typeof(T))}.");
        return null;
    }

    /// <summary>A section: a map below this one.</summary>
    public MapReader? Section(string name, string whatBelow)
    {
        if (Take(name) is not { } entry)
        {
            return null;
        }

        if (entry.Value is SourceMap below)
        {
            return new(below, AtOf(entry), whatBelow);
        }

        Wrong(entry, $"it must be a map: {name}: {{key: value}}.");
        return null;
    }

    public void Wrong(SourceEntry entry, string must) => at.Problem(entry.Value.Position, PathOf(entry), Wrong(entry.Value, must));

    /// <summary>Everything that was not taken is unknown.</summary>
    public void Close()
    {
        foreach (var entry in map.Entries.Where(e => !_known.Contains(e.Name)))
        {
            at.Problem(entry.KeyPosition, PathOf(entry), $"'{entry.Name}' is no key of " +
                $"{what}.{KeyPlaces.For(entry.Name, what[0] == '\'' ? what.Trim('\'') : null) ?? NearestName.For(entry.Name, _known, "keys")}",
                ProblemCode.Name);
        }
    }

    /// <summary><c>is 'ten'; it must be a number.</c>, with what may have been meant.</summary>
    public static string Wrong(SourceNode node, string must) => $"is {TypeText.Show(node.ToValue())}; {must}{ScalarHint.For(node, must)}";
}

/// <summary>What somebody may have meant by a text where something else is needed.</summary>
internal static class ScalarHint
{
    public static string For(SourceNode node, string must)
    {
        if (node is not SourceScalar { Value: string text } scalar)
        {
            return "";
        }

        var (number, flag) = (must.Contains("number", StringComparison.Ordinal), must.Contains("true or false", StringComparison.Ordinal));
        if (flag && scalar.IsPlain && text.ToLowerInvariant() is "yes" or "no" or "on" or "off" or "y" or "n")
        {
            return $" In YAML 1.2 '{text}' is a text; write {(text.ToLowerInvariant() is "yes" or "on" or "y" ? "true" : "false")}.";
        }

        if (!scalar.IsPlain && !must.EndsWith(" Leave the quotes away.", StringComparison.Ordinal)
            && ((number && CoreScalar.Number(text) is not null) || (flag && CoreScalar.Resolve(text) is bool)))
        {
            return " Leave the quotes away.";
        }

        var digits = text.Replace("_", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        return number && digits != text && CoreScalar.Number(digits) is not null ? $" Numbers have no separators; write {digits}." : "";
    }
}
