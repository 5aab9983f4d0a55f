namespace Tuning;

/// <summary>What is wrong with one parameter or option.</summary>
/// <param name="Path">Its dotted path; empty for the whole.</param>
/// <param name="Message">The value seen and the rule that it breaks, <c>is -1; it must be at least 0.</c>, or where <see cref="IsAboutName"/> a sentence of its
/// own.</param>
public sealed record ParameterIssue(string Path, string Message)
{
    /// <summary>Whether the name is wrong, rather than the value.</summary>
    public bool IsAboutName { get; init; }

    /// <summary>What kind of thing is wrong.</summary>
    internal ProblemCode Code
    {
        get => field != ProblemCode.Value ? field : IsAboutName ? ProblemCode.Name : ProblemCode.Value;
        init;
    }

    /// <summary>The whole as one sentence: <c>gamma is 2; it must be from 0 to 1.</c></summary>
    internal string Sentence => IsAboutName || Path.Length == 0 ? Message : $"{Path} {Message}";
}
