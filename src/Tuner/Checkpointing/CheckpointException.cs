namespace Tuning;

/// <summary>
/// A checkpoint cannot be read or restored: a file is missing, damaged or unknown, the format is newer, a component does not exist,
/// or a shape does not fit. The message names the file or component, what was found, and what was expected.
/// </summary>
public sealed class CheckpointException : IOException
{
    /// <summary>With what is wrong.</summary>
    public CheckpointException(string message)
        : base(message)
    {
    }

    /// <summary>With what is wrong and its cause.</summary>
    public CheckpointException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Without a message.</summary>
    public CheckpointException()
    {
    }
}
