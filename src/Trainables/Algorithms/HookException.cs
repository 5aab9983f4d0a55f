namespace Tuning;

/// <summary>A hook of an algorithm threw. The message begins with the hook's name and where it comes from; the cause is the inner exception.</summary>
public sealed class HookException : Exception
{
    /// <summary>With the hook's name and the cause's message.</summary>
    public HookException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>With a message.</summary>
    public HookException(string message)
        : base(message)
    {
    }

    /// <summary>Without a message.</summary>
    public HookException()
    {
    }
}
