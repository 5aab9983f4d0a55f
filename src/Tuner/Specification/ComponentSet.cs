using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tuning.Training;

namespace Tuning.Specification;

/// <summary>The components of one kind by name, with the options that each takes.</summary>
/// <remarks>Filled while the host is built; safe for reading by any thread afterwards.</remarks>
/// <typeparam name="TOptions">The base of their option records.</typeparam>
public sealed class ComponentSet<TOptions>
    where TOptions : class
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private readonly JsonSerializerOptions _json;

    internal ComponentSet(string kind)
    {
        Kind = kind;
        _json = new(ConfigurationBinder.Options);
        _json.Converters.Add(new NestedConverter(this));
    }

    /// <summary>What they are, for messages: <c>scheduler</c>.</summary>
    public string Kind { get; }

    /// <summary>The canonical names in order of registration.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Adds a component.</summary>
    /// <typeparam name="T">Its options: each public property with a setter is one.</typeparam>
    /// <param name="name">The canonical name.</param>
    /// <param name="aliases">Other names that mean the same.</param>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public void Add<T>(string name, params IReadOnlyList<string> aliases)
        where T : TOptions => Add(name, aliases, new(name, typeof(T), new(typeof(T), _json), null));

    /// <summary>Adds a component that takes no options.</summary>
    /// <param name="name">The canonical name.</param>
    /// <param name="options">What it is made by.</param>
    /// <param name="aliases">Other names that mean the same.</param>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public void Add(string name, TOptions options, params IReadOnlyList<string> aliases) => Add(name, aliases, new(name, options.GetType(), new(typeof(object), _json), options));

    /// <summary>The canonical name, given any spelling that was registered.</summary>
    public bool TryResolve(string name, [NotNullWhen(true)] out string? canonical)
    {
        canonical = _entries.TryGetValue(name, out var entry) ? entry.Name : null;
        return canonical is not null;
    }

    /// <summary>The options that a component takes.</summary>
    /// <exception cref="ArgumentException">There is no such component.</exception>
    public ImmutableArray<ComponentOption> OptionsOf(string name) => Find(name).Schema.Options;

    /// <summary>What is wrong with a component as it is written; paths are below it. Empty when it can be made.</summary>
    public IEnumerable<ParameterIssue> Check(ComponentSpec component)
    {
        ArgumentNullException.ThrowIfNull(component);
        return _entries.TryGetValue(component.Type, out var entry)
            ? entry.Schema.Check(component.Options, CheckNested)
            : [new("type", $"is '{component.Type}', which is no {Kind}." + NameHint.For(component.Type, [.. _names], Kind + "s"))];
    }

    /// <summary>The options as their record.</summary>
    /// <exception cref="ArgumentException">There is no such component.</exception>
    /// <exception cref="InvalidOperationException">An option is unknown or does not fit; <see cref="Check"/> says which.</exception>
    public TOptions Bind(ComponentSpec component)
    {
        ArgumentNullException.ThrowIfNull(component);
        var entry = Find(component.Type);
        try
        {
            return entry.Instance ?? (TOptions)entry.Schema.Bind(component.Options);
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"The options of {Kind} '{component.Type}' do not fit: {e.Message}", e);
        }
    }

    /// <summary>
    /// The component as it is written, all options included. Null when the record, or one inside it, was not registered here: such a
    /// component is supplied as code.
    /// </summary>
    public ComponentSpec? Describe(TOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var entry = options is IHoldsCode { HoldsCode: true } ? null : _entries.Values.FirstOrDefault(e => e.Instance is null ? e.Type == options.GetType() : ReferenceEquals(e.Instance, options));
        return entry is null || entry.Schema.ComponentsIn(options, typeof(TOptions)).Any(c => Describe((TOptions)c) is null) ? null
            : new(entry.Name, entry.Instance is null ? ParameterSet.FromJson(JsonSerializer.SerializeToElement(options, entry.Type, _json)) : ParameterSet.Empty);
    }

    /// <summary>
    /// A component as a person writes it, in canonical form: a name alone, a map with <c>type</c>, or <c>{all: [ … ]}</c> where the
    /// component takes a list of its kind.
    /// </summary>
    internal ComponentSpec? Read(object? value, string path, List<ParameterIssue> issues)
    {
        switch (value)
        {
            case string name:
                return Resolve(name, ParameterSet.Empty, path, path, issues);
            case ParameterSet map when map.TryGet("type", out var type):
                if (type is not string typeName)
                {
                    issues.Add(new(path + ".type", $"is {TypeText.Show(type)}; it must be the name of a {Kind}."));
                    return null;
                }

                return Resolve(typeName, ParameterSet.From(map.Where(p => p.Key != "type")), path, path + ".type", issues);
            case ParameterSet { Count: 1 } map when _entries.TryGetValue(map.Names[0], out var entry):
                var content = map[map.Names[0]];
                var list = entry.Schema.ListOf(typeof(TOptions));
                if (list is not null && content is ParameterList)
                {
                    return Resolve(entry.Name, ParameterSet.Empty.With(list.Name, content), path, path, issues);
                }

                if (list is null && content is ParameterSet options)
                {
                    return Resolve(entry.Name, options, path, path, issues);
                }

                issues.Add(new(path, $"'{map.Names[0]}' takes {(list is null ? "a map of options" : "a list")}, not {TypeText.Show(content)}."));
                return null;
            case ParameterSet map when map.Names.FirstOrDefault(_entries.ContainsKey) is { } known:
                issues.Add(new($"{path}.{known}", $"'{known}' stands beside {string.Join(", ", map.Names.Where(n => n != known).Select(n => $"'{n}'"))}; name one {Kind}, with its options beside 'type': {{type: {known}}}.") { IsAboutName = true });
                return null;
            case ParameterSet map when NameHint.Nearest("type", [.. map.Names]) is { } slip:
                issues.Add(new($"{path}.{slip}", $"'{slip}' stands where the name of a {Kind} is expected. Did you mean 'type'?") { IsAboutName = true });
                return null;
            default:
                issues.Add(new(path, $"is {TypeText.Show(value)}; it must be the name of a {Kind}, or a map with 'type' and its options: {{type: {_names.FirstOrDefault() ?? "…"}}}."));
                return null;
        }
    }

    private ComponentSpec? Resolve(string name, ParameterSet options, string path, string namePath, List<ParameterIssue> issues)
    {
        if (!_entries.TryGetValue(name, out var entry))
        {
            issues.Add(new(namePath, $"'{name}' is no {Kind}." + NameHint.For(name, [.. _names], Kind + "s")));
            return null;
        }

        foreach (var single in entry.Schema.SinglesOf(typeof(TOptions)))
        {
            if (options.TryGet(single.Name, out var part))
            {
                if (Read(part, $"{path}.{single.Name}", issues) is not { } inside)
                {
                    return null;
                }

                options = options.With(single.Name, inside.ToParameters());
            }
        }

        if (entry.Schema.ListOf(typeof(TOptions)) is { } list && options.TryGet(list.Name, out var items) && items is ParameterList parts)
        {
            // In canonical form nested components are maps with 'type'.
            var nested = parts.Select((p, i) => Read(p, $"{path}.{list.Name}[{i}]", issues)).ToList();
            if (nested.Any(n => n is null))
            {
                return null;
            }

            options = options.With(list.Name, new ParameterList(nested.Select(n => n!.ToParameters())));
        }

        var found = entry.Schema.Check(options, CheckNested).Select(i => i with { Path = i.Path.Length == 0 ? path : path + "." + i.Path }).ToList();
        issues.AddRange(found);
        return found.Count == 0 ? new(entry.Name, options) : null;
    }

    // Nested components were read, and their options checked, on the way in.
    private IEnumerable<ParameterIssue>? CheckNested(Type type, object? value, string name)
    {
        if (type == typeof(TOptions))
        {
            var issues = new List<ParameterIssue>();
            Read(value, name, issues);
            return issues;
        }

        if (OptionsSchema.ItemOf(type) != typeof(TOptions))
        {
            return null;
        }

        return value is not ParameterList list
            ? [new(name, $"is {TypeText.Show(value)}; it must be a list of {Kind}s.")]
            : list.SelectMany((item, i) =>
            {
                var issues = new List<ParameterIssue>();
                Read(item, $"{name}[{i}]", issues);
                return issues;
            });
    }

    private void Add(string name, IReadOnlyList<string> aliases, Entry entry)
    {
        foreach (var each in (string[])[name, .. aliases])
        {
            if (!_entries.TryAdd(each, entry))
            {
                throw new ArgumentException($"There is a {Kind} '{each}' already.", nameof(name));
            }
        }

        _names.Add(name);
    }

    private Entry Find(string name) => _entries.TryGetValue(name, out var entry)
        ? entry
        : throw new ArgumentException($"There is no {Kind} '{name}'." + NameHint.For(name, [.. _names], Kind + "s"), nameof(name));

    private sealed record Entry(string Name, Type Type, OptionsSchema Schema, TOptions? Instance);

    /// <summary>A component inside another's options: a map with its type.</summary>
    private sealed class NestedConverter(ComponentSet<TOptions> set) : JsonConverter<TOptions>
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert == typeof(TOptions);

        public override TOptions Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            var issues = new List<ParameterIssue>();
            return set.Read(ParameterSet.ValueFromJson(document.RootElement), set.Kind, issues) is { } component
                ? set.Bind(component)
                : throw new JsonException(string.Join(" ", issues.Select(i => $"{i.Path}: {i.Message}")));
        }

        public override void Write(Utf8JsonWriter writer, TOptions value, JsonSerializerOptions options)
        {
            var component = set.Describe(value) ?? throw new JsonException($"{value.GetType()} is not registered as a {set.Kind}.");
            component.ToParameters().WriteTo(writer);
        }
    }
}
