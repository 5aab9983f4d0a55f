namespace Tuning.Control;

/// <summary>What a segment has of the machine while it runs. Plain data.</summary>
/// <param name="Lane">Which share of the machine it is, from 0: the lowest that was free when the segment started.</param>
/// <param name="Processors">The processors, as positions among those that the tuner may use; empty for any.</param>
/// <param name="Devices">What it has by name: <c>gpu</c> → <c>0</c>, <c>1</c>.</param>
internal sealed record TrialShare(int Lane, ImmutableArray<int> Processors, ImmutableArray<(string Name, ImmutableArray<string> Devices)> Devices)
{
    /// <summary>How much memory it may take, in bytes; null for no limit.</summary>
    public long? Memory { get; init; }

    /// <summary>How many processes and threads it may have; null for no limit.</summary>
    public int? MaxProcesses { get; init; }
}

/// <summary>What every trial of an experiment asks for, and what there is of it: how many run at once, and which of them has what.</summary>
/// <remarks>All ask for the same, so that the machine falls into equal shares, numbered lanes. Which lane a segment has follows from the record.</remarks>
/// <param name="Cpu">Cores for a trial; null shares the machine.</param>
/// <param name="Cores">How many there are.</param>
/// <param name="Devices">What there are devices of.</param>
internal sealed record ResourceLayout(double? Cpu, int Cores, ImmutableArray<ResourceLayout.Kind> Devices)
{
    // What rounding may take away from a sum of parts: ten tenths are one.
    private const double Rounding = 1e-9;

    /// <summary>Memory for a trial, in bytes; null where it is not counted.</summary>
    public long? Memory { get; init; }

    /// <summary>Memory that there is, in bytes.</summary>
    public long AllMemory { get; init; } = long.MaxValue;

    /// <summary>How many processes and threads a trial may have; null for no limit.</summary>
    public int? MaxProcesses { get; init; }

    /// <summary>How many trials the machine has room for at once; 0 where not even for one.</summary>
    public int Lanes => Fits.Append(int.MaxValue).Min();

    private IEnumerable<int> Fits =>
    [
        .. Cpu is { } cpu ? [(int)Math.Min(Math.Floor((Cores / cpu) + Rounding), int.MaxValue)] : (IEnumerable<int>)[],
        .. Memory is { } memory and > 0 ? [(int)Math.Min(AllMemory / memory, int.MaxValue)] : (IEnumerable<int>)[],
        .. Devices.Select(d => d.Lanes),
    ];

    /// <summary>What the segment in a lane has.</summary>
    public TrialShare Of(int lane) =>
        new(lane, Processors(lane), [.. Devices.Select(d => (d.Name, d.Of(lane)))]) { Memory = Memory, MaxProcesses = MaxProcesses };

    private ImmutableArray<int> Processors(int lane)
    {
        if (Cpu is not { } cpu)
        {
            return [];
        }

        var (first, end) = ((int)Math.Floor((lane * cpu) + Rounding), (int)Math.Ceiling(((lane + 1) * cpu) - Rounding));
        return [.. Enumerable.Range(first, end - first).Where(p => p < Cores)];
    }

    /// <summary>Devices of a kind, and how many each trial asks for.</summary>
    /// <param name="Name">What they are: <c>gpu</c>.</param>
    /// <param name="Amount">A whole number of them, or a part of one.</param>
    /// <param name="All">Those that there are.</param>
    internal sealed record Kind(string Name, double Amount, DeviceList All)
    {
        /// <summary>Whether so many can be asked for: a whole number, or a part of one.</summary>
        public static bool IsAmount(double amount) => amount is >= 0 and <= 1 || (amount > 1 && Numbers.Whole(amount) is not null);

        /// <summary>How many trials there is room for.</summary>
        public int Lanes => Amount <= 0 ? int.MaxValue : (int)Math.Min(Amount < 1 ? All.Count * Sharing : Math.Floor(All.Count / Amount), int.MaxValue);

        // How many trials share a device.
        private double Sharing => Math.Floor((1 / Amount) + Rounding);

        /// <summary>The devices of a lane.</summary>
        public ImmutableArray<string> Of(int lane) => Amount <= 0 ? [] : Amount < 1 ? [All[(int)(lane / Sharing)]]
            : [.. Enumerable.Range(lane * (int)Amount, (int)Amount).Select(i => All[i])];
    }
}

/// <summary>Which lanes are free. Used by one thread.</summary>
internal sealed class FreeLanes
{
    private readonly SortedSet<int> _returned = [];
    private readonly Dictionary<TrialId, int> _taken = [];
    private int _next;

    /// <summary>The lane of a trial that runs.</summary>
    public int Of(TrialId trial) => _taken[trial];

    /// <summary>A trial has a segment from here on: it takes the lowest lane that is free.</summary>
    public void Take(TrialId trial)
    {
        var lane = _returned.Count > 0 ? _returned.Min : _next++;
        _returned.Remove(lane);
        _taken[trial] = lane;
    }

    /// <summary>A trial has none any more.</summary>
    public void Return(TrialId trial)
    {
        if (_taken.Remove(trial, out var lane))
        {
            _returned.Add(lane);
        }
    }
}
