namespace Tuning.Specification;

/// <summary>Resources as maps of files and records: the keys that options have, and names of a user's own beside them.</summary>
internal static class ResourceForm
{
    /// <summary>What each trial asks for, as a map.</summary>
    public static ParameterSet Write(TrialResources resources) => Write(resources, resources.Other);

    /// <summary>What the machine has, as a map.</summary>
    public static ParameterSet Write(MachineResources resources) => Write(resources, resources.Other);

    /// <summary>Reads what each trial asks for.</summary>
    /// <param name="tree">The map.</param>
    /// <param name="resources">What could be read of it.</param>
    /// <returns>What cannot be read, by path below the map. No rule is looked at.</returns>
    public static List<ParameterIssue> Read(ParameterSet tree, out TrialResources resources)
    {
        var issues = Read<TrialResources, double>(tree, "a number", out var read, out var other);
        resources = read with { Other = other };
        return issues;
    }

    /// <summary>Reads what the machine has.</summary>
    /// <inheritdoc cref="Read(ParameterSet, out TrialResources)"/>
    public static List<ParameterIssue> Read(ParameterSet tree, out MachineResources resources)
    {
        var issues = Read<MachineResources, DeviceList>(tree, TypeText.Of(typeof(DeviceList)), out var read, out var other);
        resources = read with { Other = other };
        return issues;
    }

    private static ParameterSet Write<T, TOther>(T resources, IEnumerable<KeyValuePair<string, TOther>> other)
        where T : class
    {
        var set = ParameterSet.From(OptionSchema.Of(typeof(T)).ToParameters(resources).Where(o => o.Value is not null));
        return other.Aggregate(set, (all, o) =>
            all.With(o.Key, ParameterSet.ValueFromJson(JsonSerializer.SerializeToElement(o.Value, ConfigurationBinder.Options))));
    }

    private static List<ParameterIssue> Read<T, TOther>(ParameterSet tree, string form, out T resources, out ImmutableSortedDictionary<string, TOther> other)
        where T : class, new()
    {
        var schema = OptionSchema.Of(typeof(T));
        var known = schema.Options.Select(o => o.Name).ToHashSet();
        var issues = schema.Read(ParameterSet.From(tree.Where(p => known.Contains(p.Key))), out var read, rules: false);
        resources = read as T ?? new();
        var all = ImmutableSortedDictionary.CreateBuilder<string, TOther>(StringComparer.Ordinal);
        foreach (var (name, value) in tree.Where(p => !known.Contains(p.Key)))
        {
            if (OptionSchema.TryDeserialize(ConfigurationBinder.ToJson(value), typeof(TOther), ConfigurationBinder.Options, out var amount, out var error)
                && amount is not null)
            {
                all[name] = (TOther)amount;
            }
            else
            {
                var why = error?.Message.StartsWith("It must be", StringComparison.Ordinal) == true ? OptionSchema.Clean(error.Message) : $"it must be {form}.";
                issues.Add(new(name, $"is {TypeText.Show(value)}; {why}"));
            }
        }

        other = all.ToImmutable();
        return issues;
    }
}
