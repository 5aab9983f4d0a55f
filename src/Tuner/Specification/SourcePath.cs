namespace Tuning.Specification;

/// <summary>Collects problems and notices of one invocation: each once, in the order of the source.</summary>
internal sealed class ProblemList
{
    private readonly List<SpecificationProblem> _problems = [];
    private readonly List<SpecificationProblem> _notices = [];
    private readonly HashSet<string> _said = [];
    private readonly Dictionary<string, (SourcePosition At, List<string> Keys)> _ignored = [];

    /// <summary>What was found when the text was read.</summary>
    public List<SpecificationProblem> Problems => _problems;

    public IEnumerable<SpecificationProblem> Notices =>
        Sorted(_notices.Concat(_ignored.Select(i => i.Value.At.Problem("", Ignored(i.Key, i.Value.Keys)) with { Excerpt = null })));

    public IEnumerable<SpecificationProblem> Sorted() => Sorted(_problems).DistinctBy(p => (p.Source, p.Line, p.Column, p.Message));

    /// <summary>Says something once, whatever the number of places.</summary>
    public void Notice(string key, SpecificationProblem notice)
    {
        if (_said.Add(key))
        {
            _notices.Add(notice);
        }
    }

    /// <summary>Notes a key without meaning here; keys of the same reason share one notice.</summary>
    public void Ignore(SourcePosition position, string key, string why)
    {
        if (!_ignored.TryGetValue(why, out var group))
        {
            _ignored[why] = group = (position, []);
        }

        if (!group.Keys.Contains(key))
        {
            group.Keys.Add(key);
        }
    }

    private static string Ignored(string why, List<string> keys) =>
        $"{string.Join(", ", keys.Select(k => $"'{k}'"))} {(keys.Count == 1 ? "has no meaning here and is" : "have no meaning here and are")} ignored: " +
            $"{why.TrimEnd('.')}.";

    private static IOrderedEnumerable<SpecificationProblem> Sorted(IEnumerable<SpecificationProblem> problems) =>
        problems.OrderBy(p => p.Line == 0 ? int.MaxValue : p.Line).ThenBy(p => p.Column);
}

/// <summary>Where in an experiment a map stands, and where its problems go.</summary>
/// <param name="Path">Its dotted path, the experiment's name first.</param>
/// <param name="List">What was found so far.</param>
internal readonly record struct SourcePath(string Path, ProblemList List)
{
    public SourcePath At(string name) => new(Under(name), List);

    public string Under(string name) => Path.Length == 0 ? name : name.StartsWith('[') ? Path + name : Path + "." + name;

    public void Problem(SourcePosition position, string path, string message, ProblemCode code = ProblemCode.Value) =>
        List.Problems.Add(position.Problem(path, message, code));

    public void Problem(SourceNode node, string message) => Problem(node.Position, Path, message);

    /// <summary>Notes a key that has no meaning here, and what its grid would have multiplied.</summary>
    public void Ignore(SourceEntry entry, string key, string why)
    {
        List.Ignore(entry.KeyPosition, key, why);
        if (entry.Value is SourceMap { Entries: [{ Name: "grid_search", Value: SourceList { Items.Count: > 1 } grid }] })
        {
            var count = grid.Items.Count;
            Notice(entry.KeyPosition, key, $"has a grid of {count} values without meaning here: every {count} trials that would differ in it alone are one.");
        }
    }

    public void Notice(SourcePosition position, string key, string message) => List.Notice(key, position.Problem(Under(key), message) with { Excerpt = null });
}
