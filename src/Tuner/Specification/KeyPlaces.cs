namespace Tuning.Specification;

/// <summary>Where the keys of an experiment file belong, for those that were written somewhere else.</summary>
internal static class KeyPlaces
{
    private static readonly (string? Section, string[] Keys)[] _places =
    [
        (null, ["run", "config", "constraints", "feasible_if", "stop", "num_samples", "tune", "checkpoint_config", "failure_config", "callbacks", "loggers", "resources_per_trial", "storage_path"]),
        ("tune", ["metric", "mode", "reference_point", "seed", "max_concurrent_trials", "time_budget_s", "search_alg", "scheduler", "stoppers"]),
        ("checkpoint_config", ["checkpoint_frequency", "checkpoint_at_end", "num_to_keep", "checkpoint_score_attribute", "checkpoint_score_order"]),
        ("failure_config", ["max_failures", "fail_fast"]),
    ];

    /// <summary>The same for a name among the options of a component.</summary>
    public static string? ForOption(string name) => _places.FirstOrDefault(p => p.Keys.Contains(name)) switch
    {
        { Keys: null } => null,
        { Section: { } home } => $" It belongs directly below '{home}'.",
        _ => " It is a key of the experiment: write it beside 'tune', not below it.",
    };

    /// <summary><c> It belongs beside 'tune', not below it.</c>; null for a name that belongs nowhere.</summary>
    /// <param name="name">The key.</param>
    /// <param name="section">The section that it was written in; null for the experiment itself.</param>
    public static string? For(string name, string? section) => _places.FirstOrDefault(p => p.Keys.Contains(name)) switch
    {
        { Keys: null } => null,
        { Section: { } home } when home == section => null,
        { Section: { } home } => $" It belongs below '{home}'.",
        _ when section is null => null,
        _ => $" It is a key of the experiment: write it beside '{section}', not below it.",
    };
}
