using Tuning.Control;

namespace Tuning.Tests.Control;

/// <summary>A segment as the model executor sees it.</summary>
internal sealed class ModelSession(TrialId trial, CatchUp catchUp)
{
    public TrialId Trial { get; } = trial;

    public CatchUp CatchUp { get; } = catchUp;

    /// <summary>The last report that was made or repeated.</summary>
    public int Position { get; private set; } = catchUp.FirstReport - 1;

    public bool IsRepeating => Position < CatchUp.RecordedReports;

    /// <summary>What is still to be done of the last answer.</summary>
    public Verdict Verdict { get; private set; } = Owed(catchUp);

    public bool SaveDue { get; set; }

    /// <summary>Repeats one report that the journal holds.</summary>
    public void Repeat()
    {
        Position++;
        SaveDue = CatchUp.SaveAfter.Contains(Position);
        if (Position == CatchUp.RecordedReports && CatchUp.LastAnswer is { } last)
        {
            Verdict = last.Verdict;
            SaveDue |= last.Save;
        }
    }

    /// <summary>A new report was answered.</summary>
    public void Answered(ExperimentCommand.Answer answer)
    {
        Position = answer.Report;
        Verdict = answer.Verdict;
        SaveDue = answer.Save;
    }

    // Nothing to repeat, and yet something owed: it ends at once.
    private static Verdict Owed(CatchUp catchUp) => catchUp.FirstReport > catchUp.RecordedReports ? catchUp.LastAnswer?.Verdict ?? Verdict.Continue
        : Verdict.Continue;
}
