namespace Tuning;

/// <summary>A configuration was asked for a parameter that it does not have.</summary>
internal sealed class MissingParameterException(string path, IReadOnlyCollection<string> known)
    : KeyNotFoundException($"There is no parameter '{path}'{NearestName.Hint(path, known, "parameters")}")
{
    /// <summary>The path that was asked for.</summary>
    public string Path { get; } = path;
}
