using System.ComponentModel;
using System.Diagnostics;

namespace Tuning.Dashboard;

/// <summary>The browser of this machine.</summary>
internal static class Browser
{
    /// <summary>Opens an address; false where there is nothing that could.</summary>
    public static bool TryOpen(string url)
    {
        try
        {
            using var process = Process.Start(OperatingSystem.IsWindows() ? new ProcessStartInfo(url) { UseShellExecute = true }
                : new(OperatingSystem.IsMacOS() ? "open" : "xdg-open", [url]));
            return true;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }
}
