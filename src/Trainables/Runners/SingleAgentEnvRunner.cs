using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tuning.Connectors;
using Tuning.Environments;
using Tuning.Modules;
using Tuning.Randomness;

namespace Tuning.Runners;

/// <summary>
/// Plays several copies of an environment with a policy, and writes what happens into a buffer that the learner reads.
/// </summary>
/// <remarks>Owned by one thread at a time. After the first iteration a step allocates nothing.</remarks>
internal sealed partial class SingleAgentEnvRunner : EnvRunner
{
    private readonly EnvRunnerOptions _options;
    private readonly VectorEnvironment _environments;
    private readonly EnvToModulePipeline _toModule;
    private readonly ModuleToEnvPipeline _toEnvironment;
    private readonly Episode[] _episodes;
    private readonly float[] _current;
    private readonly int[] _lanes;
    private readonly Exploration _exploration;
    private readonly List<FinishedEpisode> _finished = [];
    private readonly IEpisodeHooks? _hooks;
    private ModuleWorkspace? _workspace;
    private RlModule? _module;

    public SingleAgentEnvRunner(EnvRunnerOptions options, int index)
        : base(index, options.IsEvaluation)
    {
        _options = options;
        var seed = options.Seed / "runner" / index;
        _environments = new(options.Environment, options.EnvironmentConfig, options.NumEnvsPerEnvRunner, seed);
        _toModule = EnvToModulePipeline.Build(_environments.ObservationSpace, options.ObservationFilter, options.Connectors);
        _toEnvironment = new(_environments.ActionSpace, options.NormalizeActions, options.ClipActions);
        Random = (seed / "actions").Stream();
        _current = new float[_environments.Count * _toModule.OutputSize];
        _lanes = [.. Enumerable.Range(0, _environments.Count)];
        _exploration = options.Explore ? options.Exploration() : new GreedyExploration();
        _episodes = new Episode[_environments.Count];
        var observations = new float[_environments.Count * _environments.ObservationSpace.Size];
        var actions = new float[_environments.Count * _environments.ActionSpace.Size];
        for (var i = 0; i < _episodes.Length; i++)
        {
            _episodes[i] = new(
                index,
                i,
                observations.AsMemory(i * _environments.ObservationSpace.Size, _environments.ObservationSpace.Size),
                actions.AsMemory(i * _environments.ActionSpace.Size, _environments.ActionSpace.Size));
        }

        try
        {
            _hooks = options.Hooks?.Invoke();
            for (var i = 0; _hooks is not null && i < _episodes.Length; i++)
            {
                _hooks.OnEnvironmentCreated(this, _environments.Copies[i], new(options.Environment.Name, options.EnvironmentConfig, index, i) { IsEvaluation = IsEvaluation });
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<IEnvironment> Environments => _environments.Copies;

    /// <summary>The stream that actions are drawn from.</summary>
    internal RandomStream Random { get; }

    /// <summary>How actions are chosen.</summary>
    internal Exploration Exploration => _exploration;

    internal VectorEnvironment Vector => _environments;

    internal EnvToModulePipeline ToModule => _toModule;

    internal IReadOnlyList<Episode> Episodes => _episodes;

    /// <summary>The observations that the next actions answer, as the module sees them.</summary>
    internal Span<float> Current => _current;

    /// <summary>Whether episodes are running; if not, the next iteration begins by resetting all copies.</summary>
    internal bool Started { get; set; }

    internal override ReadOnlySpan<FinishedEpisode> Finished => CollectionsMarshal.AsSpan(_finished);

    /// <summary>Fills a buffer: so many steps of all copies as it has room for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Sample(RlModule module, RolloutBuffer buffer, long lifetimeSteps = 0)
    {
        var workspace = WorkspaceFor(module);
        _finished.Clear();
        buffer.Clear();
        if (!Started)
        {
            Start();
        }

        _exploration.BeginSample(lifetimeSteps);
        _current.CopyTo(buffer.Observations(0));
        for (var step = 0; step < buffer.Steps; step++)
        {
            var observations = buffer.Observations(step);
            var inputs = buffer.ActionDistributionInputs(step);
            var actions = buffer.Actions(step);
            _exploration.Act(module, observations, _lanes, inputs, actions, workspace, Random);
            Divergence.RefuseActions(actions);
            Step(buffer, step, actions);
        }

        buffer.Observations(buffer.Steps).CopyTo(_current);
        _hooks?.OnSampleEnd(this, buffer);
    }

    /// <inheritdoc/>
    public override void Dispose() => _environments.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Step(RolloutBuffer buffer, int step, ReadOnlySpan<float> actions)
    {
        var rewards = buffer.Rewards(step);
        var next = buffer.Observations(step + 1);
        var actionSize = buffer.ActionSize;
        var observationSize = buffer.ObservationSize;
        for (var i = 0; i < _episodes.Length; i++)
        {
            var episode = _episodes[i];
            var row = next.Slice(i * observationSize, observationSize);
            var result = Advance(episode, actions.Slice(i * actionSize, actionSize), row);
            rewards[i] = (float)result.Reward;
            if (result.Done)
            {
                if (result.Terminated)
                {
                    buffer.MarkTerminated(step, i);
                }
                else
                {
                    buffer.MarkTruncated(step, i, row);
                }

                Finish(episode, step);
                Begin(episode, row);
            }
        }
    }

    // One step of a copy, up to its hooks.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private StepResult Advance(Episode episode, ReadOnlySpan<float> action, Span<float> row)
    {
        _toEnvironment.Apply(action, episode.WritableAction);
        var result = _environments.Step(episode.EnvironmentIndex, episode.WritableAction, episode.WritableObservation);
        episode.Take(result);
        CheckFinite(episode);
        _toModule.Apply(episode.WritableObservation, row, learn: !IsEvaluation);
        _hooks?.OnEpisodeStep(this, episode);
        return result;
    }

    private void Start()
    {
        for (var i = 0; i < _episodes.Length; i++)
        {
            Begin(_episodes[i], _current.AsSpan(i * _toModule.OutputSize, _toModule.OutputSize));
        }

        Started = true;
    }

    private void Begin(Episode episode, Span<float> row)
    {
        episode.Clear();
        _hooks?.OnEpisodeCreated(this, episode);
        _environments.Reset(episode.EnvironmentIndex, episode.WritableObservation);
        episode.StartedAt = _options.Clock.GetTimestamp();
        CheckFinite(episode);
        _toModule.Apply(episode.WritableObservation, row, learn: !IsEvaluation);
        _exploration.BeginEpisode(episode.EnvironmentIndex);
        _hooks?.OnEpisodeStart(this, episode);
    }

    private void Finish(Episode episode, int step)
    {
        _hooks?.OnEpisodeEnd(this, episode);
        // An episode that came out of a checkpoint began at a time that is not known.
        var seconds = episode.StartedAt == 0 ? double.NaN : _options.Clock.GetElapsedTime(episode.StartedAt).TotalSeconds;
        _finished.Add(new(step, episode.Return, episode.Length, seconds));
        episode.Number++;
    }

    private ModuleWorkspace WorkspaceFor(RlModule module)
    {
        if (_workspace is null || !ReferenceEquals(module, _module))
        {
            (_module, _workspace) = (module, module.CreateWorkspace(_episodes.Length));
        }

        return _workspace;
    }

    // A number that is not finite would poison the filter and the weights, and show much later.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CheckFinite(Episode episode)
    {
        var finite = double.IsFinite(episode.Reward);
        foreach (var value in episode.WritableObservation)
        {
            finite &= float.IsFinite(value);
        }

        if (!finite)
        {
            throw new InvalidOperationException(
                $"The environment {_environments.Name} (copy {episode.EnvironmentIndex} of runner {Index}) gave the reward {episode.Reward.ToString(CultureInfo.InvariantCulture)} and the observation "
                + $"[{string.Join(", ", episode.Observation[..Math.Min(8, episode.Observation.Length)].ToArray())}] after {episode.Length} steps of an episode; all numbers must be finite. EnvironmentChecker finds more.");
        }
    }
}
