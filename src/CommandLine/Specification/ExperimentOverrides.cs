namespace Tuning.Specification;

/// <summary>What the command line changes in an experiment file, before it is validated.</summary>
public sealed record ExperimentOverrides
{
    /// <summary>None.</summary>
    public static ExperimentOverrides None { get; } = new();

    /// <summary>Each as <c>config.lr=0.001</c>, or <c>NAME:config.lr=0.001</c> for one of several experiments; the value is YAML.</summary>
    public ImmutableArray<string> Set { get; init; } = [];

    /// <summary>Names of the experiments to keep, in any order; empty keeps all.</summary>
    public ImmutableArray<string> Only { get; init; } = [];

    /// <summary>The storage directory, relative to the current directory.</summary>
    public string? Storage { get; init; }

    /// <summary>The name of the experiment; the file, or what <see cref="Only"/> leaves of it, must hold exactly one.</summary>
    public string? Name { get; init; }

    /// <summary>How often the space is sampled.</summary>
    public int? Samples { get; init; }

    /// <summary>Earlier name of <see cref="Samples"/>.</summary>
    [Obsolete("Use Samples."), JsonIgnore]
    public int? NumSamples { get => Samples; init => Samples = value; }

    /// <summary>At most this many trials at once.</summary>
    public int? MaxConcurrent { get; init; }

    /// <summary>The seed.</summary>
    public Int128? Seed { get; init; }

    /// <summary>The options that say the same; null when nothing is changed.</summary>
    internal string? ToCommand()
    {
        List<string> options =
        [
            .. Set.Select(s => $"--set {ShellWord.Of(s)}"),
            .. Storage is null ? (string[])[] : [$"--storage {ShellWord.Of(Storage)}"],
            .. Name is null ? (string[])[] : [$"--name {ShellWord.Of(Name)}"],
            .. Samples is null ? (string[])[] : [Invariant($"--num-samples {Samples}")],
            .. MaxConcurrent is null ? (string[])[] : [Invariant($"--max-concurrent {MaxConcurrent}")],
            .. Seed is null ? (string[])[] : [Invariant($"--seed {Seed}")],
        ];
        return options.Count == 0 ? null : $"run {string.Join(' ', options)}";
    }

    /// <inheritdoc/>
    public override string ToString() => OptionText.Of(this);
}
