namespace Tuning.CommandLine;

/// <summary>A command was called with what is not there or makes no sense; the message says how to mend it.</summary>
internal sealed class UsageException(string message) : Exception(message);
