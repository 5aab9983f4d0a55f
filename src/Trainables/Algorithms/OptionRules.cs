namespace Tuning.Algorithms;

/// <summary>Collects what is wrong with options beyond the rules that stand on their properties, in one wording. Not thread-safe.</summary>
public sealed class OptionRules
{
    private readonly List<ParameterIssue> _issues;

    /// <param name="issues">What was found before; grows.</param>
    internal OptionRules(List<ParameterIssue> issues) => this._issues = issues;

    /// <summary>Whether nothing was said of an option.</summary>
    /// <param name="path">The option's name in a file.</param>
    public bool IsFine(string path) => !_issues.Exists(i => i.Path == path);

    /// <summary>Adds a fault.</summary>
    /// <param name="path">The option's name in a file.</param>
    /// <param name="message">The value, the rule and the way out, as what follows the name: "is 3; it must be even".</param>
    public void Add(string path, string message) => _issues.Add(new(path, message[^1] is '.' or '?' ? message : message + "."));

    /// <summary>A fault unless a rule holds.</summary>
    /// <param name="path">The option's name in a file.</param>
    /// <param name="holds">Whether its value is allowed.</param>
    /// <param name="message">The value, and what it must be.</param>
    public void Require(string path, bool holds, string message)
    {
        if (!holds)
        {
            Add(path, message);
        }
    }

    /// <summary>A fault where a number, which begins at 1, is larger than what can be trained.</summary>
    internal void AtMost(string path, long value, long most) =>
        Require(path, value <= most || !IsFine(path), Invariant($"is {value}; it must be from 1 to {most:#,0}"));

    /// <summary>A fault unless a name is one of those known.</summary>
    internal void OneOf(string path, string value, IReadOnlyCollection<string> known) => Require(
        path, known.Contains(value), $"is '{value}'; it must be " +
            $"{OneOfAttribute.Words(known)}.{(NearestName.Of(value, known) is { } near && known.Count > 1 ? $" Did you mean '{near}'?" : "")}");
}
