using Xunit;

namespace Tuning.Testing;

/// <summary>
/// Texts that a person has read and approved, kept beside the tests. A text that differs fails, and is written beside the approved one as
/// <c>.received.txt</c>; with <c>TUNER_APPROVE=1</c> in the environment it takes its place, to be read in the diff.
/// </summary>
public static class Approved
{
    /// <summary>The repository's directory.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Compares a text with the approved one.</summary>
    /// <param name="path">The approved file, relative to the repository: <c>tests/…/name.approved.txt</c>.</param>
    /// <param name="text">The text.</param>
    public static void Matches(string path, string text)
    {
        var file = Path.Combine(Repository, path);
        var received = file.Replace(".approved.", ".received.", StringComparison.Ordinal);
        var actual = text.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
        var approved = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : null;
        if (approved == actual)
        {
            File.Delete(received);
            return;
        }

        if (Environment.GetEnvironmentVariable("TUNER_APPROVE") == "1")
        {
            File.WriteAllText(file, actual);
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, actual);
        Assert.Fail($"{path} {(approved is null ? "does not exist" : "differs")}. What came is in {Path.GetFileName(received)}; if it is right, run again " +
            $"with TUNER_APPROVE=1.\n\nApproved:\n{approved}\nReceived:\n{actual}");
    }

    private static string FindRepository()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Tuner.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"There is no Tuner.sln above {AppContext.BaseDirectory}.");
    }
}
