namespace Tuning.Gymnasium;

/// <summary>The environments of Python's Gymnasium and PettingZoo by name: <c>gym:CartPole-v1</c>, <c>pettingzoo:butterfly.pistonball_v6</c>.</summary>
public static class GymnasiumEnvironments
{
    /// <summary>What stands before the colon of an environment of Gymnasium.</summary>
    public const string GymPrefix = "gym";

    /// <summary>What stands before the colon of an environment of PettingZoo's parallel API.</summary>
    public const string PettingZooPrefix = "pettingzoo";

    private static readonly Func<string, ParameterSet, int, IReadOnlyList<IEnvironment>> _gym = static (name, config, count) =>
    {
        var worker = PythonWorker.Start($"{GymPrefix}:{name}", name, several: false, count, WorkerSettings.Of(config));
        return [.. Enumerable.Range(0, count).Select(i => new GymEnvironment(worker, i))];
    };

    private static readonly Func<string, ParameterSet, int, IReadOnlyList<IMultiAgentEnvironment>> _pettingZoo = static (name, config, count) =>
    {
        var worker = PythonWorker.Start($"{PettingZooPrefix}:{name}", name, several: true, count, WorkerSettings.Of(config));
        return [.. Enumerable.Range(0, count).Select(i => new PettingZooEnvironment(worker, i))];
    };

    /// <summary>Registers the prefixes for the whole process; once more changes nothing. Safe on any thread.</summary>
    /// <exception cref="InvalidOperationException">A prefix is taken by somebody else.</exception>
    public static void Register()
    {
        EnvironmentRegistry.RegisterPrefix(GymPrefix, _gym);
        EnvironmentRegistry.RegisterMultiAgentPrefix(PettingZooPrefix, _pettingZoo);
    }
}
