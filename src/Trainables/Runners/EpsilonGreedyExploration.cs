namespace Tuning.Runners;

/// <summary>
/// The likeliest action, or with probability ε any action, all alike (RLlib's <c>EpsilonGreedy</c>). ε follows the environment steps of the lifetime,
/// from step to step.
/// </summary>
/// <param name="epsilon">ε after so many environment steps of all runners.</param>
/// <param name="allTrajectories">Trajectories of all runners together: by so much the steps of the lifetime grow while each trajectory makes one.</param>
internal sealed class EpsilonGreedyExploration(Func<long, double> epsilon, int allTrajectories) : Exploration
{
    private long _steps;

    private double? _latest;

    /// <summary>ε of the latest actions in this iteration; of its beginning when there were none.</summary>
    public double Epsilon => _latest ?? epsilon(_steps);

    /// <inheritdoc/>
    [MethodImpl(AggressiveOptimization)]
    public override void Act(
        RlModule module, ReadOnlySpan<float> observations, ReadOnlySpan<int> trajectories, Span<float> inputs, Span<float> actions,
        ModuleWorkspace workspace, RandomStream random)
    {
        module.ForwardExploration(observations, trajectories.Length, inputs, workspace);
        module.ActionDistribution.Deterministic(inputs, trajectories.Length, actions);
        var now = epsilon(_steps);
        _latest = now;
        _steps += allTrajectories;
        var count = module.ActionDistribution.InputSize;
        for (var i = 0; i < trajectories.Length; i++)
        {
            if (random.NextDouble() < now)
            {
                actions[i] = random.NextInt32(count);
            }
        }
    }

    /// <inheritdoc/>
    public override void BeginSample(long lifetimeSteps) => (_steps, _latest) = (lifetimeSteps, null);

    /// <inheritdoc/>
    public override void WriteTo(Action<string, MetricValue> add) => add("curr_epsilon", Epsilon);
}
