namespace Tuning.Specification;

/// <summary>
/// Reads experiment files: a superset of RLlib's (<c>rllib train file</c>), in YAML 1.2. All errors are found at once, each with
/// file, line, column, path, the value seen, the rule, and the nearest known name. Nothing is written.
/// </summary>
public static class ExperimentFile
{
    /// <summary>The beginning of top-level keys that are no experiments; a place for anchors.</summary>
    private const string NoExperiment = "x-";

    private const int LongestFile = 1 << 26;

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path; messages name it as it is given here.</param>
    /// <param name="catalog">The names that an experiment can use.</param>
    /// <param name="overrides">What the command line changes before the experiments are validated.</param>
    /// <returns>The experiments, or everything that is wrong.</returns>
    public static ExperimentFileResult Read(string path, ComponentCatalog catalog, ExperimentOverrides? overrides = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string text;
        try
        {
            text = Text(OwnFiles.Resolve(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException or NotSupportedException)
        {
            return new() { Problems = [new() { Source = path, Code = ProblemCode.File, Message = Unreadable(path, e) }] };
        }

        return Parse(text, path, catalog, overrides);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text of an experiment file.</param>
    /// <param name="path">What messages call it; relative paths in it are relative to this file's directory.</param>
    /// <param name="catalog">The names that an experiment can use.</param>
    /// <param name="overrides">What the command line changes before the experiments are validated.</param>
    /// <returns>The experiments, or everything that is wrong.</returns>
    public static ExperimentFileResult Parse(string text, string path, ComponentCatalog catalog, ExperimentOverrides? overrides = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(catalog);
        var list = new ProblemList();
        var source = new SourceText(path, text) { Directory = Path.GetDirectoryName(Path.GetFullPath(path))! };
        var syntax = new List<SpecificationProblem>();
        var root = YamlSource.Read(source, text, syntax);
        list.Problems.AddRange(syntax.Select(p => p with { Code = ProblemCode.Syntax }));
        if (list.Problems.Count == 0 && RecordedFile.Is(root))
        {
            return new RecordedFile(source, (SourceMap)root!, catalog).Read(overrides ?? ExperimentOverrides.None);
        }

        var experiments = list.Problems.Count > 0 && root is null ? [] : Experiments(root, source, list);
        experiments = new OverridePass(overrides ?? ExperimentOverrides.None, list).Apply(experiments);

        var reader = new ExperimentReader(catalog, list);
        var read = experiments.Select(reader.Read).OfType<ReadExperiment>().ToList();
        SameInvocation(read, list);
        var problems = list.Sorted().ToImmutableArray();
        return new()
        {
            Experiments = problems.IsEmpty ? [.. read.Select(r => r.Spec)] : [],
            Problems = problems,
            Notices = [.. list.Notices],
        };
    }

    private static List<SourceEntry> Experiments(SourceNode? root, SourceText source, ProblemList list)
    {
        if (root is null or SourceScalar { Value: null })
        {
            list.Problems.Add(new() { Source = source.Name, Message = "The file has no experiments. Write one as: my-experiment: {run: NAME, config: {…}}." });
            return [];
        }

        if (root is not SourceMap map)
        {
            list.Problems.Add(root.Position.Problem("",
                $"The file is {TypeText.Kind(root.ToValue())}; it must be a map from names to experiments: my-experiment: {{run: NAME, config: {{…}}}}."));
            return [];
        }

        if (map.Find("run") is { Value: SourceScalar } run)
        {
            list.Problems.Add(run.KeyPosition.Problem("", "'run' stands at the top level, where the names of experiments stand. Write a name such as " +
                "'my-experiment:' above, and indent the rest below it.", ProblemCode.Name));
            return [];
        }

        var experiments = map.Entries.Where(e => !e.Name.StartsWith(NoExperiment, StringComparison.Ordinal)).ToList();
        if (experiments.Count == 0)
        {
            list.Problems.Add(root.Position.Problem("", "The file has no experiments; keys that begin with 'x-' are none."));
        }

        return experiments;
    }

    /// <summary>What an experiment takes from another of the same file must have been written before.</summary>
    private static void SameInvocation(List<ReadExperiment> read, ProblemList list)
    {
        for (var i = 0; i < read.Count; i++)
        {
            var (spec, source) = read[i];
            for (var h = 0; h < spec.Hooks.Length; h++)
            {
                if (!spec.Hooks[h].Options.TryGet("path.experiment", out var value) || value is not string other)
                {
                    continue;
                }

                var earlier = read.Take(i).Select(r => r.Spec.Name).ToList();
                if (!earlier.Contains(other))
                {
                    var (_, position, written, _) = SourceLookup.Find((SourceMap)source.Value, source.KeyPosition, source.Name,
                        $"callbacks.{spec.Hooks[h].Hook}[{h}].{spec.Hooks[h].Action}.path.experiment");
                    var why = read.Exists(r => r.Spec.Name == other)
                        ? "it must stand before this one, because experiments run in the order of the file."
                        : $"it must be an experiment that this command runs before this one.{NearestName.For(other, earlier, "experiments before this one")}";
                    list.Problems.Add(position.Problem(written, $"is '{other}'; {why}"));
                }
            }
        }
    }

    private static string Text(string path)
    {
        using var reader = new StreamReader(OwnFiles.OpenRead(path, LongestFile),
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        return reader.ReadToEnd();
    }

    private static string Unreadable(string path, Exception e)
    {
        if (e is DecoderFallbackException)
        {
            return "The file is not UTF-8 text.";
        }

        if (Directory.Exists(path))
        {
            return "This is a directory; name an experiment file.";
        }

        var full = Path.GetFullPath(path);
        var directory = Path.GetDirectoryName(full);
        if (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return $"The file cannot be read: {e.Message}";
        }

        if (!Directory.Exists(directory))
        {
            return $"There is no such file; there is no directory {directory} either.";
        }

        var files = Directory.EnumerateFiles(directory).Select(f => Path.GetFileName(f)!).Where(f => f.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase)
            || f.EndsWith(".yml", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).ToList();
        return "There is no such file." + NearestName.For(Path.GetFileName(full), files, $"experiment files in {directory}");
    }
}
