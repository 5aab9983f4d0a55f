using System.Text.Json;
using Tuning.Checkpointing;
using Tuning.Control;
using Tuning.Results;
using Tuning.Running;
using Tuning.Specification;
using Tuning.Training;

namespace Tuning;

public sealed partial class ResultGrid
{
    /// <summary>
    /// Opens the results of an experiment that has finished, was stopped or killed, or is running: then as it stands now. Needs no
    /// trainable; a directory that was moved or renamed opens as well.
    /// </summary>
    /// <param name="directory">The experiment's directory.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory, or it is none of an experiment; the message lists the experiments inside.</exception>
    /// <exception cref="JournalException">The journal cannot be read; the message has the line.</exception>
    public static Task<ResultGrid> LoadAsync(string directory, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        return Task.Run(() => Load(OwnFiles.Resolve(directory), cancellationToken), cancellationToken);
    }

    /// <summary>The results of a session, from what it knows: the journal is read only when a trial's metrics are asked for.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="controller">Its controller.</param>
    /// <param name="record">Its record; null takes its journal.</param>
    internal static ResultGrid Of(ExperimentInfo experiment, ExperimentController controller, ExperimentRecord? record = null) =>
        new(experiment, [.. controller.Views()], record ?? new JournalRecord(experiment.Directory))
        {
            Seed = experiment.Seed,
            Space = experiment.Space,
            IsFinished = controller.IsFinished,
            EndReason = controller.EndReason,
            StartedAt = controller.StartedAt,
            LastAt = controller.LastAt,
        };

    private static ResultGrid Load(string directory, CancellationToken cancellationToken)
    {
        if (!System.IO.Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException($"There is no directory {directory}.");
        }

        if (!File.Exists(Path.Combine(directory, JournalReader.FileName)))
        {
            throw new DirectoryNotFoundException($"{directory} is not the directory of an experiment: it has no {JournalReader.FileName}." + ExperimentsInside(directory));
        }

        var (specification, header) = HeaderOf(directory);
        var record = new JournalRecord(directory);
        var ledger = TrialLedger.Read(
            record, specification.Objectives.IsEmpty ? null : specification.Objectives[0], new(specification.FeasibleIf, new TrainableVocabulary { Metrics = header.OldMetrics }.Metric), [.. specification.Space.SearchedPaths], specification.Run == AskAndTell.Instance.Name, cancellationToken);
        var experiment = new ExperimentInfo { Name = specification.Name, Directory = directory, Objectives = specification.Objectives, FeasibleIf = specification.FeasibleIf, ReferencePoint = specification.ReferencePoint };
        return new(experiment, ledger.Trials, record)
        {
            Seed = header.Seed,
            Space = specification.Space,
            WarmStartUsage = header.WarmStartUsage,
            Vocabulary = new() { Metrics = header.OldMetrics },
            IsFinished = ledger.IsFinished,
            IsFailed = ledger.IsFailed,
            EndReason = ledger.EndReason,
            StartedAt = ledger.StartedAt,
            LastAt = ledger.LastAt,
        };
    }

    private static (ExperimentSpec Specification, JournalHeader Header) HeaderOf(string directory)
    {
        using var reader = new JournalReader(directory);
        try
        {
            return (ExperimentSpec.FromJson(reader.Header.Specification), reader.Header);
        }
        catch (JsonException e)
        {
            throw new JournalException($"{reader.Path}, line 1: the specification cannot be read: {e.Message}", e) { Line = 1 };
        }
    }

    private static string ExperimentsInside(string directory)
    {
        var inside = System.IO.Directory.EnumerateDirectories(directory)
            .Where(d => File.Exists(Path.Combine(d, JournalReader.FileName)))
            .Select(d => Path.GetFileName(d))
            .Order(StringComparer.Ordinal)
            .Take(10)
            .ToArray();
        return inside.Length == 0 ? "" : $" Experiments inside: {string.Join(", ", inside)}.";
    }
}
