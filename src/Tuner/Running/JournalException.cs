namespace Tuning.Running;

/// <summary>A journal cannot be read, or may not be written by this process. The message says which file, why, and what to do.</summary>
public sealed class JournalException : IOException
{
    /// <summary>With a message.</summary>
    public JournalException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and a cause.</summary>
    public JournalException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Without a message.</summary>
    public JournalException()
    {
    }

    /// <summary>The number of the line that is at fault, the first being 1; null when it is not one line.</summary>
    public long? Line { get; init; }
}
