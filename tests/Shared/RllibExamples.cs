using Xunit;

namespace Tuning.Testing;

/// <summary>RLlib's own experiment files, which lie beside the repository and are not part of it.</summary>
public static class RllibExamples
{
    private const string Folder = "shared/reference/rllib-examples";

    /// <summary>The path of one of them; where the folder is absent the test is skipped.</summary>
    public static string Require(string name)
    {
        var directory = new DirectoryInfo(Approved.Repository).Parent;
        while (directory is not null && !Directory.Exists(Path.Combine(directory.FullName, Folder)))
        {
            directory = directory.Parent;
        }

        Assert.SkipWhen(directory is null, $"RLlib's examples are not in {Folder} beside the repository.");
        return Path.Combine(directory!.FullName, Folder, name);
    }
}
