using Tuning.Control;
using Tuning.Trials;

namespace Tuning.Tests.Control;

/// <content>What holds whatever happens.</content>
internal sealed partial class ModelExperiment
{
    // What is taken over is the source's state at the decision or later: a checkpoint of its own, or one that it took over itself.
    private void CheckAge(ExperimentCommand.AdoptCheckpoint a)
    {
        var (source, reports) = _planned[a.Trial];
        var follows = Math.Max(a.Source.Trial == source ? a.Source.AfterReport : -1, _adopted.GetValueOrDefault((source, a.Source), -1));
        Assert.True(follows >= reports, $"{a}: trial {source} had made {reports} reports, and this follows its report {follows}.");
        _adopted[(a.Trial, a.Source)] = _digests[a.Trial].Count;
    }

    private void CheckInvariants()
    {
        var trials = _controller.State.Trials;
        Assert.True(_sessions.Count <= _plan.Slots, "More segments run than there are slots.");
        Assert.Equal(_sessions.Keys.Order(), trials.All.Where(t => TrialTransitions.HasSegment(t.Status)).Select(t => t.Id));
        Assert.All(_sessions.Keys, t => Assert.Equal(_shares[t].Lane, _controller.ShareOf(t)!.Lane));
        Assert.Equal(trials.All.Where(t => !TrialTransitions.IsEnded(t.Status)).Select(t => t.Id), trials.Live);
        Assert.Equal(_checkpoints.Order(Comparer<CheckpointRef>.Create((a, b) => (a.Trial, a.Number).CompareTo((b.Trial, b.Number)))),
            trials.All.SelectMany(t => _controller.Checkpoints(t.Id)));
        foreach (var trial in trials.All)
        {
            Assert.Equal(_digests[trial.Id].Count, trial.Reports);
            Assert.True(trial.Restore is not { } restore || _checkpoints.Contains(restore),
                $"{trial.Restore}, from which trial {trial.Id} starts, was deleted.");
        }
    }

    private void Finished()
    {
        Assert.Empty(_sessions);
        Assert.Empty(_controller.Board.Live);
        Assert.False(_controller.IsFailed, _controller.EndReason);
        if (_controller.State.StopReason is null)
        {
            Assert.Equal(Enumerable.Range(0, _samples * 2).Select(n => (long)n), _configured.Order());
        }
    }
}
