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
        string? gradClipBy = null,
        int? gsdeSampleFreq = null)
    {
        Options = Options with
        {
            Lr = lr ?? Options.Lr,
            Gamma = gamma ?? Options.Gamma,
            Lambda = lambda ?? Options.Lambda,
            UseGae = useGae ?? Options.UseGae,
            TrainBatchSize = trainBatchSize ?? Options.TrainBatchSize,
            MinibatchSize = minibatchSize ?? Options.MinibatchSize,
            NumEpochs = numEpochs ?? Options.NumEpochs,
            ShuffleBatchPerEpoch = shuffleBatchPerEpoch ?? Options.ShuffleBatchPerEpoch,
            UseCritic = useCritic ?? Options.UseCritic,
            UseKlLoss = useKlLoss ?? Options.UseKlLoss,
            KlCoeff = klCoeff ?? Options.KlCoeff,
            KlTarget = klTarget ?? Options.KlTarget,
            VfLossCoeff = vfLossCoeff ?? Options.VfLossCoeff,
            EntropyCoeff = entropyCoeff ?? Options.EntropyCoeff,
            ClipParam = clipParam ?? Options.ClipParam,
            VfClipParam = vfClipParam ?? Options.VfClipParam,
            GradClip = gradClip ?? Options.GradClip,
            GradClipBy = gradClipBy ?? Options.GradClipBy,
            GsdeSampleFreq = gsdeSampleFreq ?? Options.GsdeSampleFreq,
        };
        return this;
    }

    /// <inheritdoc/>
    private protected override void CheckOwn(OptionRules rules) => rules.Require(
        "minibatch_size",
        Options.MinibatchSize <= Options.TrainBatchSize || !rules.IsFine("minibatch_size") || !rules.IsFine("train_batch_size"),
        $"is {Options.MinibatchSize}; it must be at most train_batch_size, which is {Options.TrainBatchSize}");

    /// <inheritdoc/>
    internal override AlgorithmConfig? WarmUp() => Options.Module != ModuleRegistry.DefaultName || Options.Learner != LearnerRegistry.DefaultName ? null
        : new PpoConfig
        {
            Options = Options with
            {
                Env = AlgorithmWarmUp.StandIn(Options.Env),
                EnvConfig = ParameterSet.Empty,
                EnvToModuleConnectors = [],
                EvaluationInterval = null,
                EvaluationConfig = null,
                NumEnvRunners = 1,
                NumEnvsPerEnvRunner = 4,
                RolloutFragmentLength = null,
                TrainBatchSize = 256,
                MinibatchSize = 32,
                NumEpochs = 8,
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
        Exploration = Options.HasGsde ? () => new GsdeExploration(Options.GsdeSampleFreq) : static () => new StochasticExploration(),
        Refuses = PpoLearners.Refuses,
        Learner = (module, random, threads) => module.CreatePpoLearner(Options.ToLearnerOptions(), random, threads),
    };
}
