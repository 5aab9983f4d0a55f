using System.Diagnostics;
using Tuning.Environments;

namespace Tuning.Tests;

/// <summary>Environments that raise, die, hang, fork or lie, and interpreters that are not there.</summary>
public sealed class GymFaultTests
{
    [Theory]
    [InlineData("raise", "copy 0, in step", "RuntimeError: the wheel came off")]
    [InlineData("shape", "(5,)", "does not belong to its space")]
    [InlineData("die", "exit code 7", "last words")]
    [InlineData("hang", "step_timeout", "wait_for_ever")]
    public void Fault_of_a_step_has_the_words_of_python(string fault, string one, string other)
    {
        using var environment = Python.Make("Faulty-v0", ("fault", fault), ("step_timeout", fault == "hang" ? 1.0 : 60));
        var row = new float[2];
        environment.Reset(new(1), row);
        environment.Step(new EnvironmentAction((int[])[0]), row);

        var error = Assert.Throws<InvalidOperationException>(() => environment.Step(new EnvironmentAction((int[])[0]), row));

        Assert.StartsWith("The environment gym:Faulty-v0 ", error.Message, StringComparison.Ordinal);
        Assert.Contains(one, error.Message, StringComparison.Ordinal);
        Assert.Contains(other, error.Message, StringComparison.Ordinal);

        // What has failed stays failed, and says so.
        Assert.Equal(error.Message, Assert.Throws<InvalidOperationException>(() => environment.Step(new EnvironmentAction((int[])[0]), row)).Message);
    }

    [Theory]
    [InlineData("noise")]
    [InlineData("fork")]
    [InlineData("background")]
    public void Noise_and_forks_harm_nothing(string habit)
    {
        var row = new float[2];
        using var environment = Python.Make("Faulty-v0", ("fault", habit), ("length", 100));
        environment.Reset(new(1), row);
        for (var step = 1; step <= 10; step++)
        {
            environment.Step(new EnvironmentAction((int[])[0]), row);
            Assert.Equal(step, row[1]);
        }
    }

    [Theory]
    [InlineData("gym:None-v0", "", "doesn't exist")]
    [InlineData("gym:Faulty-v0", "make", "ValueError: no such thing")]
    [InlineData("pettingzoo:no_such_zoo", "", "there is no module of this name")]
    [InlineData("pettingzoo:fake_envs", "", "has no parallel_env")]
    public void What_cannot_be_made_says_why(string name, string fault, string message)
    {
        Python.Needed();
        var config = fault.Length > 0 ? Python.Config(("fault", fault)) : Python.Config();

        var error = Assert.ThrowsAny<Exception>(() => EnvironmentRegistry.Get(name).Open(config).Dispose());

        Assert.Contains($"{name} could not be made", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gym_module", "no_such_module", "No module named 'no_such_module'")]
    [InlineData("python", "/no/such/python", "/no/such/python")]
    [InlineData("step_timeout", "0", "step_timeout is 0")]
    public void What_the_configuration_gets_wrong_is_named(string key, string value, string message)
    {
        Python.Needed();
        var error = Assert.ThrowsAny<Exception>(() => EnvironmentRegistry.Create(
            "gym:Counter-v0", Python.Config().With(key, key == "step_timeout" ? 0.0 : value)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Interpreter_without_gymnasium_is_told_with_a_way_out()
    {
        Python.Needed();
        var error = Assert.Throws<InvalidOperationException>(() => EnvironmentRegistry.Create(
            "gym:Counter-v0", ParameterSet.From([new("python", Python.Interpreter)])));
        Assert.SkipWhen(error.Message.Contains("doesn't exist", StringComparison.Ordinal), "Gymnasium is installed.");
        Assert.Contains("Gymnasium cannot be imported by /usr/bin/python3", error.Message, StringComparison.Ordinal);
        Assert.Contains("TUNER_PYTHON", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are looked up in /proc.");
        string directory;
        using (var environment = Python.Make("Faulty-v0", ("fault", "background"), ("length", 100)))
        {
            directory = environment.Worker.Directory;
            var row = new float[2];
            environment.Reset(new(1), row);
            environment.Step(new EnvironmentAction((int[])[0]), row);
            environment.Step(new EnvironmentAction((int[])[0]), row);
            Assert.Equal(2, Workers().Count);
            Assert.Empty(Directory.EnumerateFileSystemEntries(directory));
        }

        Assert.Empty(Workers());
        Assert.False(Directory.Exists(directory));

        List<string> Workers() => [.. Directory.EnumerateDirectories("/proc").Select(d => Path.Combine(d, "cmdline")).Where(Runs)];
        bool Runs(string file)
        {
            try
            {
                return File.ReadAllText(file).Contains(directory, StringComparison.Ordinal);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task File_is_python_of_3_8()
    {
        Python.Needed();
        var file = Path.Combine(Testing.Approved.Repository, "src/Gymnasium/tuner_gym.py");
        using var process = Process.Start(Python.Interpreter, ["-c", $"import ast; ast.parse(open('{file}').read(), feature_version=(3, 8))"]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }
}
