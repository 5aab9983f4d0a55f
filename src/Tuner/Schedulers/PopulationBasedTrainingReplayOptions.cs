using Tuning.Schedulers.Population;

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

    /// <inheritdoc/>
    public override ITrialScheduler Create(SchedulerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Trials is null or 1
            ? new ReplayScheduler(ReplayPolicy.Read(PolicyFile))
            : throw new ArgumentException($"'pbt_replay' runs exactly one trial, and there would be {context.Trials}; remove num_samples.");
    }

    internal override SearchSpace Complete(SearchSpace space)
    {
        try
        {
            return ReplayPolicy.Read(PolicyFile).Start.Flatten().Aggregate(space.Copy(), (whole, parameter) => whole.Set(parameter.Key, parameter.Value));
        }
        catch (ArgumentException)
        {
            // Said by Create.
            return space;
        }
    }
}
