using Tuning.Algorithms;
using Tuning.Environments;
using Tuning.Learning;
using Tuning.Modules;
using Tuning.Ppo;
using Tuning.Runners;
using Tuning.Training;

namespace Tuning;

/// <summary>
/// Sets up proximal policy optimisation: <c>new PpoConfig().Environment("Pendulum-v1").Training(lr: 3e-4)</c>. Arguments that are
/// left out stay as they are.
/// </summary>
/// <remarks>A builder: its methods change it and return it. See <see cref="PpoOptions"/> for what each option means.</remarks>
public sealed class PpoConfig : AlgorithmConfig
{
    internal const string AlgorithmName = "PPO";

    /// <inheritdoc/>
    public override string Name => AlgorithmName;

    /// <summary>The options as they stand. Setting them replaces all.</summary>
    public PpoOptions Options { get; set; } = new();

    /// <inheritdoc/>
    public override string Env => Options.Env;

    /// <summary>The configuration that parameters describe; what they leave out has its default.</summary>
    /// <param name="parameters">Options by the names of experiment files.</param>
    /// <exception cref="ArgumentException">A name is unknown or a value of the wrong type; the message lists all of them.</exception>
    public static PpoConfig FromParameters(ParameterSet parameters) => new() { Options = OptionsCodec.Bind<PpoOptions>(parameters) };

    /// <summary>Sets the environment.</summary>
    /// <param name="env">Its registered name.</param>
    /// <param name="envConfig">What its factory is handed.</param>
    /// <param name="normalizeActions">Whether the policy's −1 to 1 is stretched to the bounds of the action space.</param>
    /// <param name="clipActions">Whether actions are cut off at these bounds.</param>
    public PpoConfig Environment(string? env = null, ParameterSet? envConfig = null, bool? normalizeActions = null, bool? clipActions = null)
    {
        Options = Options with
        {
            Env = env ?? Options.Env,
            EnvConfig = envConfig ?? Options.EnvConfig,
            NormalizeActions = normalizeActions ?? Options.NormalizeActions,
            ClipActions = clipActions ?? Options.ClipActions,
        };
        return this;
    }

    /// <summary>Sets how training goes. A schedule is given as <c>Schedule.Linear</c>.</summary>
    public PpoConfig Training(
        Schedule? lr = null,
        double? gamma = null,
        double? lambda = null,
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
        double? gradClip = null)
    {
        Options = Options with
        {
            Lr = lr ?? Options.Lr,
            Gamma = gamma ?? Options.Gamma,
            Lambda = lambda ?? Options.Lambda,
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
        };
        return this;
    }

    /// <summary>Sets how experience is collected.</summary>
    /// <param name="numEnvRunners">How many groups of environments there are.</param>
    /// <param name="numEnvsPerEnvRunner">How many environments each group has.</param>
    /// <param name="observationFilter"><c>NoFilter</c> or <c>MeanStdFilter</c>.</param>
    /// <param name="rolloutFragmentLength">Steps per environment in each piece of an iteration.</param>
    /// <param name="explore">Whether actions are drawn; false takes the likeliest.</param>
    public PpoConfig EnvRunners(int? numEnvRunners = null, int? numEnvsPerEnvRunner = null, string? observationFilter = null, int? rolloutFragmentLength = null, bool? explore = null)
    {
        Options = Options with
        {
            NumEnvRunners = numEnvRunners ?? Options.NumEnvRunners,
            NumEnvsPerEnvRunner = numEnvsPerEnvRunner ?? Options.NumEnvsPerEnvRunner,
            ObservationFilter = observationFilter ?? Options.ObservationFilter,
            RolloutFragmentLength = rolloutFragmentLength ?? Options.RolloutFragmentLength,
            Explore = explore ?? Options.Explore,
        };
        return this;
    }

    /// <summary>Sets the networks.</summary>
    /// <param name="fcnetHiddens">Sizes of the hidden layers.</param>
    /// <param name="fcnetActivation"><c>tanh</c>, <c>relu</c>, <c>swish</c> or <c>linear</c>.</param>
    /// <param name="vfShareLayers">Whether policy and value function share the hidden layers.</param>
    /// <param name="freeLogStd">Whether the log standard deviations are parameters of their own.</param>
    public PpoConfig Model(IReadOnlyList<int>? fcnetHiddens = null, string? fcnetActivation = null, bool? vfShareLayers = null, bool? freeLogStd = null)
    {
        var model = Options.Model;
        Options = Options with
        {
            Model = model with
            {
                FcnetHiddens = fcnetHiddens is null ? model.FcnetHiddens : [.. fcnetHiddens],
                FcnetActivation = fcnetActivation ?? model.FcnetActivation,
                VfShareLayers = vfShareLayers ?? model.VfShareLayers,
                FreeLogStd = freeLogStd ?? model.FreeLogStd,
            },
        };
        return this;
    }

