namespace Tuning.Specification;

/// <summary>One thing that is wrong with, or worth saying about, an experiment: where, what was seen, the rule, the way out.</summary>
public sealed record SpecificationProblem
{
    /// <summary>The file as the user named it, or the option of the command line (<c>--set config.lr=x</c>); null for an experiment written in C#.</summary>
    public string? Source { get; init; }

    /// <summary>The line, from 1; 0 when there is none.</summary>
    public int Line { get; init; }

    /// <summary>The column, from 1; 0 when there is none.</summary>
    public int Column { get; init; }

    /// <summary>The dotted path, <c>pendulum-ppo.config.lr</c>; empty when the whole file is meant.</summary>
    public string Path { get; init; } = "";

    /// <summary>What kind of thing it is.</summary>
    /// <value>Default <see cref="ProblemCode.Value"/>.</value>
    public ProblemCode Code { get; init; }

    /// <summary>The value seen, the rule, and the nearest known name.</summary>
    public required string Message { get; init; }

    /// <summary>The line of the file, with a caret below it; null when there is none to show.</summary>
    public string? Excerpt { get; init; }

    /// <summary><c>file.yaml:7:9: path: message</c>, and the excerpt on lines of its own.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (Source is not null)
        {
            text.Append(Source);
            if (Line > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $":{Line}:{Column}");
            }

            text.Append(": ");
        }

        if (Path.Length > 0)
        {
            text.Append(Path).Append(": ");
        }

        text.Append(Message);
        if (Excerpt is not null)
        {
            text.Append('\n').Append(Excerpt);
        }

        return text.ToString();
    }
}
