namespace Tuning;

/// <summary>What a worker of a simulated experiment spends its time on.</summary>
public enum WorkerActivity
{
    /// <summary>Steps that are made for the first time.</summary>
    Training,

    /// <summary>Steps that are made once more, because a failure had undone them.</summary>
    Repeating,

    /// <summary>The start of a trial, before it trains.</summary>
    Starting,

    /// <summary>Reading checkpoints.</summary>
    Loading,

    /// <summary>Writing checkpoints.</summary>
    Saving,

    /// <summary>Waiting for the answer to a report.</summary>
    Reporting,

    /// <summary>What was cut short by a failure of the worker: a step, a start, a checkpoint half written.</summary>
    Undone,

    /// <summary>Being repaired.</summary>
    Repairing,

    /// <summary>Nothing: no trial to run.</summary>
    Idle,
}
