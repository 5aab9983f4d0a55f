using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Tuning.Specification;
using Tuning.Values;

namespace Tuning.Tests.Documents;

/// <summary>
/// The tables of options in the documents are written from the options: a table after <c>&lt;!-- options: asha --&gt;</c> says which stand in it, in which
/// order; defaults, ranges and meanings come from the properties. <c>TUNER_APPROVE=1</c> writes them anew, with what is missing at the end.
/// </summary>
public sealed partial class OptionTableTests
{
    private const string Head = "| option | default | allowed | meaning |\n|---|---|---|---|\n";

    private static readonly Dictionary<string, XElement> _documented = new[] { "Tuning.xml", "Tuning.Trainables.xml" }
        .SelectMany(f => XDocument.Load(Path.Combine(AppContext.BaseDirectory, f)).Descendants("member"))
        .ToDictionary(m => m.Attribute("name")!.Value);

    private static readonly Dictionary<string, OptionSchema> _components = Components();

    [Fact]
    public void Tables_of_options_say_what_the_options_say()
    {
        var pages = Document.All.Where(f => Document.Text(f).Contains("<!-- options: ", StringComparison.Ordinal)).ToDictionary(f => f, Document.Text);
        var tables = pages.Values.SelectMany(t => Table().Matches(t)).ToList();
        var known = tables.GroupBy(m => m.Groups["name"].Value).ToDictionary(g => g.Key, g => g.SelectMany(Keys).ToHashSet());
        Assert.DoesNotContain(_components, c => c.Value.Options.Length > 0 && !known.ContainsKey(c.Key));
        foreach (var (file, text) in pages)
        {
            var written = Table().Replace(text, table => $"<!-- options: {table.Groups["name"].Value} -->\n{Head}{Rows(table)}");
            if (written != text && Environment.GetEnvironmentVariable("TUNER_APPROVE") == "1")
            {
                File.WriteAllText(Path.Combine(Document.Root, file), written);
                continue;
            }

            Assert.Equal(written, text);
        }

        string Rows(Match table)
        {
            var name = table.Groups["name"].Value;
            var rows = Flat(_components[name], Activator.CreateInstance(_components[name].Type), "").ToDictionary(r => r.Key, r => r.Row);
            var missing = table.Value == tables.Last(t => t.Groups["name"].Value == name).Value
                ? rows.Keys.Except(known[name]).Except(char.IsUpper(name[0]) ? known["PPO"] : []) : [];
            return string.Concat(Keys(table).Where(rows.ContainsKey).Concat(missing).Select(key => rows[key]));
        }
    }

    private static Dictionary<string, OptionSchema> Components()
    {
        var catalog = new ComponentCatalog();
        var all = new Dictionary<string, OptionSchema>
        {
            ["PPO"] = OptionSchema.Of(typeof(PpoOptions)),
            ["DQN"] = OptionSchema.Of(typeof(DqnOptions)),
            ["SAC"] = OptionSchema.Of(typeof(SacOptions)),
            ["evaluation_config"] = OptionSchema.Of(typeof(EvaluationConfig)),
            ["checkpoint_config"] = OptionSchema.Of(typeof(CheckpointConfig)),
            ["failure_config"] = OptionSchema.Of(typeof(FailureConfig)),
        };
        Add(catalog.Searchers);
        Add(catalog.Schedulers);
        Add(catalog.Stoppers);
        return all;

        void Add<T>(ComponentSet<T> set)
            where T : class => set.Names.ToList().ForEach(name => all.Add(name, set.SchemaOf(name)));
    }

    private static IEnumerable<string> Keys(Match table) => Key().Matches(table.Value).Select(m => m.Groups["key"].Value);

    private static IEnumerable<(string Key, string Row)> Flat(OptionSchema schema, object? owner, string prefix) => schema.Options.SelectMany(o =>
        o.Group is { } group && !o.AllowsNull ? Flat(group, o.Get(owner!), prefix + o.Name + ".")
            : [(prefix + o.Name, $"| `{prefix + o.Name}` | {Default(o, owner!)} | {Allowed(o)} | {Meaning(o)} |\n")]);

    private static string Default(Option option, object owner)
    {
        var value = JsonSerializer.SerializeToElement(option.Get(owner), option.Type, option.Json);
        return option.IsRequired || value is { ValueKind: JsonValueKind.String } && value.GetString() is "" ? "required"
            : $"`{(value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText().Replace(",", ", ", StringComparison.Ordinal))}`";
    }

    private static string Allowed(Option option)
    {
        var rules = string.Join(", ", option.Rules.Select(TypeText.Rule));
        var type = Array.Exists(option.Rules, r => r is OneOfAttribute) ? "" : option.Words.Replace(", or null", "", StringComparison.Ordinal);
        type = rules.Contains(", or auto", StringComparison.Ordinal) ? type.Replace(", or auto", "", StringComparison.Ordinal) : type;
        var all = type.Length == 0 || rules.Length == 0 ? type + rules : $"{type}{(rules[0] is ':' or ';' ? "" : ",")} {rules}";
        return Cell(all + (option.AllowsNull && !all.EndsWith("auto", StringComparison.Ordinal) ? ", or null" : ""));
    }

    private static string Meaning(Option option) => Meaning($"P:{option.Member!.DeclaringType!.FullName}.{option.Member.Name}");

    private static string Meaning(string name) => _documented.GetValueOrDefault(name) switch
    {
        { } member when member.Element("summary") is { } summary => Cell(Text(summary)),
        { } member when member.Element("inheritdoc")?.Attribute("cref") is { } other => Meaning(other.Value),
        _ => throw new InvalidOperationException($"{name} has no summary."),
    };

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string Text(XElement element) => Space().Replace(string.Concat(element.Nodes().Select(node => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "em" } words => $"*{words.Value}*",
        XElement { Name.LocalName: "see" } see => see.Attribute("cref") is { } cref ? $"`{Link(cref.Value)}`" : $"`{see.Attribute("langword")?.Value}`",
        XElement other => Text(other) + " ",
        _ => "",
    })), " ").Trim();

    // A property by its name in files, an enumeration's value by its word, anything else by its name.
    private static string Link(string cref)
    {
        var (type, name) = (cref[2..cref.LastIndexOf('.')], cref[(cref.LastIndexOf('.') + 1)..].Split('(', '`')[0]);
        var property = new[] { typeof(TuneConfig), typeof(PpoOptions) }.Select(t => t.Assembly.GetType(type)?.GetProperty(name))
            .FirstOrDefault(p => p is not null);
        return cref[0] switch
        {
            'P' => property?.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(name),
            'F' when name == nameof(Limits.Unlimited) => "-1",
            'F' => JsonNamingPolicy.SnakeCaseLower.ConvertName(name),
            _ => name,
        };
    }

    [GeneratedRegex(@"<!-- options: (?<name>\w+) -->\n(?:\|.*\n)+")]
    private static partial Regex Table();

    [GeneratedRegex(@"^\| `(?<key>[\w.]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Key();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
