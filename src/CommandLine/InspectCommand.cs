using System.CommandLine;

namespace Tuning.CommandLine;

/// <summary><c>inspect CHECKPOINT</c>: what is in a checkpoint, and whether it is whole.</summary>
internal static class InspectCommand
{
    // Enough to tell two files from each other.
    private const int DigestDigits = 12;

    public static void Build(Command command, CommandContext context)
    {
        var checkpoint = new Argument<string>("CHECKPOINT")
        {
            Description =
            "A checkpoint or any branch of one; of a trial the newest, of an experiment its best trial's."
        };
        var best = new Option<bool>("--best") { Description = "Of a trial or an experiment the checkpoint with the best score, in place of the newest." };
        command.Arguments.Add(checkpoint);
        command.Options.Add(best);
        command.SetAction((parsed, _) => Task.FromResult(Run(StoredCheckpoints.Find(parsed.GetValue(checkpoint)!, parsed.GetValue(best)), context)));
    }

    private static int Run(string path, CommandContext context)
    {
        var output = context.Output;
        output.WriteLine($"{StartedAs.Shortest(path)}: {Described(path)}");
        output.WriteLine();
        var (files, bytes) = Write(path, 0, output);
        output.WriteLine();
        var problems = CheckpointStore.Problems(path).ToList();
        if (problems.Count == 0)
        {
            output.WriteLine($"All is whole: {Readable.Count(files, "file")}, {Size(bytes)}, every SHA-256 is that of its manifest.");
            return CommandContext.Success;
        }

        problems.ForEach(context.Error.WriteLine);
        context.Error.WriteLine($"{path} is damaged: {Readable.Count(problems.Count, "problem")}.");
        return CommandContext.Failure;
    }

    private static (int Files, long Bytes) Write(string directory, int depth, TextWriter output)
    {
        var indent = new string(' ', 2 * depth);
        var manifest = TryManifest(directory);
        var (count, bytes) = (0, 0L);
        foreach (var file in Directory.EnumerateFiles(directory).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(file);
            var length = new FileInfo(file).Length;
            (count, bytes) = (count + 1, bytes + length);
            var digest = manifest is not null && manifest.Files.TryGetValue(name, out var entry)
                ? $"sha256 {entry.Sha256[..Math.Min(DigestDigits, entry.Sha256.Length)]}" : name == CheckpointManifest.FileName ? "" : "in no manifest";
            output.WriteLine($"{indent}{name.PadRight(Math.Max(1, 44 - indent.Length))} {Size(length),10}  {digest}".TrimEnd());
            if (!OwnFiles.IsLink(file) && (name == CheckpointManifest.FileName || file.EndsWith(".safetensors", StringComparison.Ordinal)))
            {
                WriteTensors(
                    () => name == CheckpointManifest.FileName ? ComponentFiles.TensorsInManifest(new(directory)) : Safetensors.Read(file).Values,
                    indent,
                    output);
            }
        }

        foreach (var child in Directory.EnumerateDirectories(directory).Where(d => !OwnFiles.IsLink(d)).Order(StringComparer.Ordinal))
        {
            output.WriteLine($"{indent}{Path.GetFileName(child)}/  {Described(child)}".TrimEnd());
            var inside = Write(child, depth + 1, output);
            (count, bytes) = (count + inside.Files, bytes + inside.Bytes);
        }

        return (count, bytes);
    }

    private static void WriteTensors(Func<IEnumerable<NamedTensor>> read, string indent, TextWriter output)
    {
        try
        {
            var tensors = read().ToList();
            var width = tensors.Select(t => t.Name.Length).DefaultIfEmpty().Max();
            foreach (var tensor in tensors)
            {
                output.WriteLine($"{indent}    {tensor.Name.PadRight(width)}  {tensor.Element.Name()} {tensor.ShapeText}");
            }
        }
        catch (Exception e) when (e is CheckpointException or IOException)
        {
            output.WriteLine($"{indent}    {e.Message}");
        }
    }

    /// <summary>The component, its sizes where it says them, and who wrote it.</summary>
    private static string Described(string directory)
    {
        if (TryManifest(directory) is not { } manifest)
        {
            return "";
        }

        List<string> facts = [];
        try
        {
            facts.Add(ComponentFiles.ReadClass(new CheckpointDirectory(directory)).Name);
        }
        catch (Exception e) when (e is CheckpointException or IOException)
        {
            // A checkpoint of a function or a class has files of its own and says no class.
        }

        facts.Add($"format {manifest.FormatVersion}, Tuner {manifest.ProductVersion}");
        return string.Join(", ", facts);
    }

    private static CheckpointManifest? TryManifest(string directory)
    {
        try
        {
            return CheckpointManifest.Read(directory);
        }
        catch (Exception e) when (e is CheckpointException or IOException)
        {
            // Said among the problems.
            return null;
        }
    }

    private static string Size(long bytes) => bytes switch
    {
        < 1_000 => $"{bytes} B",
        < 1_000_000 => FormattableString.Invariant($"{bytes / 1e3:0.0} kB"),
        _ => FormattableString.Invariant($"{bytes / 1e6:0.0} MB"),
    };
}
