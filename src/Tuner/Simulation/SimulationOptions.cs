namespace Tuning;

/// <summary>The machines on which a simulated experiment runs, and what things cost there. All times are virtual.</summary>
public sealed record SimulationOptions
{
    /// <summary>How many trials can run at once. <c>max_concurrent_trials</c> still limits how many do.</summary>
    /// <value>Default 1; at least 1.</value>
    public int Workers { get; init; } = 1;

    /// <summary>What passes before a trial that starts, also again, begins to train: a container, a process, its data.</summary>
    /// <value>Default zero.</value>
    public TimeSpan StartupDelay { get; init; }

    /// <summary>How long a checkpoint takes to be written; training waits for it.</summary>
    /// <value>Default zero.</value>
    public TimeSpan CheckpointSaveTime { get; init; }

    /// <summary>How long a checkpoint takes to be read at the start of a trial that has one.</summary>
    /// <value>Default zero.</value>
    public TimeSpan CheckpointLoadTime { get; init; }

    /// <summary>How long a report and its answer take together; training waits for the answer.</summary>
    /// <value>Default zero.</value>
    public TimeSpan ReportLatency { get; init; }

    /// <summary>
    /// How long the search algorithm thinks about a suggestion; it thinks about one at a time. Search algorithms that know no history
    /// (random, grid) answer at once.
    /// </summary>
    /// <value>Default zero.</value>
    public TimeSpan SuggestionTime { get; init; }

    /// <summary>
    /// The mean time between two failures of one worker, drawn from an exponential distribution, idle or not. A trial that runs there
    /// fails and is tried again as <c>failure_config</c> allows (<see cref="FailureConfig.MaxFailures"/>; its default allows no retry).
    /// </summary>
    /// <value>Default null: workers do not fail; else more than zero.</value>
    public TimeSpan? MeanTimeBetweenFailures { get; init; }

    /// <summary>How long a worker that failed is away.</summary>
    /// <value>Default zero.</value>
    public TimeSpan RepairTime { get; init; }

    /// <summary>
    /// Whether the experiment's directory is made and its journal written, as of a real one; <c>show</c> and <see cref="ResultGrid"/> read it.
    /// </summary>
    /// <value>Default false.</value>
    public bool Journal { get; init; }

    /// <summary>Throws when an option is out of its range.</summary>
    /// <exception cref="ArgumentException">One is; the message begins with its name.</exception>
    internal void Validate()
    {
        if (Workers < 1)
        {
            throw new ArgumentException($"workers: is {Workers}; it must be at least 1.");
        }

        NotNegative(StartupDelay, "startup_delay");
        NotNegative(CheckpointSaveTime, "checkpoint_save_time");
        NotNegative(CheckpointLoadTime, "checkpoint_load_time");
        NotNegative(ReportLatency, "report_latency");
        NotNegative(SuggestionTime, "suggestion_time");
        NotNegative(RepairTime, "repair_time");
        if (MeanTimeBetweenFailures <= TimeSpan.Zero)
        {
            throw new ArgumentException(
                $"mean_time_between_failures: is {MeanTimeBetweenFailures}; it must be more than zero, or null for workers that do not fail.");
        }
    }

    private static void NotNegative(TimeSpan value, string name)
    {
        if (value < TimeSpan.Zero)
        {
            throw new ArgumentException($"{name}: is {value}; it must be at least zero.");
        }
    }
}
