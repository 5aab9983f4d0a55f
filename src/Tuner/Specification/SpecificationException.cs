namespace Tuning;

/// <summary>An experiment is not valid. The message lists everything that is wrong with it.</summary>
public sealed class SpecificationException : Exception
{
    /// <summary>With everything that is wrong.</summary>
    public SpecificationException(ImmutableArray<SpecificationProblem> problems)
        : base(string.Join("\n", problems)) => Problems = problems;

    /// <summary>With one message.</summary>
    public SpecificationException(string message)
        : this([new SpecificationProblem { Message = message }])
    {
    }

    /// <summary>With one message and its cause.</summary>
    public SpecificationException(string message, Exception innerException)
        : base(message, innerException) => Problems = [new SpecificationProblem { Message = message }];

    /// <summary>Without details.</summary>
    public SpecificationException()
        : this("The experiment is not valid.")
    {
    }

    /// <summary>Everything that is wrong, in the order of the source.</summary>
    public ImmutableArray<SpecificationProblem> Problems { get; }
}
