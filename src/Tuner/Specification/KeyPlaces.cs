namespace Tuning.Specification;

/// <summary>Where the keys of an experiment file belong, for those that were written somewhere else.</summary>
internal static class KeyPlaces
{
    private static readonly (string? Section, string[] Keys)[] _places =
    [
        (null, ["run", "config", "constraints", "feasible_if", "stop", "num_samples", "tune", "checkpoint_config", "failure_config", "callbacks", "loggers",
            "resources_per_trial", "resources", "isolation", "trial_timeout", "report_timeout", "storage_path"]),
        ("tune",
            ["metric", "mode", "reference_point", "scope", "strict_metric", "seed",
                "max_concurrent_trials", "time_budget_s", "search_alg", "scheduler", "stoppers"]),
        ("checkpoint_config",
            ["checkpoint_frequency", "checkpoint_at_end", "checkpoint_pruned", "num_to_keep", "checkpoint_score_attribute", "checkpoint_score_order"]),
        ("failure_config", ["max_failures", "fail_fast"]),
        ("resources_per_trial", ["cpu", "gpu", "memory", "max_processes"]),
    ];

    private static readonly string[] _ofSearchers = ["points_to_evaluate", "warm_start", "constant_grid_search", "n_startup_trials"];
    private static readonly string[] _ofSchedulers =
        ["time_attr", "max_t", "grace_period", "reduction_factor", "perturbation_interval", "hyperparam_mutations", "hard_stop"];

    /// <summary>The same for a name among the options of a component.</summary>
    /// <param name="name">The option.</param>
    /// <param name="isWrapper">Whether the component holds a search algorithm.</param>
    public static string? ForOption(string name, bool isWrapper) => _places.FirstOrDefault(p => p.Keys.Contains(name)) switch
    {
        { Keys: null } when isWrapper && _ofSearchers.Contains(name) =>
            $" It is an option of the search algorithm inside: write searcher: {{type: …, {name}: …}}.",
        { Keys: null } => name == "warm_start" ? " Search algorithms that learn take it, such as tpe, gp and auto." : null,
        { Section: { } home } => $" It belongs directly below '{home}'.",
        _ => " It is a key of the experiment: write it beside 'tune', not below it.",
    };

    /// <summary><c> It belongs beside 'tune', not below it.</c>; null for a name that belongs nowhere.</summary>
    /// <param name="name">The key.</param>
    /// <param name="section">The section that it was written in; null for the experiment itself.</param>
    public static string? For(string name, string? section) => _places.FirstOrDefault(p => p.Keys.Contains(name)) switch
    {
        { Keys: null } => _ofSearchers.Contains(name) ? $" It is an option of a search algorithm: write search_alg: {{type: …, {name}: …}} below 'tune'."
            : _ofSchedulers.Contains(name) ? $" It is an option of a scheduler: write scheduler: {{type: …, {name}: …}} below 'tune'." : null,
        { Section: { } home } when home == section => null,
        { Section: { } home } => $" It belongs below '{home}'.",
        _ when section is null => null,
        _ => $" It is a key of the experiment: write it beside '{section}', not below it.",
    };
}
