using System.Text.Encodings.Web;

namespace Tuning.Checkpointing;

/// <summary>
/// A component's files: <c>metadata.json</c>, <c>class_and_ctor_args.json</c>, <c>state.json</c>, its tensors, and a directory for
/// each component in it.
/// </summary>
public static class ComponentFiles
{
    private static readonly JsonWriterOptions _writing = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal const string ClassFile = "class_and_ctor_args.json";
    internal const string StateFile = "state.json";
    internal const string MetadataFile = "metadata.json";

    internal static void Write(ICheckpointable node, CheckpointDirectory directory)
    {
        Directory.CreateDirectory(directory.Path);
        var kind = node.CheckpointClass;
        var state = node.CaptureState();
        WriteSet(directory.File(ClassFile), ParameterSet.From([new("class", kind.Name), new("args", kind.Arguments)]));
        WriteSet(directory.File(StateFile), state.Values ?? ParameterSet.Empty);
        if (!state.Tensors.IsEmpty)
        {
            Safetensors.Write(directory.File(kind.TensorFile), state.Tensors.Values);
        }

        var components = node.GetCheckpointableComponents();
        WriteSet(directory.File(MetadataFile), Describe(node, kind, state, components));
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
        if (!directory.Contains(ClassFile))
        {
            throw new CheckpointException(
                $"{directory.Path} is no checkpoint of a component: it has no {ClassFile}. It holds: {CheckpointPaths.Entries(directory.Path)}.");
        }

        var set = ReadSet(directory.File(ClassFile));
        return set.TryGet("class", out var name) && name is string text && set.TryGet("args", out var args) && args is ParameterSet arguments
            ? new(text, arguments)
            : throw new CheckpointException($"{directory.File(ClassFile)} is damaged: it lacks \"class\" and \"args\".");
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
        if (!directory.Contains(StateFile))
        {
            throw new CheckpointException(
                $"{directory.Path} is no checkpoint of a component: it has no {StateFile}. It holds: {CheckpointPaths.Entries(directory.Path)}.");
        }

        var state = new ComponentState { Values = ReadSet(directory.File(StateFile)) };
        return directory.Contains(tensorFile) ? state.With(Safetensors.Read(directory.File(tensorFile)).Values) : state;
    }

    private static void RefuseLeftOver(CheckpointDirectory directory, ICheckpointable target, IReadOnlyList<KeyValuePair<string, ICheckpointable>> components,
        IReadOnlySet<string> skips, string prefix)
    {
        foreach (var child in Directory.EnumerateDirectories(directory.Path))
        {
            var name = Path.GetFileName(child);
            if (!components.Any(c => c.Key == name || c.Key.StartsWith(name + "/", StringComparison.Ordinal))
                && !target.CompanionDirectories.Contains(name) && !target.OptionalComponents.Contains(name) && !skips.Contains(prefix + name)
                    && File.Exists(Path.Combine(child, ClassFile)))
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

    private static ParameterSet Describe(ICheckpointable node, ComponentClass kind, ComponentState state, IReadOnlyList<KeyValuePair<string,
        ICheckpointable>> components)
    {
        var metadata = node.GetMetadata()
            .With("class", kind.Name)
            .With("class_and_ctor_args_file", ClassFile)
            .With("state_file", StateFile)
            .With("checkpoint_version", "2.1")
            .With("product_version", new CheckpointManifest().ProductVersion)
            .With("components", components.Select(c => c.Key));
        return state.Tensors.IsEmpty ? metadata : metadata.With("tensor_file", kind.TensorFile);
    }

    private static void WriteSet(string file, ParameterSet set)
    {
        using var stream = OwnFiles.Create(file);
        using var writer = new Utf8JsonWriter(stream, _writing);
        set.WriteTo(writer);
    }

    private static ParameterSet ReadSet(string file)
    {
        try
        {
            return ParameterSet.Parse(OwnFiles.ReadText(file));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or IOException)
        {
            throw new CheckpointException($"{file} is damaged: {e.Message}", e);
        }
    }
}
