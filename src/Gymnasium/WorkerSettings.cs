namespace Tuning.Gymnasium;

/// <summary>What an <c>env_config</c> says to the worker, and the rest of it, which are the environment's keyword arguments.</summary>
internal sealed record WorkerSettings
{
    /// <summary>The variable that names the interpreter where <c>python</c> does not.</summary>
    public const string PythonVariable = "TUNER_PYTHON";

    private const double DefaultTimeout = 60;
    private const double LongestTimeout = 86400;

    private static readonly string[] _own = ["python", "python_path", "gym_module", "step_timeout", "infos"];

    /// <summary>The interpreter.</summary>
    public required string Python { get; init; }

    /// <summary>Directories that Python imports from, before all others.</summary>
    public required string[] Path { get; init; }

    /// <summary>Modules that are imported first.</summary>
    public required string[] Modules { get; init; }

    /// <summary>How long a step of all copies may take.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Numbers of info dictionaries that are handed over.</summary>
    public required string[] Infos { get; init; }

    /// <summary>The keyword arguments, as JSON.</summary>
    public required string Arguments { get; init; }

    /// <summary>Reads an <c>env_config</c>.</summary>
    /// <exception cref="ArgumentException">A value of the worker's is none.</exception>
    public static WorkerSettings Of(ParameterSet config)
    {
        var python = config.Get("python", Environment.GetEnvironmentVariable(PythonVariable) ?? "");
        var timeout = config.Get("step_timeout", DefaultTimeout);
        if (timeout is not (> 0 and <= LongestTimeout))
        {
            throw new ArgumentException(
                Invariant($"step_timeout is {timeout}; it must be a number of seconds above 0, at most {LongestTimeout}."), nameof(config));
        }

        return new()
        {
            Python = python.Length == 0 ? "python3" : python,
            Path = [.. List(config, "python_path").Select(System.IO.Path.GetFullPath)],
            Modules = List(config, "gym_module"),
            Timeout = TimeSpan.FromSeconds(timeout),
            Infos = List(config, "infos"),
            Arguments = ParameterSet.From(config.Where(p => !_own.Contains(p.Key))).ToString(),
        };
    }

    private static string[] List(ParameterSet config, string name)
    {
        string[] items = !config.TryGet(name, out var value) || value is null ? [] : value is string one ? [one] : config.Get<string[]>(name);
        return Array.Exists(items, string.IsNullOrWhiteSpace) ? throw new ArgumentException($"{name} has an empty item.", nameof(config)) : items;
    }
}
