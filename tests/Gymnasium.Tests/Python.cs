using Tuning.Environments;
using Tuning.Gymnasium;
using Tuning.Testing;

namespace Tuning.Tests;

/// <summary>The interpreter of the tests, the small Gymnasium that ships with them, and the real one where a variable names its sources.</summary>
internal static class Python
{
    /// <summary>Directories with the packages <c>gymnasium</c> and <c>farama_notifications</c> (and <c>pettingzoo</c>), as in PYTHONPATH.</summary>
    public const string RealVariable = "TUNER_GYMNASIUM_PATH";

    public const string Interpreter = "/usr/bin/python3";

    private static readonly Lazy<bool> _hasNumpy = new(() =>
    {
        using var process = File.Exists(Interpreter) ? System.Diagnostics.Process.Start(Interpreter, ["-c", "import numpy"]) : null;
        process?.WaitForExit();
        return process?.ExitCode == 0;
    });

    public static string FakePath { get; } = Path.Combine(Approved.Repository, "tests/Gymnasium.Tests/python");

    public static void Needed()
    {
        Assert.SkipUnless(_hasNumpy.Value, $"There is no {Interpreter} with numpy (apt-get install python3-numpy).");
        GymnasiumEnvironments.Register();
    }

    /// <summary>The path of the real Gymnasium; the test is skipped where there is none.</summary>
    public static string[] Real()
    {
        Needed();
        var path = Environment.GetEnvironmentVariable(RealVariable) ?? "";
        Assert.SkipUnless(path.Length > 0, $"{RealVariable} does not name directories with the sources of Gymnasium.");
        return path.Split(':', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>An env_config for the fake.</summary>
    public static ParameterSet Config(params (string Name, object? Value)[] values) => ParameterSet.From(
    [
        new("python", Interpreter), new("python_path", new[] { FakePath }), new("gym_module", "fake_envs"),
        .. values.Select(v => KeyValuePair.Create(v.Name, v.Value)),
    ]);

    /// <summary>A copy of an environment of the fake.</summary>
    public static GymEnvironment Make(string name, params (string Name, object? Value)[] values)
    {
        Needed();
        return (GymEnvironment)EnvironmentRegistry.Create("gym:" + name, Config(values));
    }
}
