namespace Tuning.Hosting;

/// <summary>A command that a library or a program adds to its command line with <see cref="TunerBuilder.AddCommand"/>. Immutable.</summary>
/// <param name="Name">The word that calls it, in lower case.</param>
/// <param name="Description">One sentence for the help.</param>
/// <param name="Run">
/// Runs it and returns the exit code: 0 all is fine, 1 it failed. Exceptions that name what the user can mend (<see cref="SpecificationException"/>,
/// <see cref="CheckpointException"/>, <see cref="DirectoryNotFoundException"/>) are printed without a stack and end with 2.
/// </param>
public sealed record TunerCommand(string Name, string Description, Func<CommandInvocation, CancellationToken, Task<int>> Run)
{
    /// <summary>What it is called with, in order.</summary>
    public IReadOnlyList<CommandValue> Arguments { get; init; } = [];

    /// <summary>Its options.</summary>
    public IReadOnlyList<CommandValue> Options { get; init; } = [];

    /// <summary>The name of the argument that is an experiment file, and what it is; the options that change a file come with it. Null for none.</summary>
    internal CommandValue? ExperimentFile { get; init; }
}

/// <summary>An argument or an option of a <see cref="TunerCommand"/>. Immutable.</summary>
/// <param name="Name">The name: <c>CHECKPOINT</c> for an argument, <c>--output</c> for an option.</param>
/// <param name="Description">One sentence for the help.</param>
public sealed record CommandValue(string Name, string Description)
{
    /// <summary>What is given.</summary>
    public CommandValueKind Kind { get; init; }

    /// <summary>What stands for the value in the help: <c>FILE</c>.</summary>
    /// <value>Default null: nothing.</value>
    public string? HelpName { get; init; }

    /// <summary>Whether an argument may be left out.</summary>
    internal bool MayBeLeftOut { get; init; }

    /// <summary>Whether an option must be given; arguments always must.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The values that text may have; empty for any.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];
}

/// <summary>What a <see cref="CommandValue"/> takes.</summary>
public enum CommandValueKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A whole number, at least 0.</summary>
    Number,

    /// <summary>Nothing: the option is there or not.</summary>
    Flag,
}
