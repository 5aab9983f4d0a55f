namespace Tuning.Native;

/// <summary>Where libraries of this program's packages may lie.</summary>
internal static class NativeFolders
{
    /// <summary>The option of the runtime by which a program that keeps the libraries elsewhere says where.</summary>
    public const string Option = "Tuning.Torch.Libraries";

    /// <summary>The folders, best first: those of the option, beside the program, and where the runtime looks.</summary>
    public static IReadOnlyList<string> OfProgram()
    {
        var beside = AppContext.BaseDirectory;
        return
        [
            .. Split(Option),
            beside,
            Path.Combine(beside, "runtimes", TorchPackages.System, "native"),
            .. Split("NATIVE_DLL_SEARCH_DIRECTORIES"),
        ];
    }

    /// <summary>The first of these folders that has a file; null where none has.</summary>
    public static string? Find(IEnumerable<string> folders, string file) => folders.Select(f => Path.Combine(f, file)).FirstOrDefault(File.Exists);

    private static string[] Split(string option) => AppContext.GetData(option) is string folders
        ? folders.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        : [];
}
