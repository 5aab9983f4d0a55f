namespace Tuning.Schedulers;

/// <summary>What the options of every scheduler have that compares trials by one metric. Immutable.</summary>
public abstract record ObjectiveSchedulerOptions : SchedulerOptions
{
    /// <summary>Path of the metric that trials are compared by; null means the experiment's objective.</summary>
    /// <value>Default null. To be given where the experiment has several objectives.</value>
    public string? Metric { get; init; }

    /// <summary>Whether larger or smaller values are better; null means as the experiment's objective of this metric.</summary>
    /// <value>Default null. To be given with a <see cref="Metric"/> that is no objective.</value>
    public Mode? Mode { get; init; }

    private protected Objective ObjectiveOf(SchedulerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ImmutableArray<Objective> objectives = context.Objectives.IsDefault ? [] : context.Objectives;
        if (Metric is null)
        {
            Check(objectives.Length > 0, $"metric: no metric is given, and the experiment has no objective to take it from; give tune.metric and tune.mode.");
            Check(
                objectives.Length == 1,
                $"metric: no metric is given, and the experiment has {objectives.Length} objectives; name the one to compare by, or use mo_asha, for all.");
            return new(objectives[0].Metric, Mode ?? objectives[0].Mode);
        }

        var declared = objectives.FirstOrDefault(o => o.Metric == Metric);
        Check(
            declared is not null || Mode is not null,
            $"mode: is not given, and whether '{Metric}' is better large or small is not known; give mode: min or mode: max.");
        return new(Metric, Mode ?? declared!.Mode);
    }

    /// <summary>Throws with a message that begins with the name of the option that is wrong.</summary>
    private protected static void Check(bool holds, FormattableString message)
    {
        if (!holds)
        {
            throw new ArgumentException(FormattableString.Invariant(message));
        }
    }
}
