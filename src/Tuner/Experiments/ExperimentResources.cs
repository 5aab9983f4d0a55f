namespace Tuning.Experiments;

/// <summary>How many trials run at once, and how many threads each may use.</summary>
/// <param name="Slots">Trials at once, at least 1.</param>
/// <param name="Cpus">Threads per trial, at least 1.</param>
internal sealed record ExperimentResources(int Slots, int Cpus)
{
    /// <summary>What a trial asks for when its cpu requests exceed the cores; null when they do not.</summary>
    public string? Notice { get; init; }

    /// <summary>The name of what a trial asks of the machine.</summary>
    public string ResourceClass => Invariant($"cpu-{Cpus}");

    /// <summary>Shares a machine out.</summary>
    /// <param name="spec">What the experiment asks for.</param>
    /// <param name="trials">How many trials there will be at most.</param>
    /// <param name="cores">How many cores the machine has.</param>
    /// <exception cref="SpecificationException">A trial asks for more cores than there are.</exception>
    public static ExperimentResources Of(ExperimentSpec spec, long trials, int cores)
    {
        if (spec.CpuPerTrial > cores)
        {
            throw new SpecificationException(Invariant(
                $"{spec.Name}: resources_per_trial.cpu is {spec.CpuPerTrial}; this machine has {cores} cores. Ask for at most {cores}."));
        }

        var most = (int)Math.Clamp(trials, 1, int.MaxValue);
        if (spec.CpuPerTrial is { } cpu)
        {
            var slots = Math.Min(most, spec.MaxConcurrentTrials ?? Math.Max(1, (int)Math.Floor((cores / cpu) + 1e-9)));
            var asked = slots * cpu;
            return new(slots, Math.Max(1, (int)cpu))
            {
                Notice = asked > cores
                    ? Invariant($"{slots} trials at once ask for {asked} cores; this machine has {cores}. They share them")
                    : null,
            };
        }

        var atOnce = Math.Min(most, spec.MaxConcurrentTrials ?? cores);
        return new(atOnce, Math.Max(1, cores / atOnce));
    }
}
