namespace Tuning.Specification;

/// <summary>What is wrong with the resources that trials ask for: amounts that are none, names that mean nothing, requests that can never be met.</summary>
internal static class ResourceCheck
{
    private const string Asked = "resources_per_trial", Stated = "resources";

    /// <summary>All that is wrong.</summary>
    /// <param name="spec">The experiment.</param>
    /// <param name="trainable">What it trains.</param>
    /// <param name="notices">Takes what is worth saying.</param>
    public static IEnumerable<ParameterIssue> Of(ExperimentSpec spec, TrainableDefinition? trainable, List<ParameterIssue> notices)
    {
        var (asked, stated) = (spec.ResourcesPerTrial with { Cpu = spec.CpuPerTrial }, spec.Resources);
        var issues = new List<ParameterIssue>();
        issues.AddRange(OptionSchema.Of(typeof(TrialResources)).Check(asked).Select(i => i with { Path = $"{Asked}.{i.Path}" }));
        issues.AddRange(OptionSchema.Of(typeof(MachineResources)).Check(stated).Select(i => i with { Path = $"{Stated}.{i.Path}" }));
        issues.AddRange(Names(Asked, asked.Other.Keys, ["cpu", "gpu", "memory", "max_processes"]));
        issues.AddRange(Names(Stated, stated.Other.Keys, ["cpu", "gpu", "memory", "max_processes"]));
        foreach (var (path, memory) in ((string, ByteSize?)[])[($"{Asked}.memory", asked.Memory), ($"{Stated}.memory", stated.Memory)])
        {
            if (memory is { Bytes: < 1 })
            {
                issues.Add(new(path, Invariant($"is {memory.Value.Bytes}; it must be more than 0 bytes, such as 4GiB, or absent.")));
            }
        }

        issues.AddRange(asked.Devices.Where(d => !ResourceLayout.Kind.IsAmount(d.Amount)).Select(d => new ParameterIssue($"{Asked}.{d.Name}",
            $"is {TypeText.Show(d.Amount)}; it must be a whole number, or a part of one from 0 to 1: no trial has parts of two.")));
        if (issues.Count == 0)
        {
            issues.AddRange(Unmet(spec, MachineResourcesOf(spec)));
            Notice(spec, trainable, notices);
        }

        return issues;
    }

    /// <summary>What there is of all that trials ask for: as it is stated, else as it is found here.</summary>
    public static MachineResources MachineResourcesOf(ExperimentSpec spec, int? cores = null)
    {
        var (asked, stated) = (spec.ResourcesPerTrial, spec.Resources);
        return stated with
        {
            Cpu = stated.Cpu ?? cores ?? Environment.ProcessorCount,
            Gpu = asked.Gpu > 0 ? MachineDevices.Here.Of(stated.Gpu) : stated.Gpu,
            Memory = stated.Memory ?? (asked.Memory is null ? null : new ByteSize(MachineDevices.Memory)),
        };
    }

    /// <summary>What is recorded of the machine: all that decides which trial has what; null where trials ask for no more than cores.</summary>
    public static MachineResources? Counted(ExperimentSpec spec, int cores) =>
        spec.ResourcesPerTrial.IsEmpty && spec.Resources.IsEmpty ? null : MachineResourcesOf(spec, cores);

