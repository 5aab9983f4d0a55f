namespace Tuning;

/// <summary>
/// A trial cannot run as it is configured, and trying again would not help: a checkpoint to restore from does not exist, a
/// parameter cannot be read. The trial fails at once, without the retries of <see cref="FailureConfig.MaxFailures"/>.
/// </summary>
public sealed class TrialConfigurationException : Exception
{
    /// <summary>With what is wrong: the thing, the value seen, the rule, the way out.</summary>
    public TrialConfigurationException(string message)
        : base(message)
    {
    }

    /// <summary>With what is wrong and its cause.</summary>
    public TrialConfigurationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Without a message.</summary>
    public TrialConfigurationException()
    {
    }
}
