namespace Tuning.Execution;

/// <summary>
/// Where a segment stands among its trial's reports. Those that the journal holds already (<see cref="CatchUp"/>) are answered from it and not sent
/// again: the first one stands, whatever is repeated.
/// </summary>
/// <remarks>Used by one thread.</remarks>
internal sealed class ReportCursor(CatchUp catchUp)
{
    private bool _differed;

    /// <summary>The number of the last report that was made.</summary>
    public int Number { get; private set; } = catchUp.FirstReport - 1;

    /// <summary>Seconds of training up to the last new report, over all segments.</summary>
    public double TimeTotal { get; private set; } = catchUp.TimeTotal;

    /// <summary>How many reports of the trial the journal held when the segment started.</summary>
    public int Recorded => catchUp.RecordedReports;

    /// <summary>Whether the next report repeats a recorded one.</summary>
    public bool IsRepeating => Number < catchUp.RecordedReports;

    /// <summary>Whether the segment made a report itself.</summary>
    public bool HasReported => Number >= catchUp.FirstReport;

    /// <summary>What was answered to the last recorded report, where all that is missing is the end of the segment; else null.</summary>
    public ExperimentCommand.Answer? Owed =>
        catchUp.FirstReport > catchUp.RecordedReports && catchUp.LastAnswer is { Verdict: not Verdict.Continue } answered ? answered : null;

    /// <summary>Makes the next report.</summary>
    /// <returns>Whether it is new; a recorded one is answered with <see cref="Repeated"/>.</returns>
    public bool Next() => ++Number > catchUp.RecordedReports;

    /// <summary>Takes the time of a new report, in whole microseconds: what a clock is good for, and short in the journal.</summary>
    /// <returns>Seconds since the report before.</returns>
    public double Spend(TimeSpan elapsed)
    {
        var seconds = Math.Round(elapsed.TotalMicroseconds) / 1e6;
        TimeTotal = Math.Round((TimeTotal + seconds) * 1e6) / 1e6;
        return seconds;
    }

    /// <summary>The next report is new, whatever the journal holds.</summary>
    public void SkipRecorded() => Number = Math.Max(Number, catchUp.RecordedReports);

    /// <summary>What the record answers to the last report, a recorded one.</summary>
    public (Verdict Verdict, bool Save, string? Reason) Repeated()
    {
        var last = Number == catchUp.RecordedReports ? catchUp.LastAnswer : null;
        return (last?.Verdict ?? Verdict.Continue, (last?.Save ?? false) || catchUp.SaveAfter.Contains(Number), last?.Reason);
    }

    /// <summary>Whether the last report is the first that differs from the recorded one of its number.</summary>
    public bool DiffersFirst(ulong digest)
    {
        var at = Number - catchUp.FirstReport;
        var recorded = at < catchUp.Digests.Length ? catchUp.Digests[at] : 0;
        if (_differed || recorded == 0 || recorded == digest)
        {
            return false;
        }

        return _differed = true;
    }
}
