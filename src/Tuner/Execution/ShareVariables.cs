namespace Tuning.Execution;

/// <summary>How a process is told what it has of the machine: by its environment.</summary>
internal static class ShareVariables
{
    /// <summary>The beginning of the variables that name devices: <c>TUNER_DEVICES_GPU</c>.</summary>
    public const string Devices = "TUNER_DEVICES_";

    // Which GPU is number 0: for nvidia-smi always, for CUDA only when it is told so.
    private const string Order = "CUDA_DEVICE_ORDER";

    // How many threads OpenMP, the usual libraries of linear algebra, NumExpr and Rayon start; others go by the processors that they may use.
    private static readonly string[] _threads =
    [
        "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS",
        "RAYON_NUM_THREADS",
    ];

    /// <summary>The variables.</summary>
    /// <param name="share">What the process has; null where that is not counted.</param>
    /// <param name="cpus">How many threads it may use.</param>
    public static IEnumerable<KeyValuePair<string, string>> Of(TrialShare? share, int cpus)
    {
        if (share is null)
        {
            yield break;
        }

        foreach (var name in share.Processors.IsEmpty ? [] : _threads)
        {
            yield return new(name, cpus.ToString(CultureInfo.InvariantCulture));
        }

        foreach (var (name, devices) in share.Devices)
        {
            var list = string.Join(',', devices);
            yield return new(Devices + name.ToUpperInvariant(), list);
            if (name == "gpu")
            {
                yield return new(MachineDevices.Visible, list);
                yield return new(Order, Environment.GetEnvironmentVariable(Order) ?? "PCI_BUS_ID");
            }
        }
    }
}
