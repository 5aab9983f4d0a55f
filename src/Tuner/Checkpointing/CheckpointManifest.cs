using System.Security.Cryptography;
using System.Text.Encodings.Web;

namespace Tuning.Checkpointing;

/// <summary>
/// What <c>manifest.json</c> holds: the files of one directory with length and digest, and the names of the directories in it.
/// Every directory of a checkpoint has one of its own, so that a branch can be copied or replaced by hand.
/// </summary>
internal sealed record CheckpointManifest
{
    /// <summary>The name of the manifest's file.</summary>
    public const string FileName = "manifest.json";

    /// <summary>The newest version of the format that this build writes and reads.</summary>
    public const int CurrentVersion = 2;

    // That of a directory without a component, as all were written at first.
    private const int PlainVersion = 1;

    private const string FormatName = "tuner-checkpoint";
    private const int LongestManifest = 64 << 20;

    private static readonly JsonSerializerOptions _headJson = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, MaxDepth = 128 };

    private static readonly JsonSerializerOptions _json = new(_headJson)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Always <c>tuner-checkpoint</c>.</summary>
    public string Format { get; init; } = FormatName;

    /// <summary>The version of the format.</summary>
    public int FormatVersion { get; init; } = PlainVersion;

    /// <summary>The version of the product that wrote it.</summary>
    public string ProductVersion { get; init; } = Product;

    /// <summary>The files of this directory by name.</summary>
    public SortedDictionary<string, FileEntry> Files { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The names of the directories in this directory.</summary>
    public List<string> Directories { get; init; } = [];

    /// <summary>What component the directory holds, how it is made again, and its values; null for none, or where files of their own say it.</summary>
    public JsonElement? Component { get; init; }

    /// <summary>The SHA-256 of <see cref="Component"/> as it is written here.</summary>
    public string? ComponentSha256 { get; init; }

    private static string Product { get; } = typeof(CheckpointManifest).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>A file's length in bytes and SHA-256 in lower-case hexadecimal.</summary>
    public sealed record FileEntry(long Length, string Sha256);

    /// <summary>The manifest of a directory's present content.</summary>
    public static CheckpointManifest Of(string directory)
    {
        var manifest = new CheckpointManifest();
        if (ComponentFiles.TakeDraft(directory) is { } draft)
        {
            var component = JsonSerializer.Deserialize<JsonElement>(draft, _json);
            var digest = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(component, _json)));
            manifest = new() { FormatVersion = CurrentVersion, Component = component, ComponentSha256 = digest };
        }

        foreach (var file in Directory.EnumerateFiles(directory))
        {
            var name = Path.GetFileName(file);
            if (name == FileName)
            {
                throw new CheckpointException($"The file name '{FileName}' is reserved in a checkpoint; write {file} under another name.");
            }

            manifest.Files.Add(name, Describe(file));
        }

        manifest.Directories.AddRange(Directory.EnumerateDirectories(directory).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal));
        return manifest;
    }

    /// <summary>Reads the manifest of a directory and checks its form and version.</summary>
    /// <exception cref="CheckpointException">There is none, it is no manifest, or its version is newer.</exception>
    public static CheckpointManifest Read(string directory)
    {
        var file = Path.Combine(directory, FileName);
        if (!File.Exists(file))
        {
            throw new CheckpointException($"{directory} is not a checkpoint: it has no {FileName}. It holds: {CheckpointPaths.Entries(directory)}.");
        }

        var bytes = OwnFiles.ReadBytes(file, LongestManifest);
        CheckVersion(file, bytes);
        var manifest = Parse<CheckpointManifest>(file, bytes, _json);
        if (manifest.Files.ContainsValue(null!) || manifest.Directories.Contains(null!))
        {
            throw new CheckpointException($"{file} is damaged: a file or directory in it is null.");
        }

        if (manifest.Component is { } component
            && Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(component.GetRawText()))) is var found && found != manifest.ComponentSha256)
        {
            throw new CheckpointException(
                $"{file} is damaged: the SHA-256 of its component is {found}; it says {manifest.ComponentSha256 ?? "none"}.");
        }

        foreach (var name in manifest.Files.Keys.Concat(manifest.Directories))
        {
            if (name is "" or "." or ".." || name.AsSpan().IndexOfAny('/', '\\', '\0') >= 0)
            {
                throw new CheckpointException($"{file} is damaged: '{name}' is no name of a file in its directory.");
            }
        }

        return manifest;
    }

    /// <summary>Writes the manifest into a directory.</summary>
    public void Write(string directory) =>
        File.WriteAllBytes(Path.Combine(directory, FileName), JsonSerializer.SerializeToUtf8Bytes(this, _json));

    /// <summary>Length and digest of a file.</summary>
    public static FileEntry Describe(string file)
    {
        using var stream = OwnFiles.OpenRead(file);
        var digest = Convert.ToHexStringLower(SHA256.HashData(stream));
        return new(stream.Length, digest);
    }

    // A newer format may have members that this build does not know, so that its version is read first and alone.
    private static void CheckVersion(string file, byte[] bytes)
    {
        var head = Parse<Head>(file, bytes, _headJson);
        if (head.Format != FormatName || head.FormatVersion is not { } number)
        {
            throw new CheckpointException($"{file} is no manifest of a checkpoint: it lacks \"format\": \"{FormatName}\" and \"format_version\".");
        }

        if (number > CurrentVersion)
        {
            throw new CheckpointException(
                $"{file} has format version {number}, written by Tuner {head.ProductVersion ?? "unknown"}; this is Tuner {Product}, which reads up to " +
                    $"version {CurrentVersion}. Read it with Tuner {head.ProductVersion ?? "unknown"} or later.");
        }

        if (number < 1)
        {
            throw new CheckpointException($"{file} has format version {number}; the first version is 1.");
        }
    }

    private static T Parse<T>(string file, byte[] bytes, JsonSerializerOptions options)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(bytes, options) ?? throw new JsonException("it holds null");
        }
        catch (JsonException e)
        {
            throw new CheckpointException($"{file} is damaged: {e.Message}", e);
        }
    }

    private sealed record Head(string? Format, int? FormatVersion, string? ProductVersion);
}
