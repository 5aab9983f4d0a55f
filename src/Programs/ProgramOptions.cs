namespace Tuning.Programs;

/// <summary>A program as a trainable: what is called, where, and how it reports. Immutable.</summary>
public sealed record ProgramOptions
{
    /// <summary>The program and its arguments: a list, or one text that is split into words as a shell splits them (or, with <see cref="Shell"/>, handed to
    /// one). <c>${lr}</c> stands for a parameter, <c>${trial_dir}</c> and <c>${trial_id}</c> for the trial, <c>$${</c> for <c>${</c>.</summary>
    public required ProgramCommand Command { get; init; }

    /// <summary>Whether <c>/bin/sh</c> runs the command. It then says nothing of parameters, which come as environment variables alone.</summary>
    public bool Shell { get; init; }

    /// <summary>Further environment variables; values may name parameters as the command does.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>The directory that the program starts in, relative to the experiment file's.</summary>
    /// <value>Default null: the experiment file's directory; from C# the current one.</value>
    public string? Cwd { get; init; }

    /// <summary>How metrics are read from standard output; by default they are not, and the program reports by socket or file.</summary>
    public ProgramMetrics Metrics { get; init; } = ProgramMetrics.Reported;

    /// <summary>Whether the program hands over checkpoints and continues from them; schedulers that pause or exploit need it.</summary>
    public bool Checkpoints { get; init; }

    /// <summary>Seconds from being asked to stop (an answer, then SIGTERM) to being killed.</summary>
    [AtLeast(0)]
    public double Grace { get; init; } = 10;

    /// <summary>Megabytes of <c>stdout.log</c> and of <c>stderr.log</c> before they are moved to <c>….1</c>, whose predecessor goes.</summary>
    [Between(1, 100_000)]
    public int MaxLogSize { get; init; } = 16;
}
