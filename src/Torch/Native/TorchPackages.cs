namespace Tuning.Native;

/// <summary>The packages that fit each other, for messages.</summary>
internal static class TorchPackages
{
    /// <summary>The version of TorchSharp that this was made with.</summary>
    public const string Bridge = "0.107.0";

    /// <summary>The version of libtorch that it wants.</summary>
    public const string Libtorch = "2.10.0";

    /// <summary>This system as packages name it, <c>linux-x64</c>.</summary>
    public static string System { get; } =
        (OperatingSystem.IsWindows() ? "win-" : OperatingSystem.IsMacOS() ? "osx-" : "linux-") +
            RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
}
