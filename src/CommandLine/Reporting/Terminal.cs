namespace Tuning.Reporting;

/// <summary>What standard output is connected to.</summary>
internal static class Terminal
{
    /// <summary>Whether it is a terminal that can be redrawn.</summary>
    public static bool IsLive =>
        !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not ("dumb" or "") && Environment.GetEnvironmentVariable("CI") is null;
}
