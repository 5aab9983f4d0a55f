using System.Text.RegularExpressions;

namespace Tuning.Specification;

/// <summary>Constants of a search space that look as other tools write ranges: they are not searched, which is worth saying.</summary>
internal static partial class ForeignDomains
{
    private static readonly string[] _lower = ["min", "low", "lower", "minimum", "from"];
    private static readonly string[] _upper = ["max", "high", "upper", "maximum", "to"];
    private static readonly string[] _beside = ["log", "step", "q", "type", "distribution", "dist", "scale", "prior", "sampling"];

    /// <summary>What looks like a range and is none.</summary>
    /// <param name="space">The space.</param>
    /// <param name="trainable">What is trained: maps that it has parameters for are meant as they stand.</param>
    public static IEnumerable<ParameterIssue> Of(SearchSpace space, TrainableDefinition? trainable) =>
        Of(space.ToParameters(), "").Where(i => trainable?.ParameterNames.Any(n => n.StartsWith(i.Path + ".", StringComparison.Ordinal)) != true)
            .Select(i => i with { Path = "config." + i.Path });

    private static IEnumerable<ParameterIssue> Of(ParameterSet map, string path)
    {
        foreach (var (name, value) in map)
        {
            var at = path.Length == 0 ? name : path + "." + name;
            if (value is ParameterSet inner && !inner.Names.Any(DomainReader.Names.Contains))
            {
                foreach (var issue in Hint(inner) is { } hint ? [new(at, $"is a map of constants here, and not searched; a range is written {hint}.")]
                    : Of(inner, at))
                {
                    yield return issue;
                }
            }
            else if (value is string text && Call().Match(text) is { Success: true } call)
            {
                yield return new(at, $"is the text '{text}' here, and not searched; a range is written {{{call.Groups[1].Value}: [{call.Groups[2].Value}]}}.");
            }
        }
    }

    private static string? Hint(ParameterSet map)
    {
        var (lower, upper) = (Array.Find(_lower, map.Names.Contains), Array.Find(_upper, map.Names.Contains));
        if (lower is not null && upper is not null && map[lower] is long or double && map[upper] is long or double
            && map.Names.All(n => n == lower || n == upper || _beside.Contains(n)))
        {
            var isLog = map.Any(p => p.Value is true && p.Key == "log" || p.Value is string text && text.Contains("log", StringComparison.Ordinal));
            var domain = (isLog ? "log" : "") + (map[lower] is long && map[upper] is long ? "randint" : "uniform");
            return $"{{{domain}: [{Domain.Text(map[lower])}, {Domain.Text(map[upper])}]}}{(domain.EndsWith("randint", StringComparison.Ordinal)
                ? ", its upper bound excluded" : "")}";
        }

        return map.TryGet("values", out var values) && values is ParameterList && map.Names.All(n => n == "values" || _beside.Contains(n))
            ? $"{{choice: {Domain.Text(values)}}}"
            : map.TryGet("distribution", out _) ? "{uniform: [lower, upper]}, {loguniform: [lower, upper]} or {choice: [a, b]}" : null;
    }

    [GeneratedRegex(@"^(?:\w+\.)*(q?(?:log)?(?:uniform|randint)|q?randn|choice|grid_search)\(\s*\[?([^()\[\]]*)\]?\s*\)$")]
    private static partial Regex Call();
}
