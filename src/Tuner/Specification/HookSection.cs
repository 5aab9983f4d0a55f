namespace Tuning.Specification;

/// <summary>Reads <c>callbacks</c>: hooks by name, each with a list of actions.</summary>
internal sealed class HookSection(SectionReader sections, ComponentCatalog catalog)
{
    private readonly List<HookSpec> _hooks = [];

    private IReadOnlyList<string> Known { get; } = ["on_algorithm_init"];

    public ImmutableArray<HookSpec> Read(MapReader reader)
    {
        if (reader.Take("callbacks") is not { } entry)
        {
            return [];
        }

        if (entry.Value is not SourceMap map)
        {
            reader.Wrong(entry, "it must be a map of hooks: callbacks: {on_algorithm_init: [{restore_from_path: {path: …}}]}. Callbacks of your own are C#.");
            return [];
        }

        foreach (var hook in map.Entries)
        {
            var at = reader.AtOf(entry).At(hook.Name);
            if (!Known.Contains(hook.Name))
            {
                sections.At.Problem(hook.KeyPosition, at.Path, $"'{hook.Name}' is no hook that a file can use.{NearestName.For(hook.Name, Known, "hooks")}",
                    ProblemCode.Name);
                continue;
            }

            var actions = hook.Value is SourceList list ? list.Items : hook.Value is SourceScalar { Value: null } ? [] : [hook.Value];
            for (var i = 0; i < actions.Count; i++)
            {
                Action(hook.Name, actions[i], $"callbacks.{hook.Name}" + (hook.Value is SourceList ? $"[{i}]" : ""), at);
            }
        }

        return [.. _hooks];
    }

    private void Action(string hook, SourceNode node, string path, SourcePath at)
    {
        if (node is not SourceMap { Entries: [var action] })
        {
            sections.At.Problem(node.Position, at.Path, MapReader.Wrong(node, "it must be one action: {restore_from_path: {path: …}}."));
            return;
        }

        if (!catalog.HookActions.TryResolve(action.Name, out var name))
        {
            sections.At.Problem(action.KeyPosition, at.Path,
                $"'{action.Name}' is no action.{NearestName.For(action.Name, catalog.HookActions.Names, "actions")}", ProblemCode.Name);
            return;
        }

        // restore_from_path: DIR is short for {path: DIR}.
        var value = action.Value.ToValue();
        var options = value as ParameterSet ?? (value is string ? ParameterSet.Empty.With("path", value) : null);
        if (options is null)
        {
            sections.At.Problem(action.Value.Position, at.Path, MapReader.Wrong(action.Value, "it must be a map of options: {path: …}."));
            return;
        }

        var here = path + "." + action.Name;
        var issues = catalog.HookActions.Check(new(name, options)).ToList();
        issues.ForEach(i => sections.Problem(i with { Path = i.Path.Length == 0 ? here : here + "." + i.Path }));
        if (issues.Count == 0)
        {
            _hooks.Add(new(hook, name, Resolved(options, (action.Value as SourceMap)?.Get("path") ?? action.Value, here)));
        }
    }

    /// <summary>A path of a directory is made full, and must exist.</summary>
    private ParameterSet Resolved(ParameterSet options, SourceNode node, string here)
    {
        if (!options.TryGet("path", out var value) || value is not string path)
        {
            return options;
        }

        var full = ExperimentReader.FullPath(path, node);
        if (!Directory.Exists(full))
        {
            sections.Problem(new(here + ".path", File.Exists(full)
                ? $"'{path}' is a file; a checkpoint is a directory."
                : $"There is no checkpoint at '{path}': {full} does not exist.{Deepest(full)}"));
        }

        return options.With("path", full);
    }

    /// <summary>What there is on the way to a path that does not exist.</summary>
    private static string Deepest(string path)
    {
        var parent = Path.GetDirectoryName(path);
        var missing = path;
        while (parent is not null && !Directory.Exists(parent))
        {
            (missing, parent) = (parent, Path.GetDirectoryName(parent));
        }

        if (parent is null || Path.GetPathRoot(parent) == parent)
        {
            return "";
        }

        var names = Directory.EnumerateDirectories(parent).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal).ToList();
        return NearestName.Of(Path.GetFileName(missing), names) is { } near
            ? $" In {parent} there is '{near}'."
            : names.Count is > 0 and <= 12 ? $" {parent} has: {string.Join(", ", names)}." : "";
    }
}
