namespace Tuning.Values;

/// <summary>Arguments in commands that are printed to be copied.</summary>
internal static class ShellWord
{
    // What a shell takes as it stands; a backslash, or a percent sign, where that is so.
    private const string Plain = "-_./:=+,@";

    /// <summary>An argument so that a shell hands on exactly it: nothing in quotes is expanded, no variable, no command, no pattern.</summary>
    public static string Of(string argument) => Of(argument, OperatingSystem.IsWindows());

    /// <summary>As <see cref="Of(string)"/>, for a shell of Windows or of Unix. What a terminal would obey is written as a number.</summary>
    public static string Of(string argument, bool isWindows)
    {
        if (argument.Length > 0 && argument[0] != '=' && argument.All(c => char.IsLetterOrDigit(c) || (isWindows ? Plain + "\\" : Plain + "%").Contains(c)))
        {
            return argument;
        }

        if (isWindows)
        {
            return "\"" + argument.Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
        }

        return argument.Any(IsObeyed) ? "$'" + string.Concat(argument.Select(c => c is '\'' or '\\' ? "\\" + c : IsObeyed(c) ? Invariant($"\\u{(int)c:x4}")
            : c.ToString())) + "'" : "'" + argument.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
    }

    /// <summary>Whether a character commands a terminal: escapes, overwriting, line ends, turning the direction of letters.</summary>
    public static bool IsObeyed(char c) => char.IsControl(c) || c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
