using System.Collections;
using Tuning.Execution.Remote;

namespace Tuning.Programs;

/// <summary>Starts processes of trials below a <see cref="Supervisor"/> each.</summary>
internal sealed class SupervisedLauncher : ILauncher
{
    public ILaunched Start(IReadOnlyList<string> words, IReadOnlyDictionary<string, string> variables, string scratch)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("processes of trials are watched over by process control of Linux; here trials run on threads");
        }

        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(v => (string)v.Key, v => (string?)v.Value ?? "");
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        environment[ProgramVariables.Token] = scratch;
        return SupervisedProgram.Start(scratch, Environment.CurrentDirectory, words, environment, scratch);
    }
}
