using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Tuning.Tests.Spaces;

/// <summary>What compiles with the domains of a typed space, and what does not.</summary>
[Trait("Lane", "Slow")]
public sealed class TypedDomainTests
{
    private const string Head =
        """
        #nullable enable
        using System; using System.Collections.Generic; using System.Linq; using Tuning; using Tuning.Spaces;
        public enum Opt { Sgd, Adam } public enum Other { A, B }
        public record Part { public int Depth { get; init; } public IReadOnlyList<int> Hiddens { get; init; } = []; }
        public record Config
        {
            public double Real { get; init; } public double? RealOrNull { get; init; } public float Single { get; init; }
            public float? SingleOrNull { get; init; }
            public decimal Money { get; init; } public decimal? MoneyOrNull { get; init; } public int Whole { get; init; }
            public int? WholeOrNull { get; init; }
            public long Long { get; init; } public long? LongOrNull { get; init; } public byte Small { get; init; } public bool Flag { get; init; }
            public bool? FlagOrNull { get; init; }
            public string Text { get; init; } = ""; public string? TextOrNull { get; init; } public Opt Opt { get; init; } public Opt? OptOrNull { get; init; }
            public object? Anything { get; init; } public int[] Widths { get; init; } = []; public Part Part { get; init; } = new();
        }
        public static class Lines
        {
        """;

    private static readonly string[] _real = ["Domain.Uniform(0, 1)", "Domain.QUniform(0, 1, 0.5)", "Domain.LogUniform(0.1, 1)", "Domain.RandN()",
        "Domain.QRandN(0, 1, 1)", "Domain.Choice(0.5, 1)", "Domain.GridSearch(0.5, 1)", "Domain.Choice(0.5f, 1)", "Domain.Uniform(0, 1).When(\"flag\")"];

    private static readonly string[] _whole = ["Domain.RandInt(0, 3)", "Domain.LogRandInt(1, 3)", "Domain.QRandInt(0, 4, 2)", "Domain.QLogRandInt(1, 4)",
        "Domain.Choice(1, 2)", "Domain.Choice(1, 2L)", "Domain.GridSearch(1, 2)", "Domain.RandInt(0, 3).When((Config c) => c.Flag)"];

    private static readonly string[] _computed = ["Domain.Expression(\"whole * 2\")", "Domain.Computed(p => p[\"whole\"])"];

    private static readonly string[] _realProperties = ["Real", "RealOrNull", "Single", "SingleOrNull", "Money", "MoneyOrNull"];

    private static readonly string[] _wholeProperties = ["Whole", "WholeOrNull", "Long", "LongOrNull"];

    private static readonly string[] _otherProperties = ["Flag", "Text", "TextOrNull", "Opt", "OptOrNull", "Widths"];

    private static string Add(string property, string domain) => $"new SearchSpace<Config>().Add(c => c.{property}, {domain})";

