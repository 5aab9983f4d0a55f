using Tuning.Environments;
using Tuning.Learning;

namespace Tuning.Algorithms;

/// <summary>Collects what is wrong with options, in one wording.</summary>
internal sealed class OptionRules
{
    private readonly List<ParameterIssue> _issues = [];

    /// <summary>All faults so far.</summary>
    public IReadOnlyList<ParameterIssue> Issues => _issues;

    /// <summary>Adds a fault.</summary>
    public void Add(string path, string message) => _issues.Add(new(path, message));

    /// <summary>A fault unless a rule holds.</summary>
    /// <param name="path">The option's name in a file.</param>
    /// <param name="value">Its value.</param>
    /// <param name="holds">Whether it is allowed.</param>
    /// <param name="rule">What is allowed, after "it must be".</param>
    public void Range(string path, object? value, bool holds, string rule)
    {
        if (!holds)
        {
            Add(path, $"is {value}; it must be {rule}");
        }
    }

    /// <summary>A fault unless a text is one of those known.</summary>
    public void OneOf(string path, string value, params IReadOnlyList<string> known)
    {
        if (!known.Contains(value))
        {
            var hint = known.Count > 1 && NameSuggestion.Nearest(value, known) is { } near ? $". Did you mean '{near}'?" : "";
            Add(path, $"is '{value}'; it must be {(known.Count == 1 ? known[0] : "one of " + string.Join(", ", known))}{hint}");
        }
    }

    /// <summary>A fault if a schedule has a value below 0.</summary>
    public void NotNegative(string path, Schedule schedule)
    {
        if (schedule.Points.Any(p => p.Value < 0))
        {
            Add(path, $"is {schedule}; it must be at least 0");
        }
    }
}
