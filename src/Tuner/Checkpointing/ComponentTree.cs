using System.Diagnostics.CodeAnalysis;

namespace Tuning.Checkpointing;

/// <summary>Finds, captures and applies parts of a tree of components.</summary>
internal static class ComponentTree
{
    /// <summary>The part at a path; the component itself for null.</summary>
    public static ICheckpointable Find(ICheckpointable root, string? path)
    {
        if (path is null)
        {
            return root;
        }

        var node = root;
        var rest = path.Trim('/');
        while (rest.Length > 0)
        {
            var (name, next) = Step(node, rest);
            if (next is null)
            {
                ThrowUnknown(root, path);
            }

            node = next;
            rest = rest[name.Length..].TrimStart('/');
        }

        return ReferenceEquals(node, root) ? throw new CheckpointException($"The component '{path}' names nothing; there are: {Names(root)}.") : node;
    }

    /// <summary>The paths of all parts, for messages.</summary>
    public static IEnumerable<string> Paths(ICheckpointable root) =>
        root.GetCheckpointableComponents().SelectMany(c => Paths(c.Value).Select(p => c.Key + "/" + p).Prepend(c.Key));

    /// <summary>Checks the paths of parts to leave out, and takes the prefix of the part that is restored off them.</summary>
    public static HashSet<string> Skips(ICheckpointable target, IReadOnlyCollection<string>? notComponents, string? part)
    {
        var skips = new HashSet<string>();
        foreach (var path in notComponents ?? [])
        {
            var below = path.Trim('/');
            if (part is not null && below.StartsWith(part.Trim('/') + "/", StringComparison.Ordinal))
            {
                below = below[(part.Trim('/').Length + 1)..];
            }

            // A part that exists in the checkpoint only may be named as well, so that nothing is checked here but the form.
            skips.Add(below.Length > 0 ? below : throw new CheckpointException($"The component '{path}' names nothing; there are: {Names(target)}."));
        }

        return skips;
    }

    public static ComponentState Capture(ICheckpointable node, IReadOnlyCollection<string>? components, IReadOnlySet<string> skips)
    {
        if (components is null)
        {
            return CaptureAll(node, "", skips);
        }

        var state = ComponentState.Empty with { Values = null };
        foreach (var path in components)
        {
            var part = Find(node, path);
            if (!skips.Contains(path.Trim('/')))
            {
                state = Insert(node, state, path.Trim('/'), CaptureAll(part, path.Trim('/') + "/", skips));
            }
        }

        return state;
    }

    /// <summary>Applies a state to a node and everything in it; when anything throws, what was there before is brought back.</summary>
    /// <param name="node">The component.</param>
    /// <param name="state">Its state.</param>
    /// <param name="source">Where the state was read, for messages; null when it comes from memory.</param>
    public static void Apply(ICheckpointable node, ComponentState state, CheckpointDirectory? source = null)
    {
        CheckNames(node, state);
        var before = CaptureAll(node, "", new HashSet<string>());
        try
        {
            ApplyAll(node, state, source);
        }
        catch
        {
            ApplyAll(node, before, null);
            throw;
        }
    }

    public static string Names(ICheckpointable root) => Paths(root).ToList() is { Count: > 0 } all ? string.Join(", ", all) : "none";

    private static ComponentState CaptureAll(ICheckpointable node, string prefix, IReadOnlySet<string> skips)
    {
        var state = node.CaptureState();
        foreach (var (name, child) in node.GetCheckpointableComponents())
        {
            if (!skips.Contains(prefix + name))
            {
                state = state with { Components = state.Components.SetItem(name, CaptureAll(child, prefix + name + "/", skips)) };
            }
        }

        return state;
    }

    private static ComponentState Insert(ICheckpointable node, ComponentState state, string path, ComponentState part)
    {
        var (name, child) = Step(node, path);
        var rest = path[name.Length..].TrimStart('/');
        var inner = state.Components.GetValueOrDefault(name) ?? (ComponentState.Empty with { Values = null });
        return state with { Components = state.Components.SetItem(name, rest.Length == 0 ? part : Insert(child!, inner, rest, part)) };
    }

    private static void CheckNames(ICheckpointable node, ComponentState state)
    {
        foreach (var (name, inner) in state.Components)
        {
            if (node.GetCheckpointableComponents().FirstOrDefault(c => c.Key == name).Value is { } child)
            {
                CheckNames(child, inner);
            }
            else if (!node.OptionalComponents.Contains(name))
            {
                throw new CheckpointException($"The state has a component '{name}' that is unknown here; there are: {Names(node)}.");
            }
        }
    }

    private static void ApplyAll(ICheckpointable node, ComponentState state, CheckpointDirectory? source)
    {
        foreach (var (name, child) in node.GetCheckpointableComponents())
        {
            if (state.Components.TryGetValue(name, out var inner))
            {
                ApplyAll(child, inner, source is null ? null : new CheckpointDirectory(source.File(name)));
            }
        }

        if (state.Values is null)
        {
            return;
        }

        try
        {
            node.ApplyState(state);
        }
        catch (Exception e) when (e is CheckpointException or ArgumentException or FormatException or InvalidOperationException or KeyNotFoundException
            or JsonException)
        {
            throw new CheckpointException(
                source is null ? $"The state of '{node.CheckpointClass.Name}' does not fit: {e.Message}"
                    : $"{source.Path} does not fit: {e.Message}{ComponentFiles.Differences(source, node)}", e);
        }
    }

    private static (string Name, ICheckpointable? Node) Step(ICheckpointable node, string path)
    {
        foreach (var (name, child) in node.GetCheckpointableComponents().Concat(node.OtherParts))
        {
            if (path == name || path.StartsWith(name + "/", StringComparison.Ordinal))
            {
                return (name, child);
            }
        }

        return ("", null);
    }

    [DoesNotReturn]
    private static void ThrowUnknown(ICheckpointable root, string path) =>
        throw new CheckpointException($"There is no component '{path}'; there are: {string.Join(", ", [Names(root), .. root.OtherParts.Select(p => p.Key)])}.");
}
