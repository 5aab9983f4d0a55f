namespace Tuning.Specification;

/// <summary>A specification as text for people. The journal's first line is what counts.</summary>
internal static class SpecificationText
{
    /// <summary>The specification in block style.</summary>
    public static string Of(ExperimentSpec spec)
    {
        var text = new StringBuilder("# The experiment as it runs. For reading: the first line of journal.jsonl is what counts.\n");
        Write(text, spec.ToParameters(), 0);
        return text.ToString();
    }

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
