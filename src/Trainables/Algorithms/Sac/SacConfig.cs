namespace Tuning;

/// <summary>
/// Sets up soft actor-critic: <c>new SacConfig().Environment("Pendulum-v1").Training(actorLr: 1e-3, criticLr: 1e-3)</c>. Arguments that are
/// left out stay as they are.
/// </summary>
/// <remarks>A builder: its methods change it and return it. See <see cref="SacOptions"/> for what each option means.</remarks>
public sealed class SacConfig : AlgorithmConfig<SacConfig, SacOptions>
{
    internal const string AlgorithmName = "SAC";

    /// <inheritdoc/>
    public override string Name => AlgorithmName;

    /// <summary>Sets how training goes. A schedule is given as <c>Schedule.Linear</c>.</summary>
    public SacConfig Training(
        Schedule? actorLr = null,
        Schedule? criticLr = null,
        Schedule? alphaLr = null,
        double? gamma = null,
        int? trainBatchSize = null,
        bool? twinQ = null,
        double? tau = null,
        int? targetNetworkUpdateFreq = null,
        double? initialAlpha = null,
        double? targetEntropy = null,
        int? nStep = null,
        TdErrorLoss? tdErrorLossFn = null,
        long? numStepsSampledBeforeLearningStarts = null,
        long? randomTimesteps = null,
        double? trainingIntensity = null,
        double? gradClip = null,
        GradientClipping? gradClipBy = null,
        ReplayOptions? replayBufferConfig = null,
        bool? storeBufferInCheckpoints = null)
    {
        Options = Options with
        {
            ActorLearningRate = actorLr ?? Options.ActorLearningRate,
            CriticLearningRate = criticLr ?? Options.CriticLearningRate,
            AlphaLearningRate = alphaLr ?? Options.AlphaLearningRate,
            Gamma = gamma ?? Options.Gamma,
            TrainBatchSize = trainBatchSize ?? Options.TrainBatchSize,
            TwinQ = twinQ ?? Options.TwinQ,
            Tau = tau ?? Options.Tau,
            TargetNetworkUpdateFrequency = targetNetworkUpdateFreq ?? Options.TargetNetworkUpdateFrequency,
            InitialAlpha = initialAlpha ?? Options.InitialAlpha,
            TargetEntropy = targetEntropy ?? Options.TargetEntropy,
            NStep = nStep ?? Options.NStep,
            TdErrorLoss = tdErrorLossFn ?? Options.TdErrorLoss,
            StepsBeforeLearningStarts = numStepsSampledBeforeLearningStarts ?? Options.StepsBeforeLearningStarts,
            ExplorationConfig = randomTimesteps is { } steps ? Options.ExplorationConfig with { RandomTimesteps = steps } : Options.ExplorationConfig,
            TrainingIntensity = trainingIntensity ?? Options.TrainingIntensity,
            GradientClip = gradClip ?? Options.GradientClip,
            GradientClipBy = gradClipBy ?? Options.GradientClipBy,
            ReplayBufferConfig = replayBufferConfig ?? Options.ReplayBufferConfig,
            StoreBufferInCheckpoints = storeBufferInCheckpoints ?? Options.StoreBufferInCheckpoints,
        };
        return this;
    }

    /// <summary>Sets the networks.</summary>
    /// <param name="policy">Of the policy.</param>
    /// <param name="q">Of the values.</param>
    /// <param name="gsdeSampleFreq">Steps after which state-dependent noise is drawn anew; −1 when a training step begins.</param>
    public SacConfig Networks(SacPolicyModelOptions? policy = null, SacModelOptions? q = null, int? gsdeSampleFreq = null)
    {
        Options = Options with
        {
            PolicyModelConfig = policy ?? Options.PolicyModelConfig,
            QModelConfig = q ?? Options.QModelConfig,
            GsdeSampleFrequency = gsdeSampleFreq ?? Options.GsdeSampleFrequency,
        };
        return this;
    }

    /// <inheritdoc/>
    protected override void CheckOptions(OptionRules rules)
    {
        AlgorithmValidation.CheckSteps(Options, Name, rules);
        AlgorithmValidation.CheckReplay(Options.ReplayBufferConfig, rules);
        AlgorithmValidation.CheckLayers("policy_model_config.fcnet_hiddens", Options.PolicyModelConfig.HiddenLayers, rules);
        AlgorithmValidation.CheckLayers("q_model_config.fcnet_hiddens", Options.QModelConfig.HiddenLayers, rules);
        rules.Require("lr", Options.LearningRate.Equals(new SacOptions().LearningRate),
            $"is {Options.LearningRate}; SAC has three learning rates: set actor_lr, critic_lr and alpha_lr");
        rules.Require("model", OptionSchema.Of(typeof(ModelOptions)).Difference(Options.Model, new ModelOptions()).Count == 0,
            "is given; SAC's networks are described by policy_model_config and q_model_config");
        rules.Require("target_entropy", Options.TargetEntropy is null || double.IsFinite(Options.TargetEntropy.Value),
            $"is {Options.TargetEntropy}; it must be a finite number, or auto");
        SpaceRules.CheckGsde(Options, "policy_model_config.use_gsde", Options.PolicyModelConfig.UseGsde, rules);
    }

    /// <inheritdoc/>
    protected internal override AlgorithmBlueprint Blueprint() => new()
    {
        LearnerClass = "SacLearner",
        LearnerMetrics = ManagedSacLearner.Metrics(Options.TwinQ),
        StepsPerEnvironment = Options.StepsPerEnvironment,
        DefaultModule = ModuleRegistry.DefaultSacName,
        ActionDistribution = DistributionOver,
        Exploration = MakeExploration,
        Specify = spec => spec with
        {
            Model = ReferenceEquals(spec.Model, Options.Model) ? Options.PolicyModelConfig.ToModelOptions() : spec.Model,
            QModel = Options.QModelConfig.ToModelOptions(),
            TwinQ = Options.TwinQ,
        },
        Refuses = module => module is DefaultSacModule ? null
            : $"is a {module.GetType().Name}, and SAC's learner trains a {nameof(DefaultSacModule)}; register a learner of your own for it, and name it " +
            $"under learner",
        Learner = (module, random, threads) => new ManagedSacLearner((DefaultSacModule)module, Options, random, threads),
    };

    private ActionDistribution DistributionOver(Space space) => space switch
    {
        Discrete => ActionDistribution.For(space),
        Box box when box.IsBounded || !Options.NormalizeActions => ActionDistribution.SquashedGaussian(space.Size),
        Box => throw new ArgumentException(
            $"SAC draws each number of an action from -1 to 1 and stretches it to the bounds of the box; the actions of {Options.Environment} are {space}. " +
                $"Give the " +
                $"box bounds, or set normalize_actions to false if the environment takes numbers from -1 to 1."),
        _ => throw new ArgumentException(
            $"SAC takes the numbers of a Box or a choice of a Discrete action space; the actions of {Options.Environment} are {space}. PPO takes those."),
    };

    private Exploration MakeExploration()
    {
        Exploration exploration = Options.PolicyModelConfig.UseGsde ? new GsdeExploration(Options.GsdeSampleFrequency) : new StochasticExploration();
        return Options.ExplorationConfig.RandomTimesteps > 0 ? new RandomWarmUpExploration(exploration, Options.ExplorationConfig.RandomTimesteps)
            : exploration;
    }
}
