using System.Runtime.ExceptionServices;

namespace Tuning.Policies;

/// <summary>
/// Plays whole episodes of an environment and keeps their returns: of several agents the sum of what all earn, and steps of the environment. Episode i draws
/// from
/// a stream seeded with <see cref="Seed"/> + i and from nothing else, so that the returns depend neither on the number of threads nor on the other episodes.
/// </summary>
internal sealed record PolicyEvaluation
{
    // As many copies as make good use of the network, few enough that short evaluations are spread over threads.
    private const int SideBySide = 32;

    /// <summary>Where evaluations of trained policies begin, far from the seeds of training.</summary>
    public const ulong FirstSeed = 10_000;

    /// <summary>How many episodes, at least 1.</summary>
    public int Episodes { get; init; } = 100;

    /// <summary>The seed of the first episode.</summary>
    public ulong Seed { get; init; } = FirstSeed;

    /// <summary>Whether actions are drawn, instead of the likeliest being taken. Those of episode i come from <c>seed + i: actions</c>.</summary>
    public bool Explore { get; init; }

    /// <summary>How many threads may play, at least 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Plays the episodes with one policy for all agents.</summary>
    /// <inheritdoc cref="Run(Func{string, Policy}, EnvironmentDefinition, ParameterSet, CancellationToken)"/>
    /// <param name="policy">Who plays.</param>
    /// <param name="environment">What is played.</param>
    /// <param name="config">Its <c>env_config</c>.</param>
    /// <param name="cancellationToken">Ends it early, with an exception.</param>
    public EvaluationResult Run(Policy policy, EnvironmentDefinition environment, ParameterSet? config = null, CancellationToken cancellationToken = default) =>
        Run(_ => policy, environment, config, cancellationToken);

    /// <summary>Plays the episodes.</summary>
    /// <param name="policyOf">The policy of an agent, by the agent's name.</param>
    /// <param name="environment">What is played.</param>
    /// <param name="config">Its <c>env_config</c>.</param>
    /// <param name="cancellationToken">Ends it early, with an exception.</param>
    /// <exception cref="ArgumentException">A policy was made for other spaces than those of an agent that follows it, or it has weights that are no
    /// numbers.</exception>
    public EvaluationResult Run(
        Func<string, Policy> policyOf, EnvironmentDefinition environment, ParameterSet? config = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Episodes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
        Policy[] policies;
        using (var probe = environment.Open(config))
        {
            policies = [.. probe.Agents.Select(policyOf)];
            for (var agent = 0; agent < policies.Length; agent++)
            {
                var (spaces, seen, done) = (policies[agent].Spaces, probe.ObservationSpace(agent), probe.ActionSpace(agent));
                if (!spaces.Observations.Equals(seen) || !spaces.Actions.Equals(done))
                {
                    var (of, to) = environment.IsMultiAgent ? ($" of the agent '{probe.Agents[agent]}'", " of the agent") : ("", "");
                    throw new ArgumentException(
                        $"The policy{of} was made for observations in {spaces.Observations} and actions in {spaces.Actions}; {environment.Name} shows "
                            + $"{seen} and takes {done}{to}.", nameof(environment));
                }
            }
        }

        foreach (var policy in policies.Distinct())
        {
            policy.RefuseNaN();
        }

        var (returns, lengths) = (new double[Episodes], new long[Episodes]);
        var (threads, next) = (Math.Min(Threads, Episodes), -1);
        var copies = Math.Min(SideBySide, (Episodes + threads - 1) / threads);
        try
        {
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, _ =>
            {
                using var player = new Player(this, policies, environment, config, copies);
                player.Play(() => Interlocked.Increment(ref next), returns, lengths, cancellationToken);
            });
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return new(returns, lengths);
    }

    /// <summary>Some copies of the environment that play side by side; a copy whose episode is over takes the next one.</summary>
    private sealed class Player : IDisposable
    {
        private readonly PolicyEvaluation _evaluation;
        private readonly Policy[] _policies;
        private readonly Copy[] _copies;

        // The agents of all copies that one policy's next call answers, and the numbers that go in and come out.
        private readonly List<(int Copy, int Agent)> _acting = [];
        private readonly float[] _observations;
        private readonly float[] _actions;

