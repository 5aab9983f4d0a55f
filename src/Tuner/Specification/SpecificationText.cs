namespace Tuning.Specification;

/// <summary>A specification as text for people. The journal's first line is what counts.</summary>
internal static class SpecificationText
{
    private const string First = "# The experiment as it runs; it can be run again. Of this experiment, journal.jsonl is what counts.";

    /// <summary>The beginning of lines that say what was changed.</summary>
    private const string Change = "# Changed by: ";

    /// <summary>The specification in block style.</summary>
    /// <param name="spec">The specification.</param>
    /// <param name="changes">The commands that changed what stood in the file, in order.</param>
    public static string Of(ExperimentSpec spec, params IEnumerable<string> changes)
    {
        var text = new StringBuilder(First).Append('\n');
        foreach (var change in changes)
        {
            text.Append(Change).Append(change.ReplaceLineEndings(" ")).Append('\n');
        }

        Write(text, spec.ToParameters(), 0);
        return text.ToString();
    }

    /// <summary>What a text says that it was changed by.</summary>
    public static IEnumerable<string> ChangesIn(string text) => text.Split('\n').TakeWhile(l => l.StartsWith('#'))
        .Where(l => l.StartsWith(Change, StringComparison.Ordinal)).Select(l => l[Change.Length..]);

    private static void Write(StringBuilder text, ParameterSet set, int indent)
    {
        foreach (var (name, value) in set)
        {
            text.Append(' ', indent).Append(Scalar(name)).Append(':');
            if (value is ParameterSet { Count: > 0 } branch)
            {
                text.Append('\n');
                Write(text, branch, indent + 2);
            }
            else
            {
                text.Append(' ').Append(ConfigurationBinder.ToJson(value)).Append('\n');
            }
        }
    }

    private static string Scalar(string name) =>
        name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !char.IsAsciiDigit(name[0]) ? name
            : Invariant($"{ConfigurationBinder.ToJson(name)}");
}
