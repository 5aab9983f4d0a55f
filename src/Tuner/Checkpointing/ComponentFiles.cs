using System.Text.Encodings.Web;

namespace Tuning.Checkpointing;

/// <summary>
/// A component on disk: what it is, its values and its few numbers stand in <c>manifest.json</c>, under <c>component</c>; its tensors in a file, and each
/// component in it in a directory.
/// </summary>
/// <remarks>
/// Checkpoints of format 1, which are read for ever, have <c>class_and_ctor_args.json</c>, <c>state.json</c> and <c>metadata.json</c> in each directory.
/// </remarks>
public static class ComponentFiles
{
    private const string OldClassFile = "class_and_ctor_args.json";
    private const string OldMetadataFile = "metadata.json";

    /// <summary>The values of those that have a file of their own, and of all in format 1.</summary>
    private const string StateFile = "state.json";

    // What stands in the manifest in the end; the manifest is written last.
    private const string DraftFile = ".component.tuner-draft";
    private const int MostBytesInManifest = 1 << 16;

    private static readonly JsonWriterOptions _indented = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string _usualTensorFile = new ComponentClass("", ParameterSet.Empty).TensorFile;

    internal static void Write(ICheckpointable node, CheckpointDirectory directory)
    {
        Directory.CreateDirectory(directory.Path);
        var kind = node.CheckpointClass;
        var state = node.CaptureState();
        var components = node.GetCheckpointableComponents();
        var described = ParameterSet.From([new("class", kind.Name), new("args", kind.Arguments), new("metadata", Describe(node, components))]);
        if (state.Values is { Count: > 0 } values)
        {
            described = node.KeepsStateFile ? described : described.With("state", values);
        }

        if (node.KeepsStateFile)
        {
            WriteSet(directory.File(StateFile), state.Values ?? ParameterSet.Empty);
        }

        if (kind.TensorFile == _usualTensorFile && state.Tensors.Values.Sum(t => t.Bytes.Length) is > 0 and <= MostBytesInManifest)
        {
            using var bytes = new MemoryStream();
            Safetensors.Write(bytes, state.Tensors.Values);
            described = described.With("tensors", Convert.ToBase64String(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
        }
        else if (!state.Tensors.IsEmpty)
        {
            Safetensors.Write(directory.File(kind.TensorFile), state.Tensors.Values);
        }

        WriteSet(directory.File(DraftFile), described);
        foreach (var (name, child) in components)
        {
            Write(child, new CheckpointDirectory(directory.File(name)));
        }

        node.WriteCompanions(directory);
    }

    /// <summary>What component a directory of a checkpoint says it holds.</summary>
    /// <exception cref="CheckpointException">It says nothing.</exception>
    public static ComponentClass ReadClass(CheckpointDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        var set = directory.Contains(OldClassFile) ? ReadSet(directory.File(OldClassFile)) : InManifest(directory) ?? throw NoComponent(directory);
        return set.TryGet("class", out var name) && name is string text && set.TryGet("args", out var args) && args is ParameterSet arguments
            ? new(text, arguments)
            : throw new CheckpointException($"{directory.Path} is damaged: what it says of its component lacks \"class\" and \"args\".");
    }

    /// <summary>Facts about a component for a reader; not needed to restore.</summary>
    /// <exception cref="CheckpointException">The directory says nothing of a component.</exception>
    public static ParameterSet ReadMetadata(CheckpointDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return directory.Contains(OldMetadataFile) && directory.Contains(OldClassFile) ? ReadSet(directory.File(OldMetadataFile))
            : (InManifest(directory) ?? throw NoComponent(directory)).TryGet("metadata", out var found) && found is ParameterSet metadata ? metadata
            : ParameterSet.Empty;
    }

    /// <summary>Whether a directory holds a component, of any version.</summary>
    internal static bool IsComponent(CheckpointDirectory directory) => directory.Contains(OldClassFile) || InManifest(directory) is not null;

    /// <summary>Takes what stands in a directory for its manifest; null where it is none of a component.</summary>
    internal static string? TakeDraft(string directory)
    {
        var file = Path.Combine(directory, DraftFile);
        if (!File.Exists(file))
        {
            return null;
        }

        var text = OwnFiles.ReadText(file);
        OwnFiles.Delete(file);
        return text;
    }

    /// <summary>Where the checkpoint of a part is: the directory itself, or the part's branch when the directory is a whole checkpoint.</summary>
    internal static CheckpointDirectory Locate(CheckpointDirectory directory, string? part, ICheckpointable target)
    {
        var expected = target.CheckpointClass.Name;
        var found = ReadClass(directory).Name;
        if (found == expected || target.TensorFileIn(found) is not null)
        {
            return directory;
        }

        var what = part is null ? "this object" : $"the component '{part}'";
        if (part is not null && Directory.Exists(directory.File(part.Trim('/'))))
        {
            var branch = new CheckpointDirectory(directory.File(part.Trim('/')));
            found = ReadClass(branch).Name;
            return found == expected ? branch : throw new CheckpointException($"{branch.Path} is a checkpoint of '{found}'; {what} is '{expected}'.");
        }

        var hint = part is null && ComponentTree.Paths(target).FirstOrDefault(p => ComponentTree.Find(target, p).CheckpointClass.Name == found) is { } fitting
            ? $" Its component '{fitting}' is one: name it as the component." : "";
        throw new CheckpointException($"{directory.Path} is a checkpoint of '{found}'; {what} is '{expected}'.{hint}");
    }

    /// <summary>In what a component on disk was made otherwise than one here, as the end of a message; empty when in nothing.</summary>
    internal static string Differences(CheckpointDirectory directory, ICheckpointable node)
    {
        const int Most = 4;
        var here = node.CheckpointClass.Arguments;
        var different = ReadClass(directory).Arguments.Flatten().Where(a => here.TryGet(a.Key, out var value) && !Equals(value, a.Value))
            .Select(a => $"{a.Key} {Text(a.Value)}, here {Text(here[a.Key])}").ToList();
        return different.Count is 0 or > Most ? "" : $" It was made with {string.Join("; ", different)}.";

        static string Text(object? value) => ParameterSet.Empty.With("v", value).ToString()[5..^1];
    }

    /// <summary>Reads the state for a component; what is on disk must be what the component has, but for what is skipped.</summary>
    internal static ComponentState Read(CheckpointDirectory directory, ICheckpointable target, IReadOnlySet<string> skips, string prefix = "")
    {
        var kind = ReadClass(directory);
        if (kind.Name != target.CheckpointClass.Name)
        {
            return target.TensorFileIn(kind.Name) is { } file ? ReadOwn(directory, file)
                : throw new CheckpointException($"{directory.Path} is a checkpoint of '{kind.Name}'; here it is '{target.CheckpointClass.Name}'.");
        }

        var state = ReadOwn(directory, target.CheckpointClass.TensorFile);
        var components = target.GetCheckpointableComponents();
        foreach (var (name, child) in components)
        {
            if (skips.Contains(prefix + name))
            {
                continue;
            }

            var branch = new CheckpointDirectory(directory.File(name));
            if (!Directory.Exists(branch.Path))
            {
                if (target.OptionalComponents.Contains(name) || (target.TakesWhatBothHave && components.Any(c => Directory.Exists(directory.File(c.Key)))))
                {
                    continue;
                }

                if (target.TakesWhatBothHave)
                {
                    throw new CheckpointException($"The checkpoint {directory.Path} has nothing that is here; it has: {OnDisk(directory)}; here " +
                        $"{(components.Count == 1 ? "is" : "are")}: {string.Join(", ", components.Select(c => c.Key))}.");
                }

                throw new CheckpointException(
                    $"The checkpoint {directory.Path} has no component '{name}' ({branch.Path} does not exist); it has: {OnDisk(directory)}. Name it under " +
                        $"notComponents to leave it as it is.");
            }

            state = state with { Components = state.Components.SetItem(name, Read(branch, child, skips, prefix + name + "/")) };
        }

        if (!target.TakesWhatBothHave)
        {
            RefuseLeftOver(directory, target, components, skips, prefix);
        }

        return state;
    }

    /// <summary>Reads a component's own state, without that of the components in it.</summary>
    /// <param name="directory">Its directory.</param>
    /// <param name="tensorFile">The name of the file with its tensors; they are none where it is absent.</param>
    /// <exception cref="CheckpointException">A file is missing or damaged.</exception>
    public static ComponentState ReadOwn(CheckpointDirectory directory, string tensorFile)
    {
        ArgumentNullException.ThrowIfNull(directory);
        var described = directory.Contains(OldClassFile) ? ParameterSet.Empty : InManifest(directory) ?? throw NoComponent(directory);
        var state = new ComponentState
        {
            Values = directory.Contains(StateFile) ? ReadSet(directory.File(StateFile))
                : directory.Contains(OldClassFile) ? throw NoComponent(directory)
                : described.TryGet("state", out var values) && values is ParameterSet set ? set : ParameterSet.Empty,
        };
        return directory.Contains(tensorFile) ? state.With(Safetensors.Read(directory.File(tensorFile)).Values)
            : state.With(TensorsIn(directory, described));
    }

    private static void RefuseLeftOver(CheckpointDirectory directory, ICheckpointable target, IReadOnlyList<KeyValuePair<string, ICheckpointable>> components,
        IReadOnlySet<string> skips, string prefix)
    {
        foreach (var child in Directory.EnumerateDirectories(directory.Path))
        {
            var name = Path.GetFileName(child);
            if (!components.Any(c => c.Key == name || c.Key.StartsWith(name + "/", StringComparison.Ordinal))
                && !target.CompanionDirectories.Contains(name) && !target.OptionalComponents.Contains(name) && !skips.Contains(prefix + name)
                    && IsComponent(new(child)))
            {
                throw new CheckpointException(
                    $"The checkpoint {directory.Path} has a component '{name}' that does not exist here; there are: {ComponentTree.Names(target)}. Name it " +
                        $"under notComponents to leave it out.");
            }
        }
    }

    private static string OnDisk(CheckpointDirectory directory)
    {
        var names = Directory.EnumerateDirectories(directory.Path).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal).ToList();
        return names.Count == 0 ? "none" : string.Join(", ", names);
    }

    /// <summary>The tensors of a component that stand in its manifest.</summary>
    internal static IEnumerable<NamedTensor> TensorsInManifest(CheckpointDirectory directory) =>
        InManifest(directory) is { } described ? TensorsIn(directory, described) : [];

    private static IEnumerable<NamedTensor> TensorsIn(CheckpointDirectory directory, ParameterSet described)
    {
        if (!described.TryGet("tensors", out var written))
        {
            return [];
        }

        var file = directory.File(CheckpointManifest.FileName);
        try
        {
            return Safetensors.Read(new MemoryStream(Convert.FromBase64String(written as string ?? "")), file).Values;
        }
        catch (FormatException e)
        {
            throw new CheckpointException($"{file} is damaged: its tensors are not Base64.", e);
        }
    }

    // What a manifest says of a component; of a directory that is being written, what its manifest will say.
    private static ParameterSet? InManifest(CheckpointDirectory directory)
    {
        if (directory.Contains(DraftFile))
        {
            return ReadSet(directory.File(DraftFile));
        }

        return directory.Contains(CheckpointManifest.FileName)
            && CheckpointManifest.Read(directory.Path).Component is { ValueKind: JsonValueKind.Object } component
            ? Parsed(directory.File(CheckpointManifest.FileName), () => ParameterSet.FromJson(component)) : null;
    }

    private static CheckpointException NoComponent(CheckpointDirectory directory) => new(
        $"{directory.Path} is no checkpoint of a component: its {CheckpointManifest.FileName} says none. It holds: {CheckpointPaths.Entries(directory.Path)}.");

    private static ParameterSet Describe(ICheckpointable node, IReadOnlyList<KeyValuePair<string, ICheckpointable>> components) =>
        node.GetMetadata().With("checkpoint_version", "2.1").With("components", components.Select(c => c.Key));

    private static void WriteSet(string file, ParameterSet set)
    {
        using var stream = OwnFiles.Create(file);
        using var writer = new Utf8JsonWriter(stream, _indented);
        set.WriteTo(writer);
    }

    private static ParameterSet ReadSet(string file) => Parsed(file, () => ParameterSet.Parse(OwnFiles.ReadText(file)));

    private static ParameterSet Parsed(string file, Func<ParameterSet> parse)
    {
        try
        {
            return parse();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or IOException)
        {
            throw new CheckpointException($"{file} is damaged: {e.Message}", e);
        }
    }
}
