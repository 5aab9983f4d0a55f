using System.Text.Json;
using Tuning.Specification;

namespace Tuning.Tests.Documents;

/// <summary>docs/search-algorithms.md has a section for each search algorithm, with its options and their defaults.</summary>
public sealed class SearchReferenceTests
{
    private const string Search = "docs/search-algorithms.md";

    /// <summary>Those with a section; a new search algorithm is added here.</summary>
    public static TheoryData<string> Names => ["auto", "gp", "tpe", "motpe", "bohb", "cma_es", "nsga2", "quasi_random", "concurrency_limiter", "repeater"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Options_stand_in_the_table_of_their_section_with_their_defaults(string name)
    {
        var section = Document.Text(Search).Split("\n##").Single(s => s.Split('\n')[0].Contains($"`{name}`", StringComparison.Ordinal));
        var rows = section.Split('\n').Where(l => l.StartsWith("| `", StringComparison.Ordinal)).Select(l => l.Trim('|', ' ').Split(" | "))
            .ToDictionary(r => r[0].Trim('`'));
        var set = new ComponentCatalog().Searchers;
        var options = set.OptionsOf(name);
        Assert.Equal(options.Select(o => o.Name).Order(StringComparer.Ordinal), rows.Keys.Order(StringComparer.Ordinal));
        var required = ParameterSet.From(options.Where(o => o.IsRequired)
            .Select(o => KeyValuePair.Create(o.Name, (object?)(o.Name == "searcher" ? ParameterSet.Empty.With("type", "random") : 1))));
        var defaults = set.Describe(set.Bind(new(name, required)))!.Options;
        Assert.All(options, o => Assert.Equal(o.IsRequired ? "required" : Text(defaults[o.Name]), rows[o.Name][1].Trim('`')));
    }

    private static string Text(object? value) => value switch
    {
        ParameterList { Count: 0 } => "[]",
        null => "none",
        string text => text,
        bool flag => flag ? "true" : "false",
        _ => JsonSerializer.Serialize(value),
    };
}
