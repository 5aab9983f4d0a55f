namespace Tuning;

/// <summary>What becomes of an experiment that exists when one of its name is started.</summary>
public enum Resume
{
    /// <summary>It is an error.</summary>
    Never,

    /// <summary>
    /// It is continued where its journal ends, if the definition is the same: space, objective, seed, search algorithm and scheduler must be; more
    /// samples, stop criteria, concurrency, budgets, retention and loggers may change. One that has finished returns its results.
    /// </summary>
    IfExists,
}
