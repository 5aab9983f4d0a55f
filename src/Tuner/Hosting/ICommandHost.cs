namespace Tuning.Hosting;

/// <summary>What a command can have done by the command line that calls it.</summary>
internal interface ICommandHost
{
    /// <summary>The program's services. Made when they are first asked for.</summary>
    IServiceProvider Services { get; }

    /// <summary>The clock.</summary>
    TimeProvider Time { get; }

    /// <summary>The experiments of a file, with what the options of the call change; what is wrong with it is printed.</summary>
    /// <returns>Null where something is wrong.</returns>
    IReadOnlyList<ExperimentSpec>? ReadExperiments(string file);

    /// <summary>The options of the call that change what a file says, by name.</summary>
    IReadOnlyList<string> FileOptions { get; }

    /// <summary>A command of this program as it can be copied and run.</summary>
    string Command(params IReadOnlyList<string> arguments);
}
