namespace Tuning;

/// <summary>What each trial asks of the machine while it runs. Trials that find less of it free wait. Immutable.</summary>
public sealed record TrialResources
{
    /// <summary>Processor cores: so many threads for a trial, and in a process of its own these processors alone. A part of one is shared.</summary>
    /// <value>Default null: the machine is shared among the trials that can run at once.</value>
    [MoreThan(0, Because = "or absent to share the machine")]
    public double? Cpu { get; init; }

    /// <summary>GPUs: a whole number, or a part of one, which other trials share. Which ones a trial has, <c>CUDA_VISIBLE_DEVICES</c> and
    /// <see cref="TrialContext.Devices"/> say; 0 hides all from processes.</summary>
    /// <value>Default null: they are not counted.</value>
    public double? Gpu { get; init; }

    /// <summary>Memory. A process that takes more, with all that it starts, fails its trial; on threads it is only counted.</summary>
    /// <value>Default null: it is not counted, and has no limit.</value>
    public ByteSize? Memory { get; init; }

    /// <summary>How many processes and threads a trial may have in a process of its own, with all that it starts; one that has more fails.</summary>
    /// <value>Default null: no limit.</value>
    [AtLeast(1)]
    public int? MaxProcesses { get; init; }

    /// <summary>Anything else that there is so much of: licenses, ports, seats of a server. Amounts as for <see cref="Gpu"/>.</summary>
    /// <value>Default empty.</value>
    [JsonIgnore]
    public IReadOnlyDictionary<string, double> Other { get; init => field = value.ToImmutableSortedDictionary(StringComparer.Ordinal); } =
        ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>Whether it asks for nothing.</summary>
    internal bool IsEmpty => Cpu is null && Gpu is null && Memory is null && MaxProcesses is null && Other.Count == 0;

    /// <summary>What there are devices of, with how many a trial asks for: <c>gpu</c> first.</summary>
    internal IEnumerable<(string Name, double Amount)> Devices => [.. Gpu is { } gpu ? [("gpu", gpu)] : (IEnumerable<(string, double)>)[],
        .. Other.Select(o => (o.Key, o.Value))];

    /// <summary>Same amounts.</summary>
    public bool Equals(TrialResources? other) => other is not null && Cpu == other.Cpu && Gpu.Equals(other.Gpu) && Memory == other.Memory
        && MaxProcesses == other.MaxProcesses && Other.SequenceEqual(other.Other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Cpu, Gpu, Memory, MaxProcesses, Other.Count);
}

/// <summary>What there is on the machine, where that is not found out, or less of it is to be used. Immutable.</summary>
public sealed record MachineResources
{
    /// <summary>Processor cores to count with.</summary>
    /// <value>Default null: those of this machine.</value>
    [AtLeast(1)]
    public int? Cpu { get; init; }

    /// <summary>GPUs, by the names that <c>CUDA_VISIBLE_DEVICES</c> takes.</summary>
    /// <value>Default null: those that <c>CUDA_VISIBLE_DEVICES</c> names, else those that <c>nvidia-smi</c> lists.</value>
    public DeviceList? Gpu { get; init; }

    /// <summary>Memory for all trials together.</summary>
    /// <value>Default null: that of this machine.</value>
    public ByteSize? Memory { get; init; }

    /// <summary>Anything else that trials ask for.</summary>
    /// <value>Default empty.</value>
    [JsonIgnore]
    public IReadOnlyDictionary<string, DeviceList> Other { get; init => field = value.ToImmutableSortedDictionary(StringComparer.Ordinal); } =
        ImmutableSortedDictionary<string, DeviceList>.Empty;

    /// <summary>Whether it says nothing.</summary>
    internal bool IsEmpty => Cpu is null && Gpu is null && Memory is null && Other.Count == 0;

    /// <summary>The devices of a resource; null where nothing is said of it.</summary>
    internal DeviceList? DevicesOf(string name) => name == "gpu" ? Gpu : Other.GetValueOrDefault(name);

    /// <summary>Same amounts.</summary>
    public bool Equals(MachineResources? other) => other is not null && Cpu == other.Cpu && Gpu == other.Gpu && Memory == other.Memory
        && Other.SequenceEqual(other.Other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Cpu, Gpu, Memory, Other.Count);
}
