using System.Collections.Concurrent;
using System.Text.Json.Serialization.Metadata;

namespace Tuning.Values;

/// <summary>
/// What a type can be read from: an option per property, with its name, type and rules. One for searchers, schedulers, stoppers, algorithms and the
/// configurations of users: reads parameters and says everything that is wrong with them at once. Reflected once per type; safe on any thread.
/// </summary>
internal sealed class OptionSchema
{
    private static readonly ConditionalWeakTable<JsonSerializerOptions, ConcurrentDictionary<Type, OptionSchema>> _known = [];

    private readonly Dictionary<string, Option> _byName;
    private readonly bool _isObject;
    private bool? _hasRules;

    private OptionSchema(Type type, JsonSerializerOptions json)
    {
        (Type, Json) = (type, json);
        json.MakeReadOnly(populateMissingResolver: true);
        var info = json.GetTypeInfo(type);
        _isObject = info.Kind == JsonTypeInfoKind.Object && info.Converter is not IValueForm;
        Options = !_isObject ? []
            : [.. info.Properties.Where(p => p.Set is not null || p.AssociatedParameter is not null).DistinctBy(p => p.Name).Select(p => new Option(p, json))];
        _byName = Options.ToDictionary(o => o.Name);
    }

    /// <summary>The type.</summary>
    public Type Type { get; }

    /// <summary>How it is read and written.</summary>
    public JsonSerializerOptions Json { get; }

    /// <summary>Its options, in the order of its properties.</summary>
    public ImmutableArray<Option> Options { get; }

    /// <summary>The dotted paths of all options; a group that may be null is one of them, and what is in another group stands below it.</summary>
    public IReadOnlyList<string> Paths =>
        field ??= [.. Options.SelectMany(o => o.Group is { } group && !o.AllowsNull ? group.Paths.Select(p => o.Name + "." + p)
        : [o.Name]).Order(StringComparer.Ordinal)];

    private bool HasRules
    {
        get
        {
            if (_hasRules is null)
            {
                _hasRules = false; // a type that holds itself is asked once
                _hasRules = Options.Any(o => o.Rules.Length > 0 || o.IsEnum || o.Group is { HasRules: true });
            }

            return _hasRules.Value;
        }
    }

    /// <summary>The schema of a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="json">How it is read; null for as configurations are.</param>
    public static OptionSchema Of(Type type, JsonSerializerOptions? json = null)
    {
        json ??= ConfigurationBinder.Options;
        return _known.GetOrCreateValue(json).GetOrAdd(type, static (t, j) => new(t, j), json);
    }

    /// <summary>Refuses options that break a rule.</summary>
    /// <exception cref="ArgumentException">One does; the message has a line for each: <c>gamma: is 2; it must be from 0 to 1.</c></exception>
    public static void Require(object options)
    {
        var issues = Of(options.GetType()).Check(options);
        if (issues.Count > 0)
        {
            throw new ArgumentException(string.Join('\n', issues.Select(i => $"{i.Path}: {i.Message}")));
        }
    }

    /// <summary>The options with what differs from another record's.</summary>
    public ParameterSet Difference(object options, object from)
    {
        var before = ToParameters(from);
        return Leaves(ToParameters(options), "").Where(l => !before.TryGet(l.Key, out var old) || !Equals(old, l.Value))
            .Aggregate(ParameterSet.Empty, (set, l) => set.With(l.Key, l.Value));
    }

    /// <summary>Parameters laid over others: options one by one, maps that are one option as a whole.</summary>
    public ParameterSet Overlay(ParameterSet below, ParameterSet above) => Leaves(above, "").Aggregate(below, (set, l) => set.With(l.Key, l.Value));

    /// <summary>All options as parameters.</summary>
    public ParameterSet ToParameters(object options) => ParameterSet.FromJson(JsonSerializer.SerializeToElement(options, Type, Json));

    /// <summary>What of options can be written down: code, and what has no JSON, is left out.</summary>
    public ParameterSet Written(object options)
    {
        var written = ParameterSet.Empty;
        foreach (var option in Options)
        {
            try
            {
                written = written.With(option.Name, ParameterSet.ValueFromJson(JsonSerializer.SerializeToElement(option.Get(options), option.Type, Json)));
            }
            catch (Exception e) when (e is NotSupportedException or JsonException or ArgumentException or InvalidOperationException)
            {
                // Of a component of a user's own: whatever it is, an experiment can run without having it written down.
            }
        }

        return written;
    }

    /// <summary>The object that parameters describe, and what is wrong with them.</summary>
    /// <param name="set">The parameters.</param>
    /// <param name="value">The object; where something cannot be read, of the rest, or null. It may break rules.</param>
    /// <param name="noun">What messages call them: <c>option</c>, <c>parameter</c>.</param>
    /// <param name="rules">Whether they are held to their rules, too.</param>
    public List<ParameterIssue> Read(ParameterSet set, out object? value, string noun = "option", bool rules = true)
    {
        if (TryDeserialize(set.ToString(), Type, Json, out value, out var error) && !HasNull(set))
        {
            return rules ? Check(value!) : [];
        }

        var issues = new List<ParameterIssue>();
        if (_isObject)
        {
            Visit(set, "", noun, issues);
        }

        if (issues.Count == 0)
        {
            issues.Add(new("", error is null ? "is null." : Clean(error.Message)));
        }

        // What can be read is held to its rules, too.
        var wrong = issues.Select(i => i.Path).ToHashSet();
        TryDeserialize(Without(set, "", wrong, wrong.SelectMany(Above).ToHashSet()).ToString(), Type, Json, out value, out _);
        return [.. issues, .. value is null || !rules ? [] : Check(value).Where(rule => !wrong.Contains(rule.Path))];
    }