    /// <summary>Requests that can never be met.</summary>
    /// <param name="spec">What trials ask for.</param>
    /// <param name="machine">What there is.</param>
    public static IEnumerable<ParameterIssue> Unmet(ExperimentSpec spec, MachineResources machine)
    {
        var (asked, stated) = (spec.ResourcesPerTrial, spec.Resources);
        if (spec.CpuPerTrial > machine.Cpu)
        {
            yield return new($"{Asked}.cpu", $"is {TypeText.Show(spec.CpuPerTrial)}; it must be at most {machine.Cpu}, "
                + (stated.Cpu is null ? "the cores of this machine." : "as resources says."));
        }

        if (asked.Memory is { } memory && memory.Bytes > machine.Memory!.Value.Bytes)
        {
            yield return new($"{Asked}.memory", $"is {memory}; it must be at most {machine.Memory}, "
                + (stated.Memory is null ? "the memory of this machine." : "as resources says."));
        }

        foreach (var (name, amount) in asked.Devices.Where(d => d.Amount > 0))
        {
            if (machine.DevicesOf(name) is not { } all)
            {
                string[] known = ["cpu", "gpu", "memory", "max_processes", .. stated.Other.Keys];
                var near = NearestName.Of(name, known) is { } meant ? $" Did you mean '{meant}'?" : "";
                yield return new($"{Asked}.{name}", $"asks for '{name}', of which nothing says how much there is.{near} If it is a resource of yours, write: "
                    + $"resources: {{{name}: {TypeText.Show(Math.Ceiling(amount))}}}.")
                { IsAboutName = true };
            }
            else if (new ResourceLayout.Kind(name, amount, all).Lanes < 1)
            {
                var why = name == "gpu" && stated.Gpu is null
                    ? $"the GPUs of this machine ({MachineDevices.Here.Source}). Where there are more, write: resources: {{gpu: …}}." : "as resources says.";
                yield return new($"{Asked}.{name}", $"is {TypeText.Show(amount)}; it must be at most {all.Count}, {why}");
            }
        }

        if (stated.Gpu is { } given && machine.Gpu is { } seen && seen.Count < given.Count)
        {
            yield return new($"{Stated}.gpu", $"is {given}, and trials see at most {seen.Count}: {MachineDevices.Here.Source}.");
        }
    }

    private static IEnumerable<ParameterIssue> Names(string section, IEnumerable<string> names, string[] reserved)
    {
        foreach (var name in names)
        {
            if (reserved.Contains(name))
            {
                yield return new($"{section}.{name}", section == Stated && name == "max_processes" ? "belongs below 'resources_per_trial'."
                    : $"is a property of its own; give it there, and not among others.")
                { IsAboutName = true };
            }
            else if (!char.IsAsciiLetterLower(name[0]) || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'))
            {
                var near = NearestName.Of(name, reserved) is { } meant ? $" Did you mean '{meant}'?" : "";
                yield return new($"{section}.{name}", $"'{name}' cannot be the name of a resource: small letters, digits and '_', a letter first.{near}")
                { IsAboutName = true };
            }
        }
    }

    private static void Notice(ExperimentSpec spec, TrainableDefinition? trainable, List<ParameterIssue> notices)
    {
        var asked = spec.ResourcesPerTrial;
        foreach (var name in spec.Resources.Other.Keys.Where(n => !asked.Other.ContainsKey(n)))
        {
            notices.Add(new($"{Stated}.{name}", $"is something that no trial asks for: resources_per_trial has no '{name}'."));
        }

        if (trainable is null)
        {
            return;
        }

        var isEmpty = asked.IsEmpty && spec.CpuPerTrial is null;
        if (spec.Run == AskAndTell.Instance.Name && !isEmpty)
        {
            notices.Add(new(Asked, "is not counted: the trials of a study run wherever they are asked for."));
        }
        else if (!trainable.RunsPrograms && (spec.Isolation ?? trainable.Isolation) == Isolation.Thread)
        {
            if (asked.Memory is not null)
            {
                notices.Add(new($"{Asked}.memory", "is only counted, so that no more trials run at once than have room: they run on threads, which share "
                    + "their memory. isolation: process holds each to it."));
            }

            if (asked.MaxProcesses is not null)
            {
                notices.Add(new($"{Asked}.max_processes", "holds nobody to it: trials run on threads, which share a process. isolation: process does."));
            }
        }

        if (asked.Gpu > 0 && trainable.UsesCoresOnly)
        {
            notices.Add(new($"{Asked}.gpu", $"is counted and handed over, and '{trainable.Name}' computes on processor cores: only code of yours can use it."));
        }
    }
}
