namespace Tuning.Hosting;

/// <summary>A call of a <see cref="TunerCommand"/>: what was given, and where to write.</summary>
public sealed class CommandInvocation
{
    private readonly IReadOnlyDictionary<string, object?> _values;

    internal CommandInvocation(IReadOnlyDictionary<string, object?> values, TextWriter output, TextWriter error, ICommandHost? host = null) =>
        (_values, Output, Error, Host) = (values, output, error, host);

    /// <summary>Results.</summary>
    public TextWriter Output { get; }

    /// <summary>What went wrong.</summary>
    public TextWriter Error { get; }

    /// <summary>The command line that calls it; null where something else does.</summary>
    internal ICommandHost? Host { get; }

    /// <summary>The text of an argument or option; null when it was not given.</summary>
    /// <exception cref="KeyNotFoundException">The command has none of this name.</exception>
    public string? Text(string name) => (string?)_values[name];

    /// <summary>The number of an option; null when it was not given.</summary>
    /// <exception cref="KeyNotFoundException">The command has none of this name.</exception>
    public ulong? Number(string name) => (ulong?)_values[name];

    /// <summary>Whether an option without value was given.</summary>
    /// <exception cref="KeyNotFoundException">The command has none of this name.</exception>
    public bool Flag(string name) => _values[name] is true;

    /// <summary>
    /// The checkpoint that an argument names: itself, the newest one of a trial when it is a trial's directory, or that of the best trial of an
    /// experiment.
    /// </summary>
    /// <param name="name">The argument.</param>
    /// <param name="best">Of a trial or an experiment the checkpoint with the best score, in place of the newest.</param>
    /// <exception cref="DirectoryNotFoundException">There is none; the message says what exists nearby.</exception>
    /// <exception cref="CheckpointException">It is an experiment without a best trial, or holds no checkpoint.</exception>
    public string Checkpoint(string name, bool best = false) => StoredCheckpoints.Find(Text(name)!, best);
}