        public Player(PolicyEvaluation evaluation, Policy[] policies, EnvironmentDefinition environment, ParameterSet? config, int copies)
        {
            (_evaluation, _policies) = (evaluation, policies);
            _copies = [.. environment.OpenTogether(config ?? ParameterSet.Empty, copies).Select(c => new Copy(c))];
            _observations = new float[copies * policies.Length * policies.Max(p => p.ObservationSize)];
            _actions = new float[copies * policies.Length * policies.Max(p => p.ActionSize)];
        }

        /// <summary>Plays until no episode is left. Numbers of episodes go on after the last one.</summary>
        public void Play(Func<int> take, double[] returns, long[] lengths, CancellationToken cancellationToken)
        {
            // Those that play are the first of the copies: one that has nothing left to play changes places with the last.
            var playing = 0;
            while (playing < _copies.Length && Begin(_copies[playing], take(), returns.Length))
            {
                playing++;
            }

            while (playing > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Act(playing);
                for (var i = playing - 1; i >= 0; i--)
                {
                    var copy = _copies[i];
                    copy.Environment.Advance(copy.Step);
                    lengths[copy.Episode]++;
                    for (var agent = 0; agent < _policies.Length; agent++)
                    {
                        returns[copy.Episode] += copy.Step.Reward(agent);
                    }

                    if (copy.Step.Done && !Begin(copy, take(), returns.Length))
                    {
                        (_copies[i], _copies[playing - 1]) = (_copies[playing - 1], _copies[i]);
                        playing--;
                    }
                }
            }
        }

        public void Dispose() => Array.ForEach(_copies, c => c.Environment.Dispose());

        private bool Begin(Copy copy, int episode, int episodes)
        {
            if (episode >= episodes)
            {
                return false;
            }

            var seed = unchecked(_evaluation.Seed + (ulong)episode);
            copy.Episode = episode;
            copy.Random = _evaluation.Explore ? (SeedPath.Of(seed) / "actions").Stream() : null;
            copy.Environment.Restart(new RandomStream(seed), copy.Step);
            return true;
        }

        private void Act(int playing)
        {
            for (var i = 0; i < _policies.Length && _evaluation.Explore; i++)
            {
                ActAlone(i, playing);
            }

            for (var i = 0; i < _policies.Length && !_evaluation.Explore; i++)
            {
                if (Array.IndexOf(_policies, _policies[i]) == i)
                {
                    ActTogether(_policies[i], playing);
                }
            }
        }

        // Each episode has luck of its own, so each row is drawn by itself, agent after agent.
        private void ActAlone(int agent, int playing)
        {
            var (policy, action) = (_policies[agent], _actions.AsMemory(0, _policies[agent].ActionSize));
            for (var i = 0; i < playing; i++)
            {
                if (_copies[i].Step.ActsNext(agent))
                {
                    policy.ComputeSingleAction(_copies[i].Step.Observation(agent), action.Span, _copies[i].Random);
                    _copies[i].Step.SetAction(agent, action.Span);
                }
            }
        }

        // All agents of all copies that follow one policy.
        private void ActTogether(Policy policy, int playing)
        {
            _acting.Clear();
            for (var i = 0; i < playing; i++)
            {
                for (var agent = 0; agent < _policies.Length; agent++)
                {
                    if (ReferenceEquals(_policies[agent], policy) && _copies[i].Step.ActsNext(agent))
                    {
                        _copies[i].Step.Observation(agent).CopyTo(_observations.AsSpan(_acting.Count * policy.ObservationSize));
                        _acting.Add((i, agent));
                    }
                }
            }

            policy.ComputeActions(_observations, _acting.Count, _actions);
            for (var i = 0; i < _acting.Count; i++)
            {
                _copies[_acting[i].Copy].Step.SetAction(_acting[i].Agent, _actions.AsSpan(i * policy.ActionSize, policy.ActionSize));
            }
        }

        private sealed class Copy(IMultiAgentEnvironment environment)
        {
            public IMultiAgentEnvironment Environment => environment;

            public MultiAgentStep Step { get; } = new(environment);

            public int Episode { get; set; }

            public RandomStream? Random { get; set; }
        }
    }
}
