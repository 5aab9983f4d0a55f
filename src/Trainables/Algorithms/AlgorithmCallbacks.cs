namespace Tuning;

/// <summary>
/// What a program does at the events of an algorithm: derive, override what you need, and add the class with
/// <c>config.Callbacks&lt;MyCallbacks&gt;()</c>. Part of the trial: an exception fails it with the hook's name.
/// </summary>
/// <remarks>
/// Per algorithm there is one instance for the algorithm's own hooks and one for each environment runner, whose hooks are called by
/// that runner's thread; instances share only what their constructors were handed. One that is <see cref="IDisposable"/> is disposed of
/// with its algorithm, when the trial's segment ends. Use <see cref="TunerCallback"/> to watch an
/// experiment instead.
/// </remarks>
public abstract class AlgorithmCallbacks : IEpisodeHooks
{
    /// <summary>The algorithm is made; before its first step, at every start of a trial, and before the trial's own checkpoint is loaded.</summary>
    public virtual void OnAlgorithmInit(Algorithm algorithm)
    {
    }

    /// <summary>An iteration has ended. What is changed in <paramref name="result"/> is what is reported.</summary>
    public virtual void OnTrainResult(Algorithm algorithm, Metrics result)
    {
    }

    /// <summary>An evaluation begins.</summary>
    public virtual void OnEvaluateStart(Algorithm algorithm)
    {
    }

    /// <summary>An evaluation has ended. What is changed in <paramref name="evaluationMetrics"/>, whose names begin with <c>env_runners/</c>, is what is
    /// reported below <c>evaluation/</c>.</summary>
    public virtual void OnEvaluateEnd(Algorithm algorithm, Metrics evaluationMetrics)
    {
    }

    /// <summary>A checkpoint, or a part of one, was loaded.</summary>
    public virtual void OnCheckpointLoaded(Algorithm algorithm)
    {
    }

    /// <inheritdoc/>
    public virtual void OnEnvironmentCreated(EnvRunner runner, IEnvironment environment, EnvironmentContext context)
    {
    }

    /// <summary>A copy of an environment with several agents was made; before any episode.</summary>
    public virtual void OnEnvironmentCreated(EnvRunner runner, IMultiAgentEnvironment environment, EnvironmentContext context)
    {
    }

    /// <inheritdoc/>
    public virtual void OnEpisodeCreated(EnvRunner runner, Episode episode)
    {
    }

    /// <inheritdoc/>
    public virtual void OnEpisodeStart(EnvRunner runner, Episode episode)
    {
    }

    /// <inheritdoc/>
    public virtual void OnEpisodeStep(EnvRunner runner, Episode episode)
    {
    }

    /// <inheritdoc/>
    public virtual void OnEpisodeEnd(EnvRunner runner, Episode episode)
    {
    }

    /// <inheritdoc/>
    public virtual void OnSampleEnd(EnvRunner runner, RolloutBuffer samples)
    {
    }
}
