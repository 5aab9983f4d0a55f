namespace Tuning;

/// <summary>
/// Sets up Q-learning with a network and replay: <c>new DqnConfig().Environment("CartPole-v1").Training(lr: 5e-4)</c>. Arguments that are
/// left out stay as they are. For environments with a <see cref="Discrete"/> action space.
/// </summary>
/// <remarks>A builder: its methods change it and return it. See <see cref="DqnOptions"/> for what each option means.</remarks>
public sealed class DqnConfig : AlgorithmConfig<DqnConfig, DqnOptions>
{
    internal const string AlgorithmName = "DQN";

    /// <inheritdoc/>
    public override string Name => AlgorithmName;

    /// <summary>Sets how training goes. A schedule is given as <c>Schedule.Linear</c>.</summary>
    public DqnConfig Training(
        Schedule? lr = null,
        double? gamma = null,
        int? trainBatchSize = null,
        double? gradClip = null,
        GradientClipping? gradClipBy = null,
        double? adamEpsilon = null,
        Schedule? epsilon = null,
        bool? doubleQ = null,
        bool? dueling = null,
        StepRange? nStep = null,
        long? targetNetworkUpdateFreq = null,
        double? tau = null,
        long? numStepsSampledBeforeLearningStarts = null,
        double? trainingIntensity = null,
        TdErrorLoss? tdErrorLossFn = null,
        ReplayOptions? replayBufferConfig = null,
        bool? storeBufferInCheckpoints = null,
        IReadOnlyList<int>? hiddens = null)
    {
        Options = Options with
        {
            LearningRate = lr ?? Options.LearningRate,
            Gamma = gamma ?? Options.Gamma,
            TrainBatchSize = trainBatchSize ?? Options.TrainBatchSize,
            GradientClip = gradClip ?? Options.GradientClip,
            GradientClipBy = gradClipBy ?? Options.GradientClipBy,
            AdamEpsilon = adamEpsilon ?? Options.AdamEpsilon,
            Epsilon = epsilon ?? Options.Epsilon,
            DoubleQ = doubleQ ?? Options.DoubleQ,
            Dueling = dueling ?? Options.Dueling,
            NStep = nStep ?? Options.NStep,
            TargetNetworkUpdateFrequency = targetNetworkUpdateFreq ?? Options.TargetNetworkUpdateFrequency,
            Tau = tau ?? Options.Tau,
            StepsBeforeLearningStarts = numStepsSampledBeforeLearningStarts ?? Options.StepsBeforeLearningStarts,
            TrainingIntensity = trainingIntensity ?? Options.TrainingIntensity,
            TdErrorLoss = tdErrorLossFn ?? Options.TdErrorLoss,
            ReplayBufferConfig = replayBufferConfig ?? Options.ReplayBufferConfig,
            StoreBufferInCheckpoints = storeBufferInCheckpoints ?? Options.StoreBufferInCheckpoints,
            Hiddens = hiddens is null ? Options.Hiddens : [.. hiddens],
        };
        return this;
    }

    /// <inheritdoc/>
    protected override void CheckOptions(OptionRules rules)
    {
        AlgorithmValidation.CheckSteps(Options, Name, rules);
        AlgorithmValidation.CheckReplay(Options.ReplayBufferConfig, rules);
        AlgorithmValidation.CheckLayers("hiddens", [.. Options.Model.HiddenLayers.TakeLast(1), .. Options.Hiddens], rules);
        rules.Require("n_step", Options.NStep.Most >= Options.NStep.Least || !rules.IsFine("n_step"),
            $"is {Options.NStep}; it must be a number, or a range [least, most]");
        rules.Require("epsilon", !Options.ExplorationConfig.GivesEpsilon || Options.Epsilon.Equals(new DqnOptions().Epsilon),
            $"is {Options.Epsilon}, and exploration_config speaks of ε, too; keep one of them");
    }

    /// <inheritdoc/>
    protected internal override AlgorithmBlueprint Blueprint()
    {
        var options = Options;
        return new()
        {
            LearnerClass = "DqnLearner",
            LearnerMetrics = ManagedDqnLearner.Metrics,
            StepsPerEnvironment = options.StepsPerEnvironment,
            ActionDistribution = space => space is Discrete discrete
                ? Distributions.ActionDistribution.Categorical(discrete.N)
                : throw new ArgumentException(
                    $"DQN chooses among the numbers of a Discrete action space; the actions of {options.Environment} are {space}. PPO " +
                    $"takes those, and SAC those of a Box."),
            Exploration = options.ToExploration,
            EvaluationExplore = false,
            DefaultModule = ModuleRegistry.DefaultDqnName,
            Specify = spec => spec with { Dueling = options.Dueling, Hiddens = options.Hiddens },
            Refuses = module => module is DefaultDqnModule ? null
                : $"is a {module.GetType().Name}, and DQN's learner trains a {nameof(DefaultDqnModule)}; register a learner of your own for it, and name it " +
                $"under learner",
            Learner = (module, random, _) => new ManagedDqnLearner((DefaultDqnModule)module, options, random),
        };
    }
}
