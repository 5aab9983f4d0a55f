using Tuning.Checkpointing;

namespace Tuning.Programs;

/// <summary><c>tuner.py</c>, with which Python programs report.</summary>
internal static class PythonFile
{
    /// <summary>The variable with the directories that Python imports from.</summary>
    public const string SearchPath = "PYTHONPATH";

    private const string Name = "tuner.py";

    private static readonly Lazy<string> _text = new(() =>
    {
        using var reader = new StreamReader(typeof(PythonFile).Assembly.GetManifestResourceStream(Name)!);
        return reader.ReadToEnd();
    });

    /// <summary>Its text.</summary>
    public static string Text => _text.Value;

    /// <summary>Writes it into a directory of its own.</summary>
    /// <returns>That directory.</returns>
    public static string WriteInto(string directory)
    {
        var own = Path.Combine(directory, "python");
        OwnFiles.MakeDirectory(own);
        OwnFiles.Replace(Path.Combine(own, Name), Text);
        return own;
    }
}
