namespace Tuning;

/// <summary>A directory of a checkpoint, being written or read. Files are named by their path below it, with <c>/</c>.</summary>
/// <param name="path">Its path.</param>
public sealed class CheckpointDirectory(string path)
{
    /// <summary>Its path; for your own kinds of files.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The path of a file below it.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name.Replace('/', System.IO.Path.DirectorySeparatorChar));

    /// <summary>Whether it holds a file of this name.</summary>
    public bool Contains(string name) => System.IO.File.Exists(File(name));

    /// <summary>Writes a value as JSON, names in snake_case. Directories are made as needed.</summary>
    public void WriteJson<T>(string name, T value)
    {
        var file = File(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        System.IO.File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(value, ConfigurationBinder.Options));
    }

    /// <summary>Reads what <see cref="WriteJson"/> wrote.</summary>
    /// <exception cref="FileNotFoundException">There is no such file; the message lists those that exist.</exception>
    /// <exception cref="JsonException">The file does not hold a <typeparamref name="T"/>.</exception>
    public T ReadJson<T>(string name)
    {
        if (!Contains(name))
        {
            var there = Directory.Exists(Path) ? string.Join(", ",
                Directory.EnumerateFileSystemEntries(Path).Select(System.IO.Path.GetFileName).Order(StringComparer.Ordinal)) : "no directory";
            throw new FileNotFoundException($"The checkpoint {Path} has no file '{name}'; it has: {there}.", File(name));
        }

        return JsonSerializer.Deserialize<T>(OwnFiles.ReadBytes(File(name)), ConfigurationBinder.Options)!;
    }

    /// <summary>The path.</summary>
    public override string ToString() => Path;
}
