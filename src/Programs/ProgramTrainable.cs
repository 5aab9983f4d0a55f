using Tuning.Checkpointing;
using Tuning.Training;

namespace Tuning.Programs;

/// <summary>One segment of a trial in a program.</summary>
internal sealed class ProgramTrainable(ProgramOptions options) : ITrainable
{
    public async ValueTask RunAsync(TrialContext trial, CancellationToken cancellationToken)
    {
        if (trial.Hooks.Length > 0)
        {
            throw new TrialConfigurationException($"The experiment has the hook '{trial.Hooks[0].Hook}'; a program has no hooks.");
        }

        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("Programs run as trials on Linux alone so far: what watches over them uses its process control.");
        }

        OwnFiles.MakeDirectory(trial.Directory);
        SupervisedProgram.Sweep(trial.Directory);
        var scratch = Directory.CreateTempSubdirectory("tuner-");
        try
        {
            await using var run = new ProgramRun(options, trial, scratch.FullName);
            await run.RunAsync(cancellationToken);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }
}
