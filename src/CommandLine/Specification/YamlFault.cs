using System.Text.RegularExpressions;
using YamlDotNet.Core;

namespace Tuning.Specification;

/// <summary>Says in a user's words what the YAML parser did not understand.</summary>
internal static partial class YamlFault
{
    public static SpecificationProblem Explain(YamlException e, SourceText source, string text)
    {
        var (line, column) = (Math.Max(1, (int)e.Start.Line), Math.Max(1, (int)e.Start.Column));
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var message = e.Message.TrimEnd('.');
        if (message.Contains("tab character", StringComparison.OrdinalIgnoreCase) || message.Contains("invalid tab", StringComparison.OrdinalIgnoreCase)
            || message.Contains("cannot start any token", StringComparison.OrdinalIgnoreCase))
        {
            var tab = Array.FindIndex(lines, line - 1, l => LeadingTab().IsMatch(l));
            if (tab >= 0)
            {
                return new SourcePosition(source, tab + 1, lines[tab].IndexOf('\t', StringComparison.Ordinal) + 1, 1)
                    .Problem("", "This is not YAML: the line is indented with a tab; indent with spaces.");
            }
        }

        return new SourcePosition(source, line, column, 1).Problem("", "This is not YAML: " + Words(message));
    }

    private static string Words(string message)
    {
        if (message.Contains("invalid mapping", StringComparison.OrdinalIgnoreCase)
            || message.Contains("mapping values are not allowed", StringComparison.OrdinalIgnoreCase))
        {
            return "a colon stands where none can be. Is the line indented more than it should be, or does a text that has ': ' in it need quotes?";
        }

        if (message.Contains("cannot start any token", StringComparison.OrdinalIgnoreCase))
        {
            return "no value can begin with this character; put the text in quotes.";
        }

        if (message.Contains("did not find expected ',' or ']'", StringComparison.Ordinal))
        {
            return "a list that begins with '[' is not closed, or a ',' is missing in it.";
        }

        if (message.Contains("did not find expected ',' or '}'", StringComparison.Ordinal))
        {
            return "a map that begins with '{' is not closed, or a ',' is missing in it.";
        }

        if (message.Contains("quoted scalar", StringComparison.OrdinalIgnoreCase) && message.Contains("end of stream", StringComparison.OrdinalIgnoreCase))
        {
            return "a quote is opened here and never closed.";
        }

        if (message.Contains("did not find expected key", StringComparison.Ordinal)
            || message.Contains("could not find expected ':'", StringComparison.Ordinal))
        {
            return "a key with a colon is expected. Is a colon missing, or is the line not indented like the others?";
        }

        return char.ToLowerInvariant(message[0]) + message[1..] + ". Look at this line and the one before: indentation, a missing colon, bracket or quote.";
    }

    [GeneratedRegex("^ *\t")]
    private static partial Regex LeadingTab();
}