    /// <summary>The options that break a rule.</summary>
    public List<ParameterIssue> Check(object options)
    {
        var issues = new List<ParameterIssue>();
        Check(options, "", issues);
        return issues;
    }

    /// <summary>The components of a kind that stand in options, alone or in lists.</summary>
    public IEnumerable<object> ComponentsIn(object options, Type kind) => Options.Where(o => o.Type == kind || o.ItemType == kind)
        .SelectMany(o => o.Get(options) switch
        {
            null => [],
            var one when o.Type == kind => (IEnumerable<object>)[one],
            var list => ((System.Collections.IEnumerable)list).Cast<object>()
        });

    /// <summary>A path below another.</summary>
    public static string Join(string path, string name) => path.Length == 0 ? name : name.Length == 0 ? path : path + "." + name;

    /// <summary>The first sentence that a JSON exception says itself, without where it was.</summary>
    public static string Clean(string message)
    {
        var text = message.Split(" Path: ", 2)[0].TrimEnd('.') + ".";
        return text.StartsWith("It must be", StringComparison.Ordinal) ? "i" + text[1..] : text;
    }

    /// <summary>Reads a JSON text as a type, or says why it cannot be read.</summary>
    public static bool TryDeserialize(string text, Type type, JsonSerializerOptions json, out object? value, out JsonException? error)
    {
        try
        {
            (value, error) = (JsonSerializer.Deserialize(text, type, json), null);
            return true;
        }
        catch (JsonException e)
        {
            (value, error) = (null, e);
            return false;
        }
    }

    // A null reaches properties that cannot be null where nothing converts it.
    private bool HasNull(ParameterSet set) => set.Any(p => _byName.TryGetValue(p.Key, out var option)
        && (p.Value is null ? !option.AllowsNull : p.Value is ParameterSet below && option.Group is { } group && group.HasNull(below)));

    private void Check(object options, string path, List<ParameterIssue> issues)
    {
        foreach (var option in HasRules ? Options : [])
        {
            var value = option.Get(options);
            if (option.Broken(value) is { } message)
            {
                issues.Add(new(Join(path, option.Name), message));
            }
            else if (value is not null)
            {
                option.Group?.Check(value, Join(path, option.Name), issues);
            }
        }
    }

    private void Visit(ParameterSet set, string path, string noun, List<ParameterIssue> issues)
    {
        var misspelt = new HashSet<string?>();
        foreach (var (name, value) in set)
        {
            var here = Join(path, name);
            if (_byName.TryGetValue(name, out var option))
            {
                if (!(value is null ? option.AllowsNull : Fits(value, option.Type, option.Json))
                    || (value is ParameterSet below && option.Group is { } group && group.HasNull(below)))
                {
                    Visit(value, option.Type, option, here, noun, issues);
                }

                continue;
            }

            misspelt.Add(NearestName.Of(name, _byName.Keys));
            issues.Add(new(here, $"'{here}' is no {noun} here.{NearestName.For(name, _byName.Keys, noun + "s")}") { IsAboutName = true });
        }

        issues.AddRange(Options.Where(o => o.IsRequired && !set.TryGetOwn(o.Name, out _) && !misspelt.Contains(o.Name))
            .Select(o => new ParameterIssue(path, $"needs '{o.Name}', {o.Words}.") { Code = ProblemCode.Missing }));
    }

    private static void Visit(object? value, Type type, Option option, string path, string noun, List<ParameterIssue> issues)
    {
        var json = option.Json;
        var before = issues.Count;
        var info = json.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);
        switch (value)
        {
            case ParameterSet set when info is { Kind: JsonTypeInfoKind.Object, Converter: not IValueForm }:
                Of(info.Type, json).Visit(set, path, noun, issues);
                break;
            case ParameterSet set when info is { Kind: JsonTypeInfoKind.Dictionary, ElementType: { } content }:
                Items(set.Select(p => (p.Key, p.Value)), content);
                break;
            case ParameterList list when info is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } item }:
                Items(list.Index().Select(p => (p.Index.ToString(CultureInfo.InvariantCulture), p.Item)), item);
                break;
        }

        if (issues.Count == before)
        {
            issues.Add(new(path, option.Wrong(value, type, noun)));
        }

        void Items(IEnumerable<(string Name, object? Value)> items, Type of)
        {
            foreach (var (name, each) in items.Where(i => !Fits(i.Value, of, json)))
            {
                Visit(each, of, option, Join(path, name), noun, issues);
            }
        }
    }

    private static bool Fits(object? value, Type type, JsonSerializerOptions json) =>
        TryDeserialize(ConfigurationBinder.ToJson(value), type, json, out _, out _);

    private IEnumerable<KeyValuePair<string, object?>> Leaves(ParameterSet set, string prefix) => set.SelectMany(p =>
        p.Value is ParameterSet below && _byName.TryGetValue(p.Key, out var option) && option is { Group: { } group, AllowsNull: false }
            ? group.Leaves(below, prefix + p.Key + ".")
            : [KeyValuePair.Create<string, object?>(prefix + p.Key, p.Value)]);

    // What of a set is at none of these paths; of a value that is no set nothing where one of them is below it.
    private static ParameterSet Without(ParameterSet set, string path, HashSet<string> wrong, HashSet<string> above) => ParameterSet.From(
        from p in set
        let here = Join(path, p.Key)
        where !wrong.Contains(here) && (p.Value is ParameterSet || !above.Contains(here))
        select p.Value is ParameterSet branch && above.Contains(here) ? new(p.Key, Without(branch, here, wrong, above)) : p);

    private static IEnumerable<string> Above(string path)
    {
        for (var dot = path.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = path.IndexOf('.', dot + 1))
        {
            yield return path[..dot];
        }
    }
}
