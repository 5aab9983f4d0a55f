namespace Tuning.Control;

/// <summary>Where the record and what would be decided today part.</summary>
/// <param name="Decided">What would be decided; null when nothing more.</param>
/// <param name="Recorded">What stands in the record; null when nothing more.</param>
internal sealed record VerificationDifference(ExperimentCommand? Decided, ExperimentCommand? Recorded);

/// <summary>
/// What one event leads to: each decision is applied as it is made. In verification it is compared with the record first, and applied only while it is
/// what stands there.
/// </summary>
internal sealed class CommandEmitter(ExperimentState state)
{
    private readonly List<ExperimentCommand> _emitted = [];
    private IReadOnlyList<ExperimentCommand>? _recorded;

    /// <summary>What was decided, in order.</summary>
    public IReadOnlyList<ExperimentCommand> Emitted => _emitted;

    /// <summary>How many commands of the record were met.</summary>
    public int Cursor { get; private set; }

    /// <summary>Where decisions and record part; null while they agree, and where there is nothing to compare with.</summary>
    public VerificationDifference? Difference { get; private set; }

    /// <summary>Whether nothing differs so far.</summary>
    public bool Agrees => Difference is null;

    /// <summary>Whether more can be decided.</summary>
    public bool MayDecide => Agrees && !state.IsFinished && !state.IsSuspended;

    /// <summary>Trials that the event touched: they are looked at once more when all else is decided.</summary>
    public List<Trial> Touched { get; } = [];

    /// <summary>Whether all live trials are to be looked at, not only those that the event touched.</summary>
    public bool Sweep { get; set; }

    /// <summary>A trial whose end was applied, and where in the record what follows from its end begins; null once that was observed.</summary>
    public (TrialId Trial, int From)? Undecided { get; set; }

    /// <summary>Begins an event.</summary>
    /// <param name="recorded">The record to compare with; null where there is none.</param>
    public void Begin(IReadOnlyList<ExperimentCommand>? recorded)
    {
        _emitted.Clear();
        Touched.Clear();
        (Sweep, Undecided, Cursor, Difference, _recorded) = (false, null, 0, null, recorded);
    }

    /// <summary>Applies a decision.</summary>
    public void Emit(ExperimentCommand command)
    {
        if (_recorded is null || Matches(command))
        {
            _emitted.Add(command);
            state.Apply(command);
        }
    }

    /// <summary>A trial was touched by the event.</summary>
    public void Touch(TrialId id) => Touched.Add(state.Trials.Find(id));

    /// <summary>What stands next in the record was not decided.</summary>
    /// <param name="isMissed">Whether it should have been; null where everything should.</param>
    public void ExpectNothing(Func<ExperimentCommand, bool>? isMissed = null)
    {
        if (Agrees && _recorded is not null && Cursor < _recorded.Count && (isMissed is null || isMissed(_recorded[Cursor])))
        {
            Difference = new(null, _recorded[Cursor]);
        }
    }

    /// <summary>Compares no more: what follows in the record is applied as it stands.</summary>
    public void Surrender() => (Difference, _recorded) = (null, null);

    private bool Matches(ExperimentCommand command)
    {
        if (!Agrees)
        {
            return false;
        }

        var next = Cursor < _recorded!.Count ? _recorded[Cursor] : null;
        if (command.IsRecorded ? !command.Equals(next) : command is ExperimentCommand.Answer && next is not null && ExperimentState.IsReportDecision(next))
        {
            // A plain continue is not recorded; where something stands in its place, something else was decided.
            Difference = new(command, next);
            return false;
        }

        Cursor += command.IsRecorded ? 1 : 0;
        return true;
    }
}
