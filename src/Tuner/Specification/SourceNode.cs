namespace Tuning.Specification;

/// <summary>A text that experiments are read from: a file, or one option of the command line.</summary>
internal sealed class SourceText(string name, string text)
{
    private readonly string[] _lines = text.ReplaceLineEndings("\n").Split('\n');

    /// <summary>The file as the user named it, or <c>--set config.lr=x</c>.</summary>
    public string Name { get; } = name;

    /// <summary>The directory that relative paths in it are relative to.</summary>
    public string Directory { get; init; } = System.IO.Directory.GetCurrentDirectory();

    /// <summary>Whether positions in it are worth telling.</summary>
    public bool HasLines { get; init; } = true;

    /// <summary>The line with a caret below it; null when it does not fit.</summary>
    public string? Excerpt(int line, int column, int length)
    {
        if (!HasLines || line < 1 || line > _lines.Length || _lines[line - 1] is not { Length: > 0 and <= 160 } content || column > content.Length + 1)
        {
            return null;
        }

        var number = line.ToString(CultureInfo.InvariantCulture).PadLeft(5);
        var indent = string.Concat(content.Take(column - 1).Select(c => c == '\t' ? '\t' : ' '));
        var carets = new string('^', Math.Clamp(length, 1, Math.Max(1, content.Length - column + 1)));
        return $"{number} | {content}\n      | {indent}{carets}";
    }
}

/// <summary>A place in a text: line and column from 1.</summary>
internal readonly record struct SourcePosition(SourceText Source, int Line, int Column, int Length)
{
    public SpecificationProblem Problem(string path, string message, ProblemCode code = ProblemCode.Value) => new()
    {
        Source = Source.Name,
        Line = Source.HasLines ? Line : 0,
        Column = Source.HasLines ? Column : 0,
        Path = path,
        Code = code,
        Message = message,
        Excerpt = Source.Excerpt(Line, Column, Length),
    };
}

/// <summary>A value in an experiment file, with its place.</summary>
internal abstract class SourceNode(SourcePosition position)
{
    public SourcePosition Position { get; } = position;

    /// <summary>The value as configurations hold it.</summary>
    public abstract object? ToValue();

    /// <summary>A copy that shares nothing that can change.</summary>
    public abstract SourceNode Copy();

    /// <summary>A single value or a list of such, at the place that asked for it.</summary>
    public static SourceNode Of(object? value, SourcePosition position) => value is ParameterList list
        ? new SourceList(position, [.. list.Select(item => Of(item, position))])
        : new SourceScalar(position, value, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", true);
}

/// <summary>A single value.</summary>
internal sealed class SourceScalar(SourcePosition position, object? value, string text, bool isPlain) : SourceNode(position)
{
    /// <summary>The value by YAML 1.2's core rules: null, bool, long, double or string.</summary>
    public object? Value { get; } = value;

    /// <summary>The text as it stands.</summary>
    public string Text { get; } = text;

    /// <summary>Whether it stands without quotes.</summary>
    public bool IsPlain { get; } = isPlain;

    public override object? ToValue() => Value;

    public override SourceNode Copy() => this;
}

/// <summary>A list.</summary>
internal sealed class SourceList(SourcePosition position, List<SourceNode> items) : SourceNode(position)
{
    public List<SourceNode> Items { get; } = items;

    public override object ToValue() => new ParameterList(Items.Select(i => i.ToValue()));

    public override SourceNode Copy() => new SourceList(Position, [.. Items.Select(i => i.Copy())]);
}

/// <summary>One key of a map with its value.</summary>
internal sealed record SourceEntry(string Name, SourcePosition KeyPosition, SourceNode Value)
{
    /// <summary>The whole path as the user wrote it, where it was moved from there; else null.</summary>
    public string? WrittenPath { get; init; }
}

/// <summary>A map. Changes while overrides are applied and old names replaced.</summary>
internal sealed class SourceMap(SourcePosition position, IEnumerable<SourceEntry> entries) : SourceNode(position)
{
    private readonly List<SourceEntry> _entries = [.. entries];

    // Where each name stands first; null until it is asked for, and after something was removed.
    private Dictionary<string, int>? _places;

    public IReadOnlyList<SourceEntry> Entries => _entries;

    public SourceEntry? Find(string name) => Places.TryGetValue(name, out var at) ? _entries[at] : null;

    public SourceNode? Get(string name) => Find(name)?.Value;

    /// <summary>Replaces or adds a key.</summary>
    public void Set(SourceEntry entry)
    {
        if (Places.TryGetValue(entry.Name, out var at))
        {
            _entries[at] = entry;
        }
        else
        {
            _places!.Add(entry.Name, _entries.Count);
            _entries.Add(entry);
        }
    }

    /// <summary>Takes a key away.</summary>
    public void Remove(SourceEntry entry)
    {
        if (Places.TryGetValue(entry.Name, out var at) && ReferenceEquals(_entries[at], entry))
        {
            _entries.RemoveAt(at);
            _places = null;
        }
    }

    /// <summary>The map at a key; made when there is none, null when something else stands there.</summary>
    public SourceMap? Branch(string name, SourcePosition position)
    {
        if (Find(name) is { } entry)
        {
            return entry.Value as SourceMap;
        }

        var branch = new SourceMap(position, []);
        Set(new(name, position, branch));
        return branch;
    }

    /// <summary>The entry at a dotted path, and the map it stands in. A key that has dots itself is found as it stands.</summary>
    public (SourceMap Parent, SourceEntry Entry)? Locate(string path)
    {
        if (Find(path) is { } entry)
        {
            return (this, entry);
        }

        for (var dot = path.IndexOf('.', StringComparison.Ordinal); dot > 0; dot = path.IndexOf('.', dot + 1))
        {
            if (Find(path[..dot])?.Value is SourceMap branch && branch.Locate(path[(dot + 1)..]) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private Dictionary<string, int> Places
    {
        get
        {
            if (_places is null)
            {
                _places = new(_entries.Count, StringComparer.Ordinal);
                for (var i = 0; i < _entries.Count; i++)
                {
                    _places.TryAdd(_entries[i].Name, i);
                }
            }

            return _places;
        }
    }

    public override object ToValue() => ParameterSet.From(Entries.Select(e => KeyValuePair.Create(e.Name, e.Value.ToValue())));

    public override SourceNode Copy() => new SourceMap(Position, Entries.Select(e => e with { Value = e.Value.Copy() }));
}