    /// <summary>Sets the networks.</summary>
    public PpoConfig RlModule(ModelOptions model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Options = Options with { Model = model };
        return this;
    }

    /// <summary>Sets what is reported.</summary>
    /// <param name="metricsNumEpisodesForSmoothing">Over how many finished episodes returns and lengths are averaged.</param>
    public PpoConfig Reporting(int metricsNumEpisodesForSmoothing)
    {
        Options = Options with { MetricsNumEpisodesForSmoothing = metricsNumEpisodesForSmoothing };
        return this;
    }

    /// <summary>Sets the seed.</summary>
    /// <param name="seed">Not negative; null derives one from the trial's place in the experiment.</param>
    public PpoConfig Debugging(long? seed)
    {
        Options = Options with { Seed = seed };
        return this;
    }

    /// <summary>Adds class callbacks. One instance serves the algorithm and one each environment runner, made per trial by dependency injection.</summary>
    /// <typeparam name="TCallbacks">The class. Its constructor's arguments come from the host's services.</typeparam>
    public PpoConfig Callbacks<TCallbacks>()
        where TCallbacks : AlgorithmCallbacks
    {
        Hooks = Hooks.Add<TCallbacks>();
        return this;
    }

    /// <summary>Adds class callbacks made by a function: for constructors with arguments of one's own. Called as often as <see cref="Callbacks{TCallbacks}()"/> makes instances.</summary>
    public PpoConfig Callbacks(Func<IServiceProvider, AlgorithmCallbacks> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        Hooks = Hooks.Add(factory);
        return this;
    }

    /// <summary>Adds functions, each called at one event. They may be called by several threads and several trials at once; call this again to add more.</summary>
    /// <param name="onAlgorithmInit">The algorithm is made; before its first step: the place for <c>algorithm.RestoreFromPath(dir)</c>.</param>
    /// <param name="onTrainResult">An iteration has ended; the result may be changed.</param>
    /// <param name="onCheckpointLoaded">A checkpoint, or a part of one, was loaded.</param>
    /// <param name="onEnvironmentCreated">A copy of the environment was made.</param>
    /// <param name="onEpisodeCreated">An episode is about to begin.</param>
    /// <param name="onEpisodeStart">An episode has begun.</param>
    /// <param name="onEpisodeStep">A step was taken.</param>
    /// <param name="onEpisodeEnd">An episode has ended.</param>
    /// <param name="onSampleEnd">A runner has filled its part of the batch.</param>
    public PpoConfig Callbacks(
        Action<Algorithm>? onAlgorithmInit = null,
        Action<Algorithm, Metrics>? onTrainResult = null,
        Action<Algorithm>? onCheckpointLoaded = null,
        Action<EnvRunner, IEnvironment, EnvironmentContext>? onEnvironmentCreated = null,
        Action<EnvRunner, Episode>? onEpisodeCreated = null,
        Action<EnvRunner, Episode>? onEpisodeStart = null,
        Action<EnvRunner, Episode>? onEpisodeStep = null,
        Action<EnvRunner, Episode>? onEpisodeEnd = null,
        Action<EnvRunner, RolloutBuffer>? onSampleEnd = null)
    {
        Hooks = Hooks.Add(new DelegateCallbacks
        {
            AlgorithmInit = onAlgorithmInit,
            TrainResult = onTrainResult,
            CheckpointLoaded = onCheckpointLoaded,
            EnvironmentCreated = onEnvironmentCreated,
            EpisodeCreated = onEpisodeCreated,
            EpisodeStart = onEpisodeStart,
            EpisodeStep = onEpisodeStep,
            EpisodeEnd = onEpisodeEnd,
            SampleEnd = onSampleEnd,
        });
        return this;
    }

    /// <summary>A search space over these options, to which domains are added: <c>ppo.Space().Add(c =&gt; c.Lr, Domain.LogUniform(1e-5, 1e-3))</c>. The space wins over the configuration.</summary>
#pragma warning disable CA1822 // It belongs to this configuration, whose other options stand below the space.
    public SearchSpace<PpoOptions> Space() => new();
#pragma warning restore CA1822

    /// <summary>A configuration of its own with the same content.</summary>
    public PpoConfig Copy() => new() { Options = Options, Hooks = Hooks };

    /// <inheritdoc/>
    public override ParameterSet ToParameters() => OptionsCodec.ToParameters(Options);

    /// <inheritdoc/>
    public override TrainableDefinition ToTrainable(string? name = null) => new PpoDefinition(Copy(), name ?? Name);

    /// <inheritdoc/>
    internal override Algorithm Create(AlgorithmContext context)
    {
        var issues = PpoValidation.Check(Options);
        return issues.Count == 0
            ? new PpoAlgorithm(Copy(), context)
            : throw new ArgumentException(string.Join(" ", issues.Select(i => $"{i.Path} {i.Message}.")));
    }
}
