namespace Tuning.Testing;

/// <summary>A directory of its own, removed with everything in it at the end.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Its full path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("tuner-").FullName;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
