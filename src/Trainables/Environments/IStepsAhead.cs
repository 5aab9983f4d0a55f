namespace Tuning.Environments;

/// <summary>An environment whose episodes run elsewhere, out of the reach of who restores a checkpoint.</summary>
public interface IRunsElsewhere : IRestorableEnvironment
{
    /// <summary>The next reset begins anew: it draws a seed from its stream and continues nothing of an earlier episode.</summary>
    void Forget();
}

/// <summary>
/// An environment whose steps run elsewhere: a runner tells all its copies what to do before it waits for the first, so that they step side by side.
/// </summary>
public interface IStepsAhead : IEnvironment, IRunsElsewhere
{
    /// <summary>Tells the action of the next <see cref="IEnvironment.Step"/>, which then only waits for what came of it.</summary>
    /// <param name="action">The action that the step will be given.</param>
    void Send(EnvironmentAction action);
}

/// <summary>The same with several agents.</summary>
public interface IMultiAgentStepsAhead : IMultiAgentEnvironment, IRunsElsewhere
{
    /// <summary>Tells the actions of the next <see cref="IMultiAgentEnvironment.Step"/>, which then only waits for what came of them.</summary>
    /// <param name="step">The step that will be taken.</param>
    void Send(MultiAgentStep step);
}

/// <summary>An environment around another one.</summary>
internal interface IWrapsEnvironment
{
    /// <summary>The one inside.</summary>
    IRestorableEnvironment Inside { get; }

    /// <summary>Whether a step is one of the one inside, with the same actions.</summary>
    bool StepsOnce { get; }

    /// <summary>The innermost, or the innermost that takes the same steps.</summary>
    static IRestorableEnvironment Innermost(IRestorableEnvironment environment, bool sameSteps)
    {
        while (environment is IWrapsEnvironment outer && (outer.StepsOnce || !sameSteps))
        {
            environment = outer.Inside;
        }

        return environment;
    }
}