    [Fact]
    public void Domains_fit_where_nothing_is_lost()
    {
        string[] lines =
        [
            .. from p in _realProperties from d in (string[])[.. _real, .. _whole, .. _computed] select Add(p, d),
            .. from p in _wholeProperties from d in (string[])[.. _whole, .. _computed] select Add(p, d),
            Add("Text", "Domain.Choice(\"a\", \"b\")"), Add("TextOrNull", "Domain.Choice(\"a\", null)"),
                Add("Text", "Domain.GridSearch(new List<string> { \"a\" })"), Add("Text", "Domain.Choice(\"a\")"),
            Add("Opt", "Domain.Choice(Opt.Sgd, Opt.Adam)"), Add("OptOrNull", "Domain.Choice(Opt.Sgd, Opt.Adam)"),
                Add("Opt", "Domain.GridSearch(Enum.GetValues<Opt>())"),
            Add("Flag", "Domain.Choice(true, false)"), Add("FlagOrNull", "Domain.GridSearch(true, false)"),
                Add("Widths", "Domain.Choice(new[] { 1, 2 }, new[] { 3 })"),
            Add("Part.Hiddens", "Domain.GridSearch(new[] { 1, 2 }, new[] { 3 })"), Add("Part.Depth", "Domain.RandInt(1, 3)"),
                Add("Whole", "Domain.Choice(Enumerable.Range(0, 3))"),
            Add("Small", "Domain.RandInt(0, 3).As<byte>()"), Add("Anything", "Domain.Choice(\"a\", 1).As<object>()"), Add("Real", "3"), Add("Opt", "Opt.Sgd"),
                Add("Text", "\"a\""),
            Add("Real", "Domain.Uniform(0, 1)") + ".When(c => c.Opt == Opt.Sgd).Constrain(c => c.Real * c.Whole <= 1)",
            .. from t in (string[])["double", "double?", "float", "float?", "decimal", "decimal?"] select $"(Domain<{t}>)Domain.Uniform(0, 1)",
            .. from t in (string[])["int", "int?", "long", "long?", "double", "float?"] select $"(Domain<{t}>)Domain.RandInt(0, 9)",
            "(Domain)(Domain<Opt>)Domain.Choice(Opt.Sgd)",
                "new SearchSpace().Add(\"a\", Domain.Choice(\"a\", 1)).Add(\"b\", (Domain<int>)Domain.RandInt(0, 2))",
        ];

        Assert.Empty(Faults(lines).SelectMany(f => f).Select(d => d.ToString()));
    }

    [Fact]
    public void What_a_property_cannot_hold_does_not_compile()
    {
        string[] lines =
        [
            .. from p in _wholeProperties from d in _real select Add(p, d),
            .. from p in _otherProperties from d in (string[])[.. _real, .. _whole] select Add(p, d),
            .. from p in (string[])[.. _realProperties, .. _wholeProperties] from d in (string[])["Domain.Choice(\"a\", \"b\")", "Domain.GridSearch(\"a\")",
                "Domain.Choice(Opt.Sgd)", "Domain.Choice(\"a\", 1)", "Domain.Choice(true)"] select Add(p, d),
            Add("Opt", "Domain.Choice(Other.A, Other.B)"), Add("OptOrNull", "Domain.GridSearch(Other.A)"), Add("Opt", "Domain.Choice(\"sgd\")"),
                Add("Opt", "Other.A"), Add("Text", "Domain.Choice(Opt.Sgd)"),
            Add("Part.Hiddens", "Domain.GridSearch(1, 2)"), Add("Flag", "Domain.Choice(\"true\")"), Add("Nothing", "Domain.Uniform(0, 1)"),
                Add("Real", "\"a\""),
            "(Domain<int>)Domain.Uniform(0, 1)", "(Domain<double>)Domain.Choice(\"a\")", "(Domain<Opt>)Domain.Choice(Other.A)",
                "new SearchSpace<Config>().Constrain(c => c.Nothing > 1)",
        ];

        var faults = Faults(lines);

        Assert.Empty(lines.Where((_, i) => faults[i].Count == 0));
    }

    // The errors and warnings of each line, compiled in one go.
    private static List<List<Diagnostic>> Faults(string[] lines)
    {
        var source = Head + "\n" + string.Join("\n", lines.Select((l, i) => $"public static object Line{i}() => {l};")) + "\n}";
        var first = Head.Count(c => c == '\n') + 1;
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(p => MetadataReference.CreateFromFile(p));
        var compilation = CSharpCompilation.Create(
            "lines",
            [CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.Latest), cancellationToken: TestContext.Current.CancellationToken)],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var found = compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity >= DiagnosticSeverity.Warning)
            .ToLookup(d => d.Location.GetLineSpan().StartLinePosition.Line - first);
        Assert.Empty(found.Where(g => g.Key < 0 || g.Key >= lines.Length).SelectMany(g => g).Select(d => d.ToString()));
        return [.. lines.Select((_, i) => found[i].ToList())];
    }
}
