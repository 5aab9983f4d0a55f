namespace Tuning.Learning;

/// <summary>A module of one's own that PPO can train: it brings its learner along.</summary>
public interface IPpoTrainable
{
    /// <summary>The learner that trains this module. It changes the module's weights in place.</summary>
    /// <inheritdoc cref="PpoLearners.CreatePpoLearner"/>
    PpoLearner CreatePpoLearner(PpoOptions options, RandomStream random, int threads);
}

/// <summary>Makes learners for modules.</summary>
public static class PpoLearners
{
    /// <summary>The learner that trains a module by PPO. It changes the module's weights in place.</summary>
    /// <param name="module">The module: the built-in one, a <see cref="DifferentiableModule"/>, or one that is <see cref="IPpoTrainable"/>.</param>
    /// <param name="options">What to optimise and how.</param>
    /// <param name="random">The stream for shuffling; the learner owns it from here on.</param>
    /// <param name="threads">How many threads it may use, at least 1. Results do not depend on it.</param>
    /// <exception cref="NotSupportedException">The module comes without a learner.</exception>
    public static PpoLearner CreatePpoLearner(this RlModule module, PpoOptions options, RandomStream random, int threads) => module switch
    {
        IPpoTrainable own => own.CreatePpoLearner(options, random, threads),
        DifferentiableModule own => new DifferentiablePpoLearner(own, options, random),
        DefaultPpoModule managed => new ManagedPpoLearner(managed, options, random, threads),
        _ => throw new NotSupportedException($"The module {Refuses(module)}."),
    };

    /// <summary>Why a module cannot be trained by PPO; null when it can.</summary>
    internal static string? Refuses(RlModule module) => module is IPpoTrainable or DifferentiableModule or DefaultPpoModule
        ? null
        : $"is a {module?.GetType().Name}, which PPO cannot train: derive it from {nameof(DifferentiableModule)}, or implement {nameof(IPpoTrainable)}";
}
