namespace Tuning.Simulation;

/// <summary>A segment on virtual time: what <see cref="TrialSegment"/> is in a real experiment.</summary>
/// <param name="start">How it starts.</param>
/// <param name="curve">The learning curve of its configuration.</param>
internal sealed class VirtualSegment(SegmentCommand.Start start, ICurve curve)
{
    /// <summary>Which it is.</summary>
    public SegmentId Id => start.Segment;

    /// <summary>The checkpoint that it loads.</summary>
    public CheckpointRef? From => start.From;

    /// <summary>Its reports.</summary>
    public ReportCursor Reports { get; } = new(start.CatchUp);

    /// <summary>Its random numbers.</summary>
    public required CurveNoise Noise { get; init; }

    /// <summary>Where training stands.</summary>
    public required CurveState State { get; set; }

    /// <summary>The number that its next checkpoint has.</summary>
    public int NextCheckpoint { get; set; } = start.NextCheckpoint;

    /// <summary>The report that its last checkpoint follows; -1 for none.</summary>
    public int LastSaved { get; set; } = start.From is null ? -1 : start.CatchUp.FirstReport - 1;

    /// <summary>The step that is under way.</summary>
    public CurvePoint Point { get; private set; }

    /// <summary>When the time of the next iteration began to count.</summary>
    public long Stamp { get; set; }

    /// <summary>When what it does now began.</summary>
    public long Since { get; set; }

    /// <summary>What of it is starting up, and what loading a checkpoint.</summary>
    public (long Starting, long Loading) Overhead { get; set; }

    /// <summary>Begins the next step; false when training ends by itself here.</summary>
    public bool TryStep()
    {
        if (curve.Next(State, Noise.At(Reports.Number + 1)) is not { } point)
        {
            return false;
        }

        Point = point;
        return true;
    }
}
