namespace Tuning;

/// <summary>TorchSharp cannot be used on this machine as it is; the message says what is missing and what to install or set.</summary>
public sealed class TorchUnavailableException : Exception
{
    /// <summary>With a message for the user.</summary>
    /// <param name="message">What is missing, and the way out.</param>
    public TorchUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>With a message for the user and what the system said.</summary>
    /// <param name="message">What is missing, and the way out.</param>
    /// <param name="inner">What the system said.</param>
    public TorchUnavailableException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Without a message of its own.</summary>
    public TorchUnavailableException()
    {
    }
}
