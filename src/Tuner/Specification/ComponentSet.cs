using System.Diagnostics.CodeAnalysis;

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
        where T : TOptions => Add(name, aliases, new(name, typeof(T), _json, null));

    /// <summary>Adds a component that takes no options.</summary>
    /// <param name="name">The canonical name.</param>
    /// <param name="options">What it is made by.</param>
    /// <param name="aliases">Other names that mean the same.</param>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public void Add(string name, TOptions options, params IReadOnlyList<string> aliases) =>
        Add(name, aliases, new(name, options.GetType(), _json, options));

    /// <summary>The canonical name, given any spelling that was registered.</summary>
    public bool TryResolve(string name, [NotNullWhen(true)] out string? canonical)
    {
        canonical = _entries.TryGetValue(name, out var entry) ? entry.Name : null;
        return canonical is not null;
    }

    /// <summary>The options that a component takes.</summary>
    /// <exception cref="ArgumentException">There is no such component.</exception>
    public ImmutableArray<ComponentOption> OptionsOf(string name) =>
        [.. Find(name).Schema.Options.Select(o => new ComponentOption(o.Name, o.Type, o.IsRequired))];

    /// <summary>What a component is read from.</summary>
    internal OptionSchema SchemaOf(string name) => Find(name).Schema;

    /// <summary>What is wrong with a component as it is written; paths are below it. Empty when it can be made.</summary>
    public IEnumerable<ParameterIssue> Check(ComponentSpec component)
    {
        ArgumentNullException.ThrowIfNull(component);
        var issues = new List<ParameterIssue>();
        if (_entries.ContainsKey(component.Type))
        {
            Resolve(component.Type, component.Options, "", "type", issues);
            return issues;
        }

        return [new("type", $"is '{component.Type}', which is no {Kind}." + NearestName.For(component.Type, _names, Kind + "s"))];
    }

    /// <summary>The options as their record.</summary>
    /// <exception cref="ArgumentException">There is no such component.</exception>
    /// <exception cref="InvalidOperationException">An option is unknown or does not fit; <see cref="Check"/> says which.</exception>
    public TOptions Bind(ComponentSpec component)
    {
        ArgumentNullException.ThrowIfNull(component);
        var entry = Find(component.Type);
        return entry.Instance ?? (entry.Schema.Read(component.Options, out var options) is { Count: > 0 } wrong
            ? throw new InvalidOperationException($"The options of {Kind} '{component.Type}' do not fit: {string.Join(" ", wrong.Select(i => i.Sentence))}")
            : (TOptions)options!);
    }

    /// <summary>
    /// The component as it is written, all options included. Null when the record, or one inside it, was not registered here: such a
    /// component is supplied as code.
    /// </summary>
    public ComponentSpec? Describe(TOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var entry = options is IHoldsCode { HoldsCode: true } ? null
            : _entries.Values.FirstOrDefault(e => e.Instance is null ? e.Type == options.GetType() : ReferenceEquals(e.Instance, options));
        return entry is null || entry.Schema.ComponentsIn(options, typeof(TOptions)).Any(c => Describe((TOptions)c) is null) ? null
            : new(entry.Name, entry.Instance is null ? entry.Schema.ToParameters(options) : ParameterSet.Empty);
    }

    /// <summary>The other names of a component, in ordinal order.</summary>
    internal ImmutableArray<string> AliasesOf(string name) =>
        [.. _entries.Where(e => e.Value.Name == name && e.Key != name).Select(e => e.Key).Order(StringComparer.Ordinal)];

    /// <summary>A component for a person: its name, and the options that are not as they are by default.</summary>
    internal string Brief(ComponentSpec component)
    {
        var entry = _entries.GetValueOrDefault(component.Type);
        var given = entry is { Instance: null } ? entry.Schema.Difference(Bind(component), Activator.CreateInstance(entry.Type)!) : component.Options;
        return given.Count == 0 ? component.Type : $"{component.Type} ({string.Join(", ", given.Select(o => $"{o.Key}: {Text(o.Value)}"))})";

        string Text(object? value) => value switch
        {
            ParameterSet map when map.TryGet("type", out var type) && type is string name && _entries.ContainsKey(name) => Brief(ComponentSpec.From(map)),
            string text => text,
            ParameterList list => $"[{string.Join(", ", list.Select(Text))}]",
            _ => TypeText.Show(value),
        };
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
                var list = ListOf(entry);
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
                issues.Add(new($"{path}.{known}", $"'{known}' stands beside {string.Join(", ", map.Names.Where(n => n != known).Select(n => $"'{n}'"))}; " +
                    $"name one {Kind}, with its options beside 'type': {{type: {known}}}.")
                { IsAboutName = true });
                return null;
            case ParameterSet map when NearestName.Of("type", map.Names) is { } slip:
                issues.Add(new($"{path}.{slip}", $"'{slip}' stands where the name of a {Kind} is expected. Did you mean 'type'?") { IsAboutName = true });
                return null;
            default:
                issues.Add(new(path, $"is {TypeText.Show(value)}; it must be the name of a {Kind}, or a map with 'type' and its options: {{type: " +
                    $"{_names.FirstOrDefault() ?? "…"}}}."));
                return null;
        }
    }

    private ComponentSpec? Resolve(string name, ParameterSet options, string path, string namePath, List<ParameterIssue> issues)
    {
        if (!_entries.TryGetValue(name, out var entry))
        {
            issues.Add(new(namePath, $"'{name}' is no {Kind}." + NearestName.For(name, _names, Kind + "s")) { Code = ProblemCode.Name });
            return null;
        }

        // In canonical form nested components are maps with 'type'.
        var (before, read) = (issues.Count, options);
        foreach (var option in entry.Schema.Options.Where(o => o.Type == typeof(TOptions) || o.ItemType == typeof(TOptions)))
        {
            var here = OptionSchema.Join(path, option.Name);
            if (options.TryGet(option.Name, out var part) && (option.Type == typeof(TOptions) || part is ParameterList))
            {
                var inside = part is ParameterList parts && option.Type != typeof(TOptions) ? parts.Select((p, i) => Read(p, $"{here}[{i}]", issues)).ToList()
                    : [Read(part, here, issues)];
                object content = option.Type == typeof(TOptions) ? inside[0]?.ToParameters() ?? ParameterSet.Empty
                    : new ParameterList(inside.Select(c => c?.ToParameters()));
                options = options.With(option.Name, content);
                read = inside.Contains(null) ? ParameterSet.From(read.Where(o => o.Key != option.Name)) : read.With(option.Name, content);
            }
        }

        var gone = options.Names.Except(read.Names).ToList();
        issues.AddRange(entry.Schema.Read(read, out _).Where(i => !gone.Exists(g => i.Message.StartsWith($"needs '{g}'", StringComparison.Ordinal)))
            .Select(i => Elsewhere(entry, i) with { Path = OptionSchema.Join(path, i.Path) }));
        return issues.Count == before ? new(entry.Name, options) : null;
    }

    // An option that is known at another place.
    private static ParameterIssue Elsewhere(Entry entry, ParameterIssue issue) => issue.IsAboutName
        && NearestName.Of(issue.Path, entry.Schema.Options.Select(o => o.Name)) is null
            && KeyPlaces.ForOption(issue.Path, entry.Schema.Options.Any(o => o.Name == "searcher")) is { } place
        ? issue with { Message = $"'{issue.Path}' is no option here.{place}" } : issue;

    private static Option? ListOf(Entry entry) => entry.Schema.Options.FirstOrDefault(o => o.ItemType == typeof(TOptions));

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
        : throw new ArgumentException($"There is no {Kind} '{name}'." + NearestName.For(name, _names, Kind + "s"), nameof(name));

    // The schema is made when somebody asks: an experiment uses three of the many components that there are.
    private sealed record Entry(string Name, Type Type, JsonSerializerOptions Json, TOptions? Instance)
    {
        public OptionSchema Schema => OptionSchema.Of(Instance is null ? Type : typeof(NoOptions), Json);
    }

    private sealed record NoOptions;

    /// <summary>A component inside another's options: a map with its type.</summary>
    private sealed class NestedConverter(ComponentSet<TOptions> set) : JsonConverter<TOptions>, IValueForm
    {
        public string Form => $"the name of a {set.Kind}, or a map with 'type' and its options";

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
