using Tuning.CommandLine;

namespace Tuning.Tests.Documents;

/// <summary>The command line of the program in <c>experiments</c>, only to be parsed.</summary>
internal static class Commands
{
    public static CommandContext Context { get; } = new()
    {
        Host = () => new ExperimentHost(tuner => tuner.AddLoggers().AddTrainables().AddServer().AddDashboard(), TimeProvider.System),
    };
}
