namespace Tuning.Results;

/// <summary>Results out of an experiment's directory, without its code.</summary>
internal static class StoredResults
{
    /// <summary>The results as the journal has them now.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such directory, or it is none of an experiment.</exception>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public static ResultGrid Load(string directory, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException($"There is no directory {directory}.");
        }

        if (!File.Exists(Path.Combine(directory, JournalReader.FileName)))
        {
            throw new DirectoryNotFoundException($"{directory} is not the directory of an experiment: it has no {JournalReader.FileName}."
                + ExperimentsInside(directory));
        }

        using var reader = new JournalReader(directory);
        var (header, specification) = (reader.Header, SpecificationOf(reader.Header, directory));
        var experiment = Describe(header, specification, directory);
        return ResultGrid.Of(experiment, reader.ReadState(specification.ToPlan(experiment.Vocabulary.Metric), cancellationToken: cancellationToken));
    }

    /// <summary>An experiment by its journal's first line.</summary>
    public static ExperimentInfo Describe(JournalHeader header, ExperimentSpec specification, string directory) => new()
    {
        Name = specification.Name,
        Directory = directory,
        Objectives = specification.Objectives,
        FeasibleIf = specification.FeasibleIf,
        ReferencePoint = specification.ReferencePoint,
        Scope = specification.Scope,
        CheckpointScore = specification.CheckpointScore,
        Seed = header.Seed,
        Space = specification.Space,
        GoodEnough = specification.GoodEnough(specification.Objectives),
        Vocabulary = new() { Metrics = header.OldMetrics },
        WarmStartUsage = header.WarmStartUsage,
    };

    /// <summary>What the first line of a journal says that the experiment is.</summary>
    /// <exception cref="JournalException">It says what no experiment is.</exception>
    public static ExperimentSpec SpecificationOf(JournalHeader header, string directory)
    {
        try
        {
            return ExperimentSpec.FromJson(header.Specification);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or FormatException or InvalidOperationException or KeyNotFoundException
            or NotSupportedException or OverflowException or InvalidCastException or NullReferenceException)
        {
            throw new JournalException($"{Path.Combine(directory, JournalReader.FileName)}, line 1: the specification cannot be read: {e.Message}",
                e)
            { Line = 1 };
        }
    }

    private static string ExperimentsInside(string directory)
    {
        var inside = Directory.EnumerateDirectories(directory)
            .Where(d => File.Exists(Path.Combine(d, JournalReader.FileName)))
            .Select(d => Path.GetFileName(d))
            .Order(StringComparer.Ordinal)
            .Take(10)
            .ToArray();
        return inside.Length == 0 ? "" : $" Experiments inside: {string.Join(", ", inside)}.";
    }
}
