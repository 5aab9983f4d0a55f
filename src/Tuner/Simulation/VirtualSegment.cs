using Tuning.Control;
using Tuning.Trials;

namespace Tuning.Simulation;

/// <summary>One segment of one trial: what <c>TrialSession</c> is in a real experiment.</summary>
/// <param name="trial">The trial.</param>
/// <param name="curve">The learning curve of its configuration.</param>
/// <param name="from">The checkpoint that it loads; null begins from nothing.</param>
/// <param name="catchUp">What it repeats.</param>
internal sealed class VirtualSegment(TrialId trial, ICurve curve, CheckpointRef? from, CatchUp catchUp)
{
    /// <summary>The trial.</summary>
    public TrialId Trial { get; } = trial;

    /// <summary>What it repeats.</summary>
    public CatchUp CatchUp { get; } = catchUp;

    /// <summary>The checkpoint that it loads.</summary>
    public CheckpointRef? From { get; } = from;

    /// <summary>Its random numbers.</summary>
    public required CurveNoise Noise { get; init; }

    /// <summary>The number of the last report that was made.</summary>
    public int Number { get; private set; } = catchUp.FirstReport - 1;

    /// <summary>Where training stands.</summary>
    public required CurveState State { get; set; }

    /// <summary>The number that its next checkpoint has.</summary>
    public required int NextCheckpoint { get; set; }

    /// <summary>The report that its last checkpoint follows; -1 for none.</summary>
    public int LastSaved { get; set; } = from is null ? -1 : catchUp.FirstReport - 1;

    /// <summary>Seconds of training up to the last report.</summary>
    public double TimeTotal { get; private set; } = catchUp.TimeTotal;

    /// <summary>The step that is under way.</summary>
    public CurvePoint Point { get; private set; }

    /// <summary>When the time of the next iteration began to count.</summary>
    public long Stamp { get; set; }

    /// <summary>When what it does now began.</summary>
    public long Since { get; set; }

    /// <summary>What of it is starting up, and what loading a checkpoint.</summary>
    public (long Starting, long Loading) Overhead { get; set; }

    /// <summary>Whether the journal holds the report of the step that is under way.</summary>
    public bool IsRepeating => Number < CatchUp.RecordedReports;

    /// <summary>Whether all that was missing is the end of the segment.</summary>
    public ExperimentCommand.Answer? Owed =>
        CatchUp.FirstReport > CatchUp.RecordedReports && CatchUp.LastAnswer is { Verdict: not Verdict.Continue } answered ? answered : null;

    /// <summary>Whether it made a report, of which a last checkpoint could be written.</summary>
    public bool HasReported => Number >= CatchUp.FirstReport;

    /// <summary>Begins the next step; false when training ends by itself here.</summary>
    public bool TryStep()
    {
        if (curve.Next(State, Noise.At(Number + 1)) is not { } point)
        {
            return false;
        }

        Point = point;
        return true;
    }

    /// <summary>The step is over.</summary>
    public void Stepped()
    {
        Number++;
        State = Point.State;
    }

    /// <summary>Takes the time of a new report; returns the seconds of this iteration.</summary>
    public double Timed(long at)
    {
        var seconds = VirtualTime.Seconds(at - Stamp);
        TimeTotal = Math.Round((TimeTotal + seconds) * 1e6) / 1e6;
        return seconds;
    }
}
