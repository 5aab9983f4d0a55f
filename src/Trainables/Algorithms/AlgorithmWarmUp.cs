using System.Collections.Concurrent;

namespace Tuning.Algorithms;

/// <summary>
/// Trains a throw-away algorithm of the same kind for a moment, on a thread of its own, while an experiment starts: what training needs is
/// then compiled when the first trial begins, on a core that had nothing to do. Nothing of it reaches the experiment.
/// </summary>
/// <remarks>Once per algorithm and process. Environments, connectors, modules, learners and hooks of users are left out: theirs may have effects.</remarks>
internal static class AlgorithmWarmUp
{
    // By then everything that is called once per minibatch or step has been called often enough to be compiled for good.
    private const int Iterations = 16;

    private static readonly ConcurrentDictionary<string, bool> _begun = new(StringComparer.Ordinal);

    /// <summary>The environment that stands for one: itself if there is nothing of the user's in it.</summary>
    public static string StandIn(string environment) => EnvironmentRegistry.IsBuiltIn(environment) ? environment : "Pendulum-v1";

    /// <summary>Begins, if it has not been done.</summary>
    /// <param name="config">A configuration that the process is going to train; it must be valid.</param>
    public static void Begin(AlgorithmConfig config)
    {
        if (Environment.ProcessorCount < 2 || config.WarmUp() is not { } small || !_begun.TryAdd(config.Name, true))
        {
            return;
        }

        new Thread(() => Run(small)) { IsBackground = true, Name = $"{config.Name} warm-up" }.Start();
    }

    private static void Run(AlgorithmConfig config)
    {
        try
        {
            using var algorithm = config.Build(threads: 2);
            for (var i = 0; i < Iterations; i++)
            {
                algorithm.Train();
            }
        }
#pragma warning disable CA1031 // What goes wrong here goes wrong again where somebody sees it.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
