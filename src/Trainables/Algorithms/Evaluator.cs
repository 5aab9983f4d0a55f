namespace Tuning.Algorithms;

/// <summary>
/// Evaluates an algorithm's policies on environments and with streams of its own: the component <c>eval_env_runner</c> of a checkpoint. Training
/// goes on in the same way with and without it.
/// </summary>
/// <remarks>Owned by one thread. It has the filters of training for the time of an evaluation, so that they are no part of its state.</remarks>
internal sealed class Evaluator : ICheckpointable, IDisposable
{
    /// <summary>Its name among the components of an algorithm.</summary>
    public const string Component = "eval_env_runner";

    private const string LastNames = "last_result_names";
    private const string LastValues = "last_result_values";

    private readonly EnvRunnerGroup _runners;
    private readonly AlgorithmOptions _options;
    private readonly int _interval;
    private readonly bool _keepsLast;

    public Evaluator(AlgorithmOptions options, EnvRunnerGroup runners)
    {
        (_runners, _options) = (runners, options);
        _interval = options.EvaluationInterval ?? 0;
        _keepsLast = options.AlwaysAttachEvaluationResults;
    }

    /// <summary>Whether an iteration, counted from 1, is followed by an evaluation.</summary>
    public bool IsDue(long iteration) => _interval > 0 && iteration % _interval == 0;

    /// <summary>Plays one evaluation.</summary>
    /// <param name="training">The runners whose filters and steps count.</param>
    /// <param name="modules">The policies.</param>
    /// <param name="iterationSteps">Environment steps of the iteration that it follows; 0 when there was none.</param>
    /// <returns>The results below <c>env_runners/</c>.</returns>
    public Metrics Evaluate(EnvRunnerGroup training, IReadOnlyList<RlModule> modules, long iterationSteps)
    {
        for (var i = 0; i < modules.Count; i++)
        {
            _runners.Policies[i].ToModule.Synchronise(training.Policies[i].ToModule);
        }

        _runners.Evaluate(modules, Round(iterationSteps), training.StepsLifetime);
        var result = new Metrics(32);
        _runners.WriteTo(result);
        return result;
    }

    /// <summary>The numbers of the last evaluation where iterations without one repeat them; else null.</summary>
    public Metrics? Last { get; private set; }

    /// <summary>Takes note of a result as hooks have left it.</summary>
    public void Keep(Metrics result)
    {
        if (_keepsLast)
        {
            Last = [];
            foreach (var (name, value) in result.Where(m => m.Value.Kind == MetricKind.Number))
            {
                Last[name] = value;
            }
        }
    }

    /// <summary>Why the last restore started all episodes anew, once; null when there is nothing to tell, as where each evaluation does so.</summary>
    public string? TakeRestoreNotice() => _runners.TakeRestoreNotice() is { } notice && Round(0).Continues ? $"{Component}: {notice}" : null;

    /// <inheritdoc/>
    public ComponentClass CheckpointClass => new("Eval" + _runners.CheckpointClass.Name, ParameterSet.Empty);

    /// <inheritdoc/>
    public ParameterSet GetMetadata() => _runners.GetMetadata();

    /// <inheritdoc/>
    public ComponentState CaptureState()
    {
        var state = _runners.CaptureState();
        return Last is null ? state : state with
        {
            Values = state.Values!
                .With(LastNames, Last.Select(m => m.Key).ToList())
                .With(LastValues, Last.Select(m => m.Value.IsWhole ? (object)(long)m.Value.Number!.Value : m.Value.Number!.Value).ToList()),
        };
    }

    /// <inheritdoc/>
    public void ApplyState(ComponentState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _runners.ApplyState(state);
        Last = null;
        if (_keepsLast && state.Values!.TryGet(LastNames, out _))
        {
            Last = [];
            foreach (var (name, value) in state.Value<string[]>(LastNames).Zip((ParameterList)state.Values[LastValues]!))
            {
                Last[name] = value is long whole ? whole : Convert.ToDouble(value, CultureInfo.InvariantCulture);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _runners.Dispose();

    private EvaluationRound Round(long iterationSteps)
    {
        var inEpisodes = _options.EvaluationDurationUnit == EvaluationUnit.Episodes;
        return _options.EvaluationDuration is { } given ? new(given, inEpisodes, _options.EvaluationResetsEnvironments)
            : new((int)Math.Clamp(iterationSteps, 1, int.MaxValue), InEpisodes: false, inEpisodes || _options.EvaluationResetsEnvironments,
                inEpisodes);
    }
}
