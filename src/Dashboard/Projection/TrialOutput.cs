using Tuning.Checkpointing;

namespace Tuning.Dashboard.Projection;

/// <summary>What the program of a trial said.</summary>
internal static class TrialOutput
{
    private const int Longest = 64 * 1024;

    /// <summary>The names of the files that are shown, and no others.</summary>
    public static readonly ImmutableArray<string> Files = ["stdout.log", "stderr.log"];

    /// <summary>The end of one.</summary>
    /// <param name="directory">The trial's directory.</param>
    /// <param name="file">One of <see cref="Files"/>.</param>
    /// <exception cref="IOException">It is not there, or is no regular file.</exception>
    public static string Tail(string directory, string file)
    {
        using var stream = OwnFiles.OpenRead(Path.Combine(directory, file));
        var bytes = new byte[(int)Math.Min(Longest, stream.Length)];
        stream.Seek(-bytes.Length, SeekOrigin.End);
        return Encoding.UTF8.GetString(bytes, 0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
    }
}
