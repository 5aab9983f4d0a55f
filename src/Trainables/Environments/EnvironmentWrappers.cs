namespace Tuning.Environments;

/// <summary>
/// What is put around an environment, whichever it is: <c>env_config: {wrappers: {frame_stack: 4, clip_rewards: true}}</c>. From the environment outwards:
/// its own limit of steps, <see cref="ActionRepeat"/>, <see cref="TimeLimit"/>, <see cref="Observation"/>, <see cref="FrameStack"/>. What rewards become
/// (<see cref="ClipRewards"/>, then <see cref="NormalizeRewards"/>) only learners see: reports, hooks and evaluations have them as the environment gave them.
/// Immutable.
/// </summary>
public sealed record EnvironmentWrappers
{
    /// <summary>The name in <c>env_config</c>.</summary>
    public const string Key = "wrappers";

    private static readonly EnvironmentWrappers _none = new();

    /// <summary>How many of the last observations are shown as one, the newest last; at the beginning of an episode its first one in all places.</summary>
    /// <value>Default 1; 1 to 1,000.</value>
    [Between(1, 1000)]
    public int FrameStack { get; init; } = 1;

    /// <summary>How many steps of the environment an action lasts; their rewards add up, and an end ends it. Of several agents only while the same ones
    /// act.</summary>
    /// <value>Default 1; 1 to 1,000.</value>
    [Between(1, 1000)]
    public int ActionRepeat { get; init; } = 1;

    /// <summary>After how many steps of the agent an episode is truncated, in place of the limit that the environment is registered with.</summary>
    /// <value>Default null: the registered limit; else at least 1.</value>
    [AtLeast(1)]
    public int? TimeLimit { get; init; }

    /// <summary>What becomes of observations.</summary>
    public ObservationWrappers Observation { get; init; } = new();

    /// <summary>How rewards are bounded before they are learnt from: <c>true</c> takes their sign, a number their values up to it in both directions.</summary>
    /// <value>Default null: not at all; <c>false</c> is the same.</value>
    [JsonConverter(typeof(RewardClipConverter))]
    public RewardClip? ClipRewards { get; init; }

    /// <summary>Whether rewards are divided by the deviation of discounted returns before they are learnt from, and how.</summary>
    /// <value>Default null: not; <c>false</c> is the same, <c>true</c> takes the defaults of <see cref="RewardNormalization"/>.</value>
    [JsonConverter(typeof(RewardNormalizationConverter))]
    public RewardNormalization? NormalizeRewards { get; init; }

    /// <summary>The wrappers in an <c>env_config</c>.</summary>
    /// <exception cref="ArgumentException">Something is wrong with them; the message says everything that is.</exception>
    public static EnvironmentWrappers Of(ParameterSet config)
    {
        var issues = Read(config, out var wrappers);
        return issues.Count == 0 ? wrappers
            : throw new ArgumentException(string.Join(" ", issues.Select(i => $"{i.Path} {i.Message.TrimEnd('.')}.")), nameof(config));
    }

    /// <summary>The wrappers in an <c>env_config</c>, and what is wrong with them.</summary>
    internal static IReadOnlyList<ParameterIssue> Read(ParameterSet config, out EnvironmentWrappers wrappers)
    {
        ArgumentNullException.ThrowIfNull(config);
        wrappers = _none;
        if (!config.TryGet(Key, out var given))
        {
            return [];
        }

        if (given is not ParameterSet set)
        {
            return [new(Key, "is no map; it must be a map such as {frame_stack: 4}")];
        }

        var issues = OptionSchema.Of(typeof(EnvironmentWrappers)).Read(set, out var read)
            .Select(i => i with { Path = OptionSchema.Join(Key, i.Path) }).ToList();
        if (issues.Count == 0)
        {
            wrappers = (EnvironmentWrappers)read!;
            var bounds = wrappers.Observation.Rescale;
            if (!bounds.IsEmpty && !(bounds.Length == 2 && bounds[0] < bounds[1] && float.IsFinite((float)(bounds[1] - bounds[0]))))
            {
                issues.Add(new(Key + ".observation.rescale",
                    $"is [{string.Join(", ", bounds.Select(b => Invariant($"{b}")))}]; it must be the least and the largest number, such as [-1, 1]"));
            }
        }

        return issues;
    }

    /// <summary>The configuration without wrappers, as an environment's factory is handed it.</summary>
    internal static ParameterSet Without(ParameterSet config) =>
        config.TryGet(Key, out _) ? ParameterSet.From(config.Where(p => p.Key != Key)) : config;
}

/// <summary>What becomes of observations on their way out of an environment. Immutable.</summary>
public sealed record ObservationWrappers
{
    /// <summary>Whether they become one row of numbers: of a box its numbers, of choices one number per alternative (1 for the one that is chosen).</summary>
    /// <value>Default false.</value>
    public bool Flatten { get; init; }

    /// <summary>The bounds to which each number of a box goes from its own ones, which must be finite: <c>[-1, 1]</c>.</summary>
    /// <value>Default empty: as it is.</value>
    public ImmutableArray<double> Rescale { get; init => field = value.IsDefault ? [] : value; } = [];

    internal bool IsNone => !Flatten && Rescale.IsEmpty;
}

/// <summary>How rewards are bounded.</summary>
/// <param name="Bound">The largest magnitude, above 0; 0 for the sign.</param>
public readonly record struct RewardClip(double Bound)
{
    /// <summary>A reward as it is learnt from.</summary>
    public double Apply(double reward) => Bound == 0 ? Math.Sign(reward) : Math.Clamp(reward, -Bound, Bound);
}

/// <summary>
/// Rewards are divided by the standard deviation of the discounted return so far, as Gymnasium's <c>NormalizeReward</c> and Stable-Baselines3's
/// <c>VecNormalize</c> do: each runner of environments keeps its own mean and variance over all its copies. Immutable.
/// </summary>
public sealed record RewardNormalization
{
    /// <summary>The discount of returns.</summary>
    /// <value>Default 0.99; 0 to 1.</value>
    [Between(0, 1)]
    public double Gamma { get; init; } = 0.99;

    /// <summary>The largest magnitude of what comes out.</summary>
    /// <value>Default 10; more than 0, infinity for none.</value>
    [MoreThan(0, Infinite = true)]
    public double Clip { get; init; } = 10;
}
