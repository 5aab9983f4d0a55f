using System.ComponentModel;
using System.Diagnostics;

namespace Tuning.Execution;

/// <summary>What this machine has for trials, where nobody says it.</summary>
/// <param name="Gpus">Its GPUs, by the names that <c>CUDA_VISIBLE_DEVICES</c> takes.</param>
/// <param name="Source">How that is known: <c>nvidia-smi lists them</c>.</param>
internal sealed record MachineDevices(DeviceList Gpus, string Source)
{
    private bool IsNarrowed { get; init; }

    /// <summary>The environment variable that says which GPUs a process sees.</summary>
    public const string Visible = "CUDA_VISIBLE_DEVICES";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private static readonly Lazy<MachineDevices> _here = new(() => Find(Environment.GetEnvironmentVariable(Visible), AskDriver));

    /// <summary>Those of this machine; asked for once.</summary>
    public static MachineDevices Here => _here.Value;

    /// <summary>How much memory this machine, or the container that this process runs in, has, in bytes.</summary>
    public static long Memory => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>The GPUs to count with: those that are stated by name; of a number the first that this process may see.</summary>
    /// <param name="stated">What is stated; null for all.</param>
    public DeviceList Of(DeviceList? stated) => stated switch
    {
        null => Gpus,
        { Names.IsEmpty: true } when IsNarrowed => new([.. Enumerable.Range(0, Math.Min(stated.Count, Gpus.Count)).Select(i => Gpus[i])]),
        _ => stated,
    };

    /// <summary>Finds them.</summary>
    /// <param name="visible">What <see cref="Visible"/> says here; null where it is not set.</param>
    /// <param name="ask">What <c>nvidia-smi</c> prints of the indices; null where it is not there.</param>
    public static MachineDevices Find(string? visible, Func<string?> ask)
    {
        if (visible is not null)
        {
            // What comes after a number that no device has is not seen.
            var names = visible.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).TakeWhile(n => n[0] != '-').Distinct();
            return new(new([.. names]), $"{Visible} of this process is '{visible}'") { IsNarrowed = true };
        }

        return ask() is { } printed
            ? new(new([.. printed.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Where(l => l.All(char.IsAsciiDigit)).Distinct()]), "nvidia-smi says so")
            : new(0, "nvidia-smi is not there");
    }

    private static string? AskDriver()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("nvidia-smi", ["--query-gpu=index", "--format=csv,noheader"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var printed = process.StandardOutput.ReadToEndAsync();
            if (process.WaitForExit(_patience) && printed.Wait(_patience))
            {
                return process.ExitCode == 0 ? printed.Result : null;
            }

            // A driver that hangs has no device to give.
            process.Kill(entireProcessTree: true);
            return null;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or IOException or PlatformNotSupportedException)
        {
            return null;
        }
    }
}
