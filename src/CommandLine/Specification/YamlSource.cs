using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Tuning.Specification;

/// <summary>Reads YAML into a tree of values with their places. Anchors, aliases and merge keys are resolved; each alias is a copy.</summary>
internal sealed class YamlSource
{
    private const int MaxNodes = 200_000;
    private const int MaxDepth = 64;

    private readonly SourceText _source;
    private readonly List<SpecificationProblem> _problems;
    private readonly Dictionary<string, SourceNode> _anchors = new(StringComparer.Ordinal);
    private readonly Parser _parser;
    private int _nodes;

    private YamlSource(SourceText source, string text, List<SpecificationProblem> problems)
    {
        (_source, _problems) = (source, problems);
        _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <summary>The one document of a text; null when it is empty or not YAML.</summary>
    public static SourceNode? Read(SourceText source, string text, List<SpecificationProblem> problems)
    {
        try
        {
            return new YamlSource(source, text, problems).ReadDocument();
        }
        catch (YamlException e)
        {
            problems.Add(YamlFault.Explain(e, source, text));
            return null;
        }
    }

    private SourceNode? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
        {
            return null;
        }

        var start = _parser.Consume<DocumentStart>();
        if (start.Version is { Version: var version } && (version.Major, version.Minor) != (1, 2))
        {
            _problems.Add(Position(start).Problem("", $"%YAML {version.Major}.{version.Minor} says that yes, no, on, off and numbers such as 010 are read by " +
                $"the rules of that version; experiment files are YAML 1.2. Remove the line, and write true, false and numbers as you mean them."));
        }

        var root = ReadNode(0);
        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out var second))
        {
            _problems.Add(Position(second)
                .Problem("", "A second document begins here; an experiment file is one document. Give each experiment a name at the top level instead."));
        }

        return root;
    }

    private SourceNode ReadNode(int depth)
    {
        var next = _parser.Current ?? throw new YamlException("the text ends too early.");
        if (depth > MaxDepth || ++_nodes > MaxNodes)
        {
            throw new YamlException(next.Start, next.End,
                depth > MaxDepth ? $"it is nested more than {MaxDepth} levels deep." : $"it has more than {MaxNodes} values.");
        }

        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            if (_anchors.TryGetValue(alias.Value.Value, out var target))
            {
                _nodes += Count(target);
                return target.Copy();
            }

            _problems.Add(Position(alias)
                .Problem("", $"*{alias.Value} is used, but no &{alias.Value} stands before it.{NearestName.For(alias.Value.Value, _anchors.Keys, "anchors")}"));
            return new SourceScalar(Position(alias), null, "", true);
        }

        if (_parser.TryConsume<Scalar>(out var scalar))
        {
            return Remember(scalar, ReadScalar(scalar));
        }

        if (_parser.TryConsume<SequenceStart>(out var sequence))
        {
            var items = new List<SourceNode>();
            while (!_parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(ReadNode(depth + 1));
            }

            return Remember(sequence, new SourceList(Position(sequence), items));
        }

        var start = _parser.Consume<MappingStart>();
        return Remember(start, ReadMap(start, depth));
    }

    private SourceMap ReadMap(MappingStart start, int depth)
    {
        var map = new SourceMap(Position(start), []);
        var merged = new List<SourceEntry>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);
            if (key is not SourceScalar { Text: var name } plain)
            {
                _problems.Add(key.Position.Problem("", "A key must be a single text."));
            }
            else if (plain is { IsPlain: true, Text: "<<" })
            {
                Merge(merged, value);
            }
            else if (name.Length == 0)
            {
                _problems.Add(key.Position.Problem("", "A key is empty."));
            }
            else if (map.Find(name) is { } first)
            {
                _problems.Add(key.Position.Problem("", $"The key '{name}' stands twice, first in line {first.KeyPosition.Line}; keep one of them."));
            }
            else
            {
                map.Set(new(name, key.Position, value));
            }
        }

        foreach (var entry in merged.Where(m => map.Find(m.Name) is null))
        {
            map.Set(entry);
        }

        return map;
    }

    /// <summary>Earlier maps win over later ones, and what stands in the map itself over both.</summary>
    private void Merge(List<SourceEntry> merged, SourceNode value)
    {
        switch (value)
        {
            case SourceMap map:
                merged.AddRange(map.Entries);
                break;
            case SourceList list when list.Items.All(i => i is SourceMap):
                list.Items.ForEach(i => Merge(merged, i));
                break;
            case SourceScalar { Text: "" }:
                break;
            default:
                _problems.Add(value.Position.Problem("", "<< takes a map, or a list of maps: <<: *name."));
                break;
        }
    }

    private SourceScalar ReadScalar(Scalar scalar)
    {
        var isPlain = scalar.Style == ScalarStyle.Plain;
        var position = Position(scalar);
        if (scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific)
        {
            return new(position, isPlain && !scalar.Tag.IsNonSpecific ? Resolve(scalar.Value, position) : scalar.Value, scalar.Value, isPlain);
        }

        var value = scalar.Tag.Value switch
        {
            "tag:yaml.org,2002:str" => scalar.Value,
            "tag:yaml.org,2002:int" or "tag:yaml.org,2002:bool" or "tag:yaml.org,2002:null" => Resolve(scalar.Value, position),
            "tag:yaml.org,2002:float" => Resolve(scalar.Value, position) is long whole ? (double)whole : Resolve(scalar.Value, position),
            _ => null,
        };
        if (value is null && scalar.Tag.Value != "tag:yaml.org,2002:null")
        {
            _problems.Add(position.Problem("", $"The tag {scalar.Tag.Value} is not understood; write the value without it."));
        }

        return new(position, value, scalar.Value, isPlain);
    }

    private object? Resolve(string text, SourcePosition position)
    {
        var value = CoreScalar.Resolve(text);
        if (value is not double.NaN)
        {
            return value;
        }

        _problems.Add(position.Problem("", $"'{text}' is not a number, and nothing here takes that; give a number, or null for none."));
        return null;
    }

    private SourceNode Remember(NodeEvent start, SourceNode node)
    {
        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor.Value] = node;
        }

        return node;
    }

    private SourcePosition Position(ParsingEvent item) => new(_source, (int)item.Start.Line, (int)item.Start.Column,
        item is Scalar or AnchorAlias && item.Start.Line == item.End.Line ? (int)(item.End.Column - item.Start.Column) : 1);

    private static int Count(SourceNode node) => node switch
    {
        SourceMap map => 1 + map.Entries.Sum(e => Count(e.Value)),
        SourceList list => 1 + list.Items.Sum(Count),
        _ => 1,
    };
}
