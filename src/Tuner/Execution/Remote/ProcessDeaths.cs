namespace Tuning.Execution.Remote;

/// <summary>Remembers at which reports the processes of trials ended, so that a trial which always ends its own is given up. One thread at a time.</summary>
/// <param name="environment">What all segments share.</param>
internal sealed class ProcessDeaths(SegmentEnvironment environment)
{
    private const int Most = 5;

    private readonly Dictionary<TrialId, (int Report, int Deaths)> _known = [];

    /// <summary>The process of a segment ended.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="report">Its trial's last report.</param>
    /// <param name="how">How the process ended.</param>
    /// <param name="printed">What it printed before.</param>
    public SegmentEvent.Failed Died(SegmentCommand.Start segment, int report, string how, string printed)
    {
        var before = _known.GetValueOrDefault(segment.Segment.Trial);
        var deaths = before.Report == report ? before.Deaths + 1 : 1;
        _known[segment.Segment.Trial] = (report, deaths);
        var byWhom = how.EndsWith("SIGKILL", StringComparison.Ordinal) ? ", by hand or because the memory ran out" : "";
        return Lost(segment, $"Its process {how}{byWhom} after report {report}."
            + (deaths >= Most ? $" It is given up: that happened {Most} times in a row." : "") + (printed.Length > 0 ? $" It printed: {printed}" : ""),
            retry: deaths < Most);
    }

    /// <summary>A segment has no process any more, or never had one: it is logged and written to the trial's file.</summary>
    public SegmentEvent.Failed Lost(SegmentCommand.Start start, string message, bool retry)
    {
        var (trial, error) = (start.Segment.Trial, new TrialProcessException(message));
        Log.TrialFailed(environment.Logger, trial, TrialError.OneLine(error), error);
        try
        {
            TrialError.AppendFile(Path.Combine(environment.Directory, trial.DirectoryName), error, environment.Time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.ErrorFileFailed(environment.Logger, trial, TrialError.FileName, e.Message);
        }

        return new(start.Segment, TrialError.OneLine(error), retry);
    }

    /// <summary>A segment of the trial ended otherwise.</summary>
    public void Forget(TrialId trial) => _known.Remove(trial);
}

/// <summary>Trials cannot have processes of their own here; the message says why.</summary>
internal sealed class IsolationException(string message) : Exception(message);

/// <summary>The process of a trial is gone.</summary>
internal sealed class TrialProcessException(string message) : Exception(message);
