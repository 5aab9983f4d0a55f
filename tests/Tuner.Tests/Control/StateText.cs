using System.Globalization;
using System.Text;
using Tuning.Control;

namespace Tuning.Tests.Control;

/// <summary>The whole state of a controller as text: two controllers that print the same are in the same state.</summary>
internal static class StateText
{
    /// <summary>Asserts that whoever reads the record alone sees what the controller sees.</summary>
    public static void AssertRead(ExperimentController controller, IEnumerable<(ExperimentEvent Event, IReadOnlyList<ExperimentCommand> Recorded)> record)
    {
        var read = new ExperimentState(controller.State.Plan);
        foreach (var (e, recorded) in record)
        {
            read.Apply(e, recorded);
        }

        AssertRead(controller, read);
    }

    /// <summary>Asserts that the state of a record is the controller's.</summary>
    public static void AssertRead(ExperimentController controller, ExperimentState read)
    {
        var state = controller.State;
        Assert.Equal((state.Events, state.Best?.Id, state.StopReason, state.SuspendReason, state.EndReason, state.IsFinished, state.IsFailed),
            (read.Events, read.Best?.Id, read.StopReason, read.SuspendReason, read.EndReason, read.IsFinished, read.IsFailed));
        Assert.Equal((state.Trials.Now, state.Trials.Elapsed, state.Trials.Clock.StartedAt),
            (read.Trials.Now, read.Trials.Elapsed, read.Trials.Clock.StartedAt));
        Assert.Equal(state.Views(), read.Views());
        Assert.Equal(state.Trials.Live, read.Trials.Live);
        Assert.Equal(state.Takeovers, read.Takeovers);
        Assert.Equal(state.Trials.All.Select(t => t.Checkpoints ?? []), read.Trials.All.Select(t => t.Checkpoints ?? []));
    }

    public static string Of(ExperimentController controller)
    {
        var state = controller.State;
        var text = new StringBuilder();
        var s = state.Suggestions;
        text.Append(CultureInfo.InvariantCulture, $"events {state.Events} result {state.LastResult} best {state.Best?.Id} stop {state.StopReason} suspend " +
            $"{state.SuspendReason} end {state.EndReason} {state.IsFinished} {state.IsSuspended} {state.IsFailed}\n");
        text.Append(CultureInfo.InvariantCulture, $"now {state.Trials.Now:O} elapsed {state.Trials.Elapsed} live {string.Join(",", state.Trials.Live)} " +
            $"startable {string.Join(",", state.Trials.Startable)} waiting {string.Join(",", state.Trials.Waiting)} expects {state.Trials.ExpectsTrials} " +
            $"{state.Trials.MoreToCome} due {state.Trials.NextDue}\n");
        text.Append(CultureInfo.InvariantCulture, $"counts {string.Join(",", Enum.GetValues<TrialStatus>().Select(state.Trials.CountOf))}\n");
        text.Append(CultureInfo.InvariantCulture, $"requested {string.Join(",", s.Requested)} deferred {string.Join(",", s.Deferred)} next {s.Next} samples " +
            $"{s.Samples} exhausted {s.Exhausted} waiting {s.IsWaiting}\n");
        text.Append(CultureInfo.InvariantCulture,
            $"holds {string.Join(",", state.References.Counts.OrderBy(h => h.Key.RelativePath, StringComparer.Ordinal))} " +
            $"unsettled {string.Join(",", state.References.Unsettled)} takers {string.Join(",", state.Exploits.Select(t => t.Id))}\n");
        foreach (var trial in state.Trials.All)
        {
            var view = controller.View(trial.Id);
            text.Append(CultureInfo.InvariantCulture, $"{view} config {view.Config} first {trial.FirstConfig} suggestion {trial.Suggestion} follows " +
                $"{trial.RestoreFollows} adopted {trial.RestoreIsAdopted} next {trial.NextCheckpoint}");
            text.AppendJoin(' ', trial.Checkpoints ?? []);
            if (trial.Live is { } live)
            {
                text.Append(CultureInfo.InvariantCulture, $" answer {live.LastAnswer} owes {live.OwesSave} requested {live.SaveRequested} redirect " +
                    $"{live.Redirect} {live.RedirectReason} score {live.LastScore} forgiven {live.FailuresForgiven}");
                text.Append(CultureInfo.InvariantCulture, $" digests {live.Digests.Follows}:{string.Join(",", live.Digests.ToImmutable())}");
                if (live.Plan is { } plan)
                {
                    text.Append(CultureInfo.InvariantCulture, $" plan {plan.Source} {plan.Config} {plan.AtLeast} {plan.Captured}");
                }
            }

            text.Append('\n');
        }

        return text.ToString();
    }
}
