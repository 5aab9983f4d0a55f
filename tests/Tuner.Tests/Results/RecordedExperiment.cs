using System.Collections.Immutable;
using Tuning.Control;
using Tuning.Running;
using Tuning.Specification;
using Tuning.Trials;

namespace Tuning.Tests.Results;

/// <summary>Writes the journal of an experiment by hand, in a directory that is deleted afterwards.</summary>
internal sealed class RecordedExperiment : IDisposable
{
    private static readonly DateTimeOffset _start = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);
    private readonly EventJournal _journal;
    private readonly Dictionary<int, int> _reports = [];
    private int _seconds;

    public RecordedExperiment(params Objective[] objectives)
    {
        Storage = System.IO.Directory.CreateTempSubdirectory("results").FullName;
        Directory = Path.Combine(Storage, "mine");
        System.IO.Directory.CreateDirectory(Directory);
        var specification = new ExperimentSpec
        {
            Name = "mine",
            Run = "train",
            Space = SearchSpace.FromTree(ParameterSet.Parse("""{"lr": {"uniform": [0.0, 1.0]}, "model": {"layers": 2}}""")),
            Objectives = [.. objectives],
            StoragePath = Storage,
        };
        _journal = EventJournal.Create(Directory, new()
        {
            Product = "1.0.0",
            Seed = 1,
            Specification = specification.ToJson(),
            OldMetrics = new Dictionary<string, string> { ["old_loss"] = "loss", ["sampler/"] = "runners/" }
        });
        Add(new ExperimentEvent.Started(Now));
    }

    public string Storage { get; }

    public string Directory { get; }

    private DateTimeOffset Now => _start.AddSeconds(_seconds++);

    public RecordedExperiment Create(int trial, double lr)
    {
        var config = ParameterSet.Empty.With("lr", lr).With("model.layers", 2);
        return Add(new ExperimentEvent.TimePassed(Now), new ExperimentCommand.CreateTrial(new(trial), trial, config),
            new ExperimentCommand.StartTrial(new(trial), null));
    }

    public RecordedExperiment Report(int trial, Metrics metrics, params ExperimentCommand[] commands)
    {
        var number = _reports[trial] = _reports.GetValueOrDefault(trial) + 1;
        return Add(new ExperimentEvent.Reported(new TrialReport(new(trial), number, Now, number * 2, 2, metrics), 1), [.. commands]);
    }

    public RecordedExperiment Save(int trial, int number, int after)
    {
        var checkpoint = new CheckpointRef(new(trial), number, after);
        System.IO.Directory.CreateDirectory(Path.Combine(Directory, checkpoint.RelativePath));
        return Add(new ExperimentEvent.CheckpointSaved(Now, checkpoint));
    }

    public RecordedExperiment End(int trial, TrialStatus status = TrialStatus.Terminated, string reason = "completed") => Add(
        status == TrialStatus.Failed ? new ExperimentEvent.SegmentFailed(Now, new(trial), reason, false)
            : new ExperimentEvent.SegmentEnded(Now, new(trial), SegmentEnd.Completed),
        new ExperimentCommand.EndTrial(new(trial), status, reason));

    public RecordedExperiment Add(ExperimentEvent happened, params ImmutableArray<ExperimentCommand> commands)
    {
        _journal.Append(happened, commands);
        _journal.Write();
        return this;
    }

    public Task<ResultGrid> LoadAsync() => ResultGrid.LoadAsync(Directory, TestContext.Current.CancellationToken);

    public void Dispose()
    {
        _journal.Dispose();
        System.IO.Directory.Delete(Storage, recursive: true);
    }
}
