namespace Tuning.Experiments;

/// <summary>How many trials run at once, how many threads each may use, and what else each has.</summary>
/// <param name="Slots">Trials at once, at least 1.</param>
/// <param name="Cpus">Threads per trial, at least 1.</param>
internal sealed record ExperimentResources(int Slots, int Cpus)
{
    /// <summary>What keeps fewer trials from running than may at once; null where nothing does.</summary>
    public string? Notice { get; init; }

    /// <summary>The shares of the machine; null where trials ask for nothing.</summary>
    public ResourceLayout? Layout { get; init; }

    /// <summary>The name of what a trial asks of the machine.</summary>
    public string ResourceClass => Invariant($"cpu-{Cpus}");

    /// <summary>Shares a machine out.</summary>
    /// <param name="spec">What the experiment asks for.</param>
    /// <param name="trials">How many trials there will be at most.</param>
    /// <param name="cores">How many cores the machine has.</param>
    /// <exception cref="SpecificationException">A trial asks for more than there is.</exception>
    public static ExperimentResources Of(ExperimentSpec spec, long trials, int cores)
    {
        var most = (int)Math.Clamp(trials, 1, int.MaxValue);
        if ((spec.CpuPerTrial is null && spec.ResourcesPerTrial.IsEmpty) || spec.Run == AskAndTell.Instance.Name)
        {
            var free = Math.Min(most, spec.MaxConcurrentTrials ?? cores);
            return new(free, Math.Max(1, cores / free));
        }

        var machine = spec.Machine ?? ResourceCheck.MachineResourcesOf(spec, cores);
        if (ResourceCheck.Unmet(spec, machine).ToList() is { Count: > 0 } unmet)
        {
            throw new SpecificationException([.. unmet.Select(u => new SpecificationProblem { Path = $"{spec.Name}.{u.Path}", Message = u.Message })]);
        }

        var layout = LayoutOf(spec, machine);
        var asked = Math.Min(most, spec.MaxConcurrentTrials ?? (spec.CpuPerTrial is null ? machine.Cpu!.Value : int.MaxValue));
        var slots = Math.Min(asked, layout.Lanes);
        return new(slots, Math.Max(1, (int)(spec.CpuPerTrial ?? machine.Cpu!.Value / slots)))
        {
            Layout = layout,
            Notice = spec.MaxConcurrentTrials is not null && slots < asked
                ? Invariant($"{asked} trials may run at once, and {slots} do: there is no more of what they ask for (resources_per_trial)") : null,
        };
    }

    private static ResourceLayout LayoutOf(ExperimentSpec spec, MachineResources machine)
    {
        var asked = spec.ResourcesPerTrial;
        var devices = asked.Devices.Select(d => new ResourceLayout.Kind(d.Name, d.Amount, machine.DevicesOf(d.Name) ?? 0));
        return new(spec.CpuPerTrial, machine.Cpu!.Value, [.. devices])
        {
            Memory = asked.Memory?.Bytes,
            AllMemory = machine.Memory?.Bytes ?? long.MaxValue,
            MaxProcesses = asked.MaxProcesses,
        };
    }
}
