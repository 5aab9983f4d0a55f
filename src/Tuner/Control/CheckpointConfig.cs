namespace Tuning;

/// <summary>When checkpoints are written and which are kept. YAML: <c>checkpoint_config</c>.</summary>
public sealed record CheckpointConfig
{
    /// <summary>After how many reports a checkpoint is written; 0 never.</summary>
    /// <value>Default 0.</value>
    public int CheckpointFrequency { get; init; }

    /// <summary>Whether one is written when a trial completes or is stopped; null means yes where the trainable checkpoints.</summary>
    /// <value>Default null.</value>
    public bool? CheckpointAtEnd { get; init; }

    /// <summary>Whether trials that a scheduler prunes write one at their end, too, where others do.</summary>
    /// <value>Default false.</value>
    public bool CheckpointPruned { get; init; }

    /// <summary>How many a trial keeps; null keeps all. The latest is always kept, and any that another trial still needs.</summary>
    /// <value>Default null; else at least 1.</value>
    [JsonPropertyName("num_to_keep")]
    public int? MaxToKeep { get; init; }

    /// <summary>Earlier name of <see cref="MaxToKeep"/>.</summary>
    [Obsolete("Use MaxToKeep."), JsonIgnore]
    public int? NumToKeep { get => MaxToKeep; init => MaxToKeep = value; }

    /// <summary>The metric by which the best are kept; null keeps the latest.</summary>
    /// <value>Default null.</value>
    public string? CheckpointScoreAttribute { get; init; }

    /// <summary>Which direction of <see cref="CheckpointScoreAttribute"/> is better.</summary>
    /// <value>Default null: that of the objective of this metric; of a metric that is no objective, <see cref="Mode.Max"/>.</value>
    public Mode? CheckpointScoreOrder { get; init; }

    /// <summary>Which direction of <see cref="CheckpointScoreAttribute"/> is better with these objectives.</summary>
    internal Mode OrderFor(ImmutableArray<Objective> objectives) =>
        CheckpointScoreOrder ?? objectives.FirstOrDefault(o => o.Metric == CheckpointScoreAttribute)?.Mode ?? Mode.Max;

    /// <inheritdoc/>
    public override string ToString() => OptionText.Of(this);
}

/// <summary>What happens after failures. YAML: <c>failure_config</c>.</summary>
public sealed record FailureConfig
{
    /// <summary>How often a trial is tried again from its last checkpoint; <see cref="Limits.Unlimited"/> for without end.</summary>
    /// <remarks>
    /// At once the first time. One that fails again before it reports anything new waits 1 s, then twice as long each time, at most 60 s; its slot is free
    /// for others meanwhile. The random part of the wait comes from the experiment's seed; the journal holds when it is over.
    /// </remarks>
    /// <value>Default 0.</value>
    public int MaxFailures { get; init; }

    /// <summary>Whether the first trial that fails for good stops the experiment.</summary>
    /// <value>Default false.</value>
    public bool FailFast { get; init; }
}
