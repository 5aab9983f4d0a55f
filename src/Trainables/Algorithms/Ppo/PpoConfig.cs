namespace Tuning;

/// <summary>
/// Sets up proximal policy optimisation: <c>new PpoConfig().Environment("Pendulum-v1").Training(lr: 3e-4)</c>. Arguments that are
/// left out stay as they are.
/// </summary>
/// <remarks>A builder: its methods change it and return it. See <see cref="PpoOptions"/> for what each option means.</remarks>
public sealed class PpoConfig : AlgorithmConfig<PpoConfig, PpoOptions>
{
    internal const string AlgorithmName = "PPO";

    /// <inheritdoc/>
    public override string Name => AlgorithmName;

    /// <summary>Sets how training goes. A schedule is given as <c>Schedule.Linear</c>.</summary>
    public PpoConfig Training(
        Schedule? lr = null,
        double? gamma = null,
        double? lambda = null,
        bool? useGae = null,
        int? trainBatchSize = null,
        int? minibatchSize = null,
        int? numEpochs = null,
        bool? shuffleBatchPerEpoch = null,
        bool? useCritic = null,
        bool? useKlLoss = null,
        double? klCoeff = null,
        double? klTarget = null,
        double? vfLossCoeff = null,
        Schedule? entropyCoeff = null,
        Schedule? clipParam = null,
        double? vfClipParam = null,
        double? gradClip = null,
        GradientClipping? gradClipBy = null,
        int? gsdeSampleFreq = null)
    {
        Options = Options with
        {
            LearningRate = lr ?? Options.LearningRate,
            Gamma = gamma ?? Options.Gamma,
            Lambda = lambda ?? Options.Lambda,
            UseGae = useGae ?? Options.UseGae,
            TrainBatchSize = trainBatchSize ?? Options.TrainBatchSize,
            MinibatchSize = minibatchSize ?? Options.MinibatchSize,
            Epochs = numEpochs ?? Options.Epochs,
            ShuffleBatchPerEpoch = shuffleBatchPerEpoch ?? Options.ShuffleBatchPerEpoch,
            UseCritic = useCritic ?? Options.UseCritic,
            UseKlLoss = useKlLoss ?? Options.UseKlLoss,
            KlCoefficient = klCoeff ?? Options.KlCoefficient,
            KlTarget = klTarget ?? Options.KlTarget,
            ValueLossCoefficient = vfLossCoeff ?? Options.ValueLossCoefficient,
            EntropyCoefficient = entropyCoeff ?? Options.EntropyCoefficient,
            ClipParameter = clipParam ?? Options.ClipParameter,
            ValueClipParameter = vfClipParam ?? Options.ValueClipParameter,
            GradientClip = gradClip ?? Options.GradientClip,
            GradientClipBy = gradClipBy ?? Options.GradientClipBy,
            GsdeSampleFrequency = gsdeSampleFreq ?? Options.GsdeSampleFrequency,
        };
        return this;
    }

    /// <inheritdoc/>
    protected override void CheckOptions(OptionRules rules)
    {
        rules.AtMost("num_epochs", Options.Epochs, 100_000);
        rules.Require(
            "minibatch_size",
            Options.MinibatchSize <= Options.TrainBatchSize || !rules.IsFine("minibatch_size") || !rules.IsFine("train_batch_size"),
            $"is {Options.MinibatchSize}; it must be at most train_batch_size, which is {Options.TrainBatchSize}. Where one of them is searched, leave such " +
                $"configurations out: constraints: [\"minibatch_size <= train_batch_size\"]");
    }

    /// <inheritdoc/>
    internal override AlgorithmConfig? WarmUp() => Options.Module != ModuleRegistry.DefaultName || Options.Learner != LearnerRegistry.DefaultName ? null
        : new PpoConfig
        {
            Options = Options with
            {
                Environment = AlgorithmWarmUp.StandIn(Options.Environment),
                EnvironmentConfig = ParameterSet.Empty,
                EnvironmentToModuleConnectors = [],
                EvaluationInterval = null,
                EvaluationConfig = null,
                EnvironmentRunners = 1,
                EnvironmentsPerRunner = 4,
                RolloutFragmentLength = null,
                TrainBatchSize = 256,
                MinibatchSize = 32,
                Epochs = 8,
                MinSampleTimestepsPerIteration = 0,
                MultiAgent = null,
                Seed = 0,
            },
        };

    /// <inheritdoc/>
    protected internal override AlgorithmBlueprint Blueprint() => new()
    {
        LearnerClass = "PpoLearner",
        LearnerMetrics = PpoLearnerMetrics.Names,
        Exploration = Options.HasGsde ? () => new GsdeExploration(Options.GsdeSampleFrequency) : static () => new StochasticExploration(),
        Refuses = PpoLearners.Refuses,
        Learner = (module, random, threads) => module.CreatePpoLearner(Options, random, threads),
    };
}
