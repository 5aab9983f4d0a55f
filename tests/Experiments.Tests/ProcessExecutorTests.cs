using Microsoft.Extensions.Logging.Abstractions;
using Tuning.Execution;
using Tuning.Execution.Remote;
using Tuning.Programs;
using Tuning.Specification;
using Tuning.Testing;

namespace Tuning.Tests;

/// <summary>Segments in processes of their own, which are another program than this one.</summary>
[Trait("Lane", "Slow")]
public sealed class ProcessExecutorTests : TrialExecutorContract
{
    private protected override ITrialExecutor Make(SegmentEnvironment environment)
    {
        var experiment = new ExperimentSpec { Name = "contract", Run = ContractTrainable.Trainable.Name, Space = new(), StoragePath = environment.Directory };
        var setup = new RemoteSetup(experiment.ToJson(), environment.Directory, environment.Seed.Root, environment.Cpus, environment.SaveAtEnd);
        return new ProcessExecutor(environment, new ChildStarter(new Launcher(), setup), experiment.Name, slots: 8, NullLoggerFactory.Instance);
    }

    private sealed class Launcher : ILauncher
    {
        private readonly SupervisedLauncher _launcher = new();

        public ILaunched Start(IReadOnlyList<string> words, IReadOnlyDictionary<string, string> variables, string scratch) =>
            _launcher.Start(["dotnet", Path.Combine(AppContext.BaseDirectory, "KillHost.dll")], variables, scratch);
    }
}
