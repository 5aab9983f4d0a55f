using Tuning.Distributions;
using Tuning.Environments;
using Tuning.Learning;
using Tuning.Modules;
using Tuning.Randomness;
using Tuning.Runners;

namespace Tuning.Algorithms;

/// <summary>What sets one algorithm apart from others; everything else is <see cref="Algorithm"/>.</summary>
internal sealed record AlgorithmBlueprint
{
    /// <summary>The options that all algorithms have.</summary>
    public required AlgorithmOptions Options { get; init; }

    /// <summary>The class of its learner in checkpoints, <c>PpoLearner</c> for example.</summary>
    public required string LearnerClass { get; init; }

    /// <summary>Which policy an agent follows, where a function says so; null for the mapping of the options.</summary>
    public Func<string, Episode, string>? PolicyMapping { get; init; }

    /// <summary>The distribution over the actions of a space.</summary>
    public Func<Space, ActionDistribution> ActionDistribution { get; init; } = Distributions.ActionDistribution.For;

    /// <summary>Makes the exploration of a runner, one instance per runner and policy.</summary>
    public Func<Exploration> Exploration { get; init; } = static () => new StochasticExploration();

    /// <summary>Whether actions are drawn while evaluating, where the options do not say; null for as in training.</summary>
    public bool? EvaluationExplore { get; init; }

    /// <summary>Steps of each environment per training step, at least 1.</summary>
    public required int StepsPerEnvironment { get; init; }

    /// <summary>The registered name of the module that stands for <c>default</c>.</summary>
    public string DefaultModule { get; init; } = ModuleRegistry.DefaultName;

    /// <summary>What else the module of a policy is to be built for.</summary>
    public Func<ModuleSpec, ModuleSpec> Specify { get; init; } = static spec => spec;

    /// <summary>Makes the learner of a policy: from its module, a stream of its own, and the number of threads.</summary>
    public required Func<RlModule, RandomStream, int, Learner> Learner { get; init; }

    /// <summary>Whether a policy is trained.</summary>
    public bool Trains(string policyId) => Options.MultiAgent?.PoliciesToTrain?.Contains(policyId) ?? true;

    /// <summary>The learner that the options name, for the module of a policy.</summary>
    /// <param name="identity">The algorithm and all its options.</param>
    /// <param name="module">What it trains, in place.</param>
    /// <param name="random">A stream of its own.</param>
    /// <param name="threads">How many threads it may use, at least 1.</param>
    public Learner CreateLearner(LearnerIdentity identity, RlModule module, RandomStream random, int threads)
    {
        var learner = Options.Learner == LearnerRegistry.DefaultName
            ? Learner(module, random, threads)
            : LearnerRegistry.Create(Options.Learner, new(module, identity.Options, random, threads));
        learner.Identity = identity;
        return learner;
    }
}
