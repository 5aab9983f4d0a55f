using System.Security.Cryptography;
using Tuning.Checkpointing;

namespace Tuning.Server.Web;

/// <summary>What a client shows to be let in.</summary>
internal static class AccessToken
{
    private const int Bytes = 32;
    private const int Shortest = 16;
    private const int Longest = 512;

    /// <summary>A new one.</summary>
    public static string New() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>The token in a file that nobody else may read; where there is none, a new one in a new file.</summary>
    /// <exception cref="IOException">Others may read the file, or what it holds is no token.</exception>
    public static string FromFile(string path)
    {
        if (!File.Exists(path))
        {
            var made = New();
            using var file = OwnFiles.Open(path, FileMode.CreateNew);
            if (!OperatingSystem.IsWindows())
            {
                // Before it holds anything.
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            RandomAccess.Write(file, Encoding.ASCII.GetBytes(made + "\n"), 0);
            return made;
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
        {
            throw new IOException($"{path} holds a token and may be used by others; its rights must be 0600: chmod 600 {path}");
        }

        var token = OwnFiles.ReadText(path, Longest).Trim();
        return token.Length >= Shortest && token.All(c => c is > ' ' and < (char)127) ? token
            : throw new IOException($"{path} holds no token: it must be one line of at least {Shortest} characters without spaces. Delete it for a new one.");
    }
}
