namespace Tuning.Schedulers;

/// <summary>
/// Runs a schedule again that <see cref="PopulationBasedTrainingOptions"/> found: one trial that begins with the first configuration of
/// the file and changes to the others at their iterations. In files <c>scheduler: {type: pbt_replay, policy_file: …}</c>.
/// </summary>
/// <remarks>The configuration of the file wins over the search space. It takes our files and Ray Tune's.</remarks>
public sealed record PopulationBasedTrainingReplayOptions : SchedulerOptions
{
    /// <summary>The <c>pbt_policy_&lt;trial&gt;.txt</c> of a trial.</summary>
    public required string PolicyFile { get; init; }

    /// <summary>The lines of the file, as the record of an experiment keeps them: it goes on from them when the file is gone.</summary>
    /// <value>Default empty: read from <see cref="PolicyFile"/> when the experiment begins.</value>
    public ImmutableArray<string> Policy { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <inheritdoc/>
    public override ITrialScheduler Create(SchedulerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Trials is null or 1
            ? new ReplayScheduler(ReplayPolicy.Of(PolicyFile, Lines))
            : throw new ArgumentException($"'pbt_replay' runs exactly one trial, and there would be {context.Trials}; remove num_samples.");
    }

    private ImmutableArray<string> Lines => Policy.IsDefault ? [] : Policy;

    internal override SearchSpace Complete(SearchSpace space)
    {
        try
        {
            return ReplayPolicy.Of(PolicyFile, Lines).Start.Flatten().Aggregate(space.Copy(), (whole, parameter) => whole.Set(parameter.Key, parameter.Value));
        }
        catch (ArgumentException)
        {
            // Said by Create.
            return space;
        }
    }

    /// <inheritdoc/>
    public bool Equals(PopulationBasedTrainingReplayOptions? other) => base.Equals(other) && PolicyFile == other.PolicyFile && Lines.SequenceEqual(other.Lines);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), PolicyFile, Lines.Length);
}
