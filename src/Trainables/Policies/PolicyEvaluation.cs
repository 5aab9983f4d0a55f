using System.Runtime.ExceptionServices;
using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Policies;

/// <summary>
/// Plays whole episodes of an environment with a policy and keeps their returns. Episode i draws from a stream seeded with <see cref="Seed"/> + i and from
/// nothing else, so that the returns depend neither on the number of threads nor on the other episodes.
/// </summary>
internal sealed record PolicyEvaluation
{
    // As many copies as make good use of the network, few enough that short evaluations are spread over threads.
    private const int Lanes = 32;

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

    /// <summary>Plays the episodes.</summary>
    /// <param name="policy">Who plays.</param>
    /// <param name="environment">What is played.</param>
    /// <param name="config">Its <c>env_config</c>.</param>
    /// <param name="cancellationToken">Ends it early, with an exception.</param>
    /// <exception cref="ArgumentException">The environment has other spaces than the policy.</exception>
    public EvaluationResult Run(Policy policy, EnvironmentDefinition environment, ParameterSet? config = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Episodes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
        using (var probe = environment.Create(config))
        {
            if (!probe.ObservationSpace.Equals(policy.Spaces.Observations) || !probe.ActionSpace.Equals(policy.Spaces.Actions))
            {
                throw new ArgumentException(
                    $"The policy was made for observations in {policy.Spaces.Observations} and actions in {policy.Spaces.Actions}; {environment.Name} shows {probe.ObservationSpace} and takes {probe.ActionSpace}.", nameof(environment));
            }
        }

        var (returns, lengths) = (new double[Episodes], new long[Episodes]);
        var threads = Math.Min(Threads, Episodes);
        var lanes = Math.Min(Lanes, (Episodes + threads - 1) / threads);
        Spread(
            threads,
            take =>
            {
                using var player = new Player(this, policy, environment, config, lanes);
                player.Play(take, returns, lengths, cancellationToken);
            },
            cancellationToken);
        return new(returns, lengths);
    }

    /// <summary>Runs the same work on several threads, which take the numbers of episodes from 0; numbers go on after the last one.</summary>
    internal static void Spread(int threads, Action<Func<int>> work, CancellationToken cancellationToken)
    {
        var next = -1;
        try
        {
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, _ => work(() => Interlocked.Increment(ref next)));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    /// <summary>Some copies of the environment that play side by side; a copy whose episode is over takes the next one.</summary>
    private sealed class Player : IDisposable
    {
        private readonly PolicyEvaluation _evaluation;
        private readonly Policy _policy;
        private readonly IEnvironment[] _copies;
        private readonly int[] _episodes;
        private readonly RandomStream?[] _streams;
        private readonly float[] _observations;
        private readonly float[] _actions;
        private readonly int[] _choices;

        public Player(PolicyEvaluation evaluation, Policy policy, EnvironmentDefinition environment, ParameterSet? config, int lanes)
        {
            (_evaluation, _policy) = (evaluation, policy);
            _copies = [.. Enumerable.Range(0, lanes).Select(_ => environment.Create(config))];
            _episodes = new int[lanes];
            _streams = new RandomStream?[lanes];
            _observations = new float[lanes * policy.ObservationSize];
            _actions = new float[lanes * policy.ActionSize];
            _choices = new int[policy.Spaces.Actions.IsDiscrete ? policy.ActionSize : 0];
        }

        public void Play(Func<int> take, double[] returns, long[] lengths, CancellationToken cancellationToken)
        {
            // Those that play are the first of the copies: one that has nothing left to play changes places with the last.
            var playing = 0;
            while (playing < _copies.Length && Begin(playing, take, returns.Length))
            {
                playing++;
            }

            while (playing > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Act(playing);
                for (var lane = playing - 1; lane >= 0; lane--)
                {
                    var result = Step(lane);
                    returns[_episodes[lane]] += result.Reward;
                    lengths[_episodes[lane]]++;
                    if (result.Done && !Begin(lane, take, returns.Length))
                    {
                        Move(--playing, lane);
                    }
                }
            }
        }

        public void Dispose()
        {
            foreach (var copy in _copies)
            {
                copy.Dispose();
            }
        }

        private bool Begin(int lane, Func<int> take, int episodes)
        {
            var episode = take();
            if (episode >= episodes)
            {
                return false;
            }

            var seed = unchecked(_evaluation.Seed + (ulong)episode);
            _episodes[lane] = episode;
            _streams[lane] = _evaluation.Explore ? (SeedPath.Of(seed) / "actions").Stream() : null;
            _copies[lane].Reset(new RandomStream(seed), Observation(lane));
            return true;
        }

        private void Act(int playing)
        {
            if (!_evaluation.Explore)
            {
                _policy.ComputeActions(_observations, playing, _actions);
                return;
            }

            // Each episode has luck of its own, so each row is drawn by itself.
            for (var lane = 0; lane < playing; lane++)
            {
                _policy.ComputeSingleAction(Observation(lane), Action(lane), _streams[lane]);
            }
        }

        private StepResult Step(int lane)
        {
            if (_choices.Length == 0)
            {
                return _copies[lane].Step(new EnvironmentAction(Action(lane)), Observation(lane));
            }

            for (var i = 0; i < _choices.Length; i++)
            {
                _choices[i] = (int)Action(lane)[i];
            }

            return _copies[lane].Step(new EnvironmentAction(_choices), Observation(lane));
        }

        private void Move(int from, int to)
        {
            if (from != to)
            {
                (_copies[to], _copies[from]) = (_copies[from], _copies[to]);
                (_episodes[to], _streams[to]) = (_episodes[from], _streams[from]);
                Observation(from).CopyTo(Observation(to));
            }
        }

        private Span<float> Observation(int lane) => _observations.AsSpan(lane * _policy.ObservationSize, _policy.ObservationSize);

        private Span<float> Action(int lane) => _actions.AsSpan(lane * _policy.ActionSize, _policy.ActionSize);
    }
}
