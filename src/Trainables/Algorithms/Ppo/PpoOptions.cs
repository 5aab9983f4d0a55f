using System.Text.Json.Serialization;
using Tuning.Algorithms;
using Tuning.Learning;
using Tuning.Modules;

namespace Tuning;

/// <summary>
/// The parameters of PPO: their names in snake_case are those of experiment files, and mean what RLlib's mean; the defaults are
/// RLlib's. Immutable.
/// </summary>
/// <remarks>Set them through <see cref="PpoConfig"/>; select them for a search space with <c>ppo.Space().Add(c =&gt; c.Lr, …)</c>.</remarks>
public sealed record PpoOptions
{
    /// <summary>The registered name of the environment.</summary>
    /// <value>Default: none; it must be given.</value>
    public string Env { get; init; } = "";

    /// <summary>What the environment's factory is handed.</summary>
    /// <value>Default: empty.</value>
    [JsonConverter(typeof(ParameterSetConverter))]
    public ParameterSet EnvConfig { get; init; } = ParameterSet.Empty;

    /// <summary>How many groups of environments there are; groups run in parallel. 0 means one, as in RLlib.</summary>
    /// <value>Default: 2; 0 to 10,000.</value>
    public int NumEnvRunners { get; init; } = 2;

    /// <summary>How many environments each group steps together.</summary>
    /// <value>Default: 1; 1 to 100,000.</value>
    public int NumEnvsPerEnvRunner { get; init; } = 1;

    /// <summary>
    /// Steps per environment in each piece of an iteration; null (in files <c>auto</c>) is the smallest number that reaches
    /// <see cref="TrainBatchSize"/>. A number is repeated until the batch is reached.
    /// </summary>
    /// <value>Default: null; else at least 1.</value>
    [JsonConverter(typeof(AutoNumberConverter))]
    public int? RolloutFragmentLength { get; init; }

    /// <summary>How a sample ends: <c>truncate_episodes</c> only; an episode goes on in the next iteration.</summary>
    public string BatchMode { get; init; } = "truncate_episodes";

    /// <summary>Whether actions are drawn from the policy's distribution; false takes the likeliest, from which little is learnt.</summary>
    /// <value>Default: true.</value>
    public bool Explore { get; init; } = true;

    /// <summary><c>NoFilter</c>, or <c>MeanStdFilter</c>: observations are standardised with their running mean and deviation.</summary>
    /// <value>Default: NoFilter.</value>
    public string ObservationFilter { get; init; } = "NoFilter";

    /// <summary>Whether the policy's actions count as standardised, −1 to 1, and are stretched to the bounds of the action space.</summary>
    /// <value>Default: true.</value>
    public bool NormalizeActions { get; init; } = true;

    /// <summary>Whether actions are cut off at the bounds of the action space; of no effect beside <see cref="NormalizeActions"/>.</summary>
    /// <value>Default: false.</value>
    public bool ClipActions { get; init; }

    /// <summary>Over how many finished episodes returns and lengths are averaged.</summary>
    /// <value>Default: 100; at least 1.</value>
    public int MetricsNumEpisodesForSmoothing { get; init; } = 100;

    /// <summary>The learning rate: a number, or <c>[[step, value], …]</c> by lifetime steps, linear between the points.</summary>
    /// <value>Default: 5e-5; not negative.</value>
    public Schedule Lr { get; init; } = 5e-5;

    /// <summary>How much a reward counts one step earlier.</summary>
    /// <value>Default: 0.99; 0 to 1.</value>
    public double Gamma { get; init; } = 0.99;

    /// <summary>The λ of generalised advantage estimation.</summary>
    /// <value>Default: 1; 0 to 1.</value>
    public double Lambda { get; init; } = 1.0;

    /// <summary>Environment steps per iteration: each environment takes the smallest whole number of steps that reaches it together, and all are trained on.</summary>
    /// <value>Default: 4000; at least 1.</value>
    public int TrainBatchSize { get; init; } = 4000;

    /// <summary>Rows per gradient step; the last of an epoch may have fewer.</summary>
    /// <value>Default: 128; 1 to <see cref="TrainBatchSize"/>.</value>
    public int MinibatchSize { get; init; } = 128;

    /// <summary>How often each batch is gone through.</summary>
    /// <value>Default: 30; at least 1.</value>
    public int NumEpochs { get; init; } = 30;

    /// <summary>Whether each epoch takes the rows in a new order.</summary>
    /// <value>Default: true.</value>
    public bool ShuffleBatchPerEpoch { get; init; } = true;

    /// <summary>Whether there is a value function.</summary>
    /// <value>Default: true.</value>
    public bool UseCritic { get; init; } = true;

    /// <summary>Whether advantages are generalised advantage estimates: true only.</summary>
    public bool UseGae { get; init; } = true;

    /// <summary>Whether the divergence from the old policy is penalised.</summary>
    /// <value>Default: true.</value>
    public bool UseKlLoss { get; init; } = true;

    /// <summary>The first coefficient of that penalty; it is adapted after each iteration.</summary>
    /// <value>Default: 0.2; not negative.</value>
    public double KlCoeff { get; init; } = 0.2;

    /// <summary>The divergence at which the adaption aims.</summary>
    /// <value>Default: 0.01; above 0.</value>
    public double KlTarget { get; init; } = 0.01;

    /// <summary>Weight of the value function's loss.</summary>
    /// <value>Default: 1; not negative.</value>
    public double VfLossCoeff { get; init; } = 1.0;

    /// <summary>Weight of the entropy bonus: a number or <c>[[step, value], …]</c>.</summary>
    /// <value>Default: 0; not negative.</value>
    public Schedule EntropyCoeff { get; init; } = 0.0;

    /// <summary>How far the probability ratio may leave 1: a number or <c>[[step, value], …]</c>.</summary>
    /// <value>Default: 0.3; not negative.</value>
    public Schedule ClipParam { get; init; } = 0.3;

    /// <summary>The bound of the <em>squared</em> error of the value function; beyond it the value function does not learn.</summary>
    /// <value>Default: 10; above 0, infinity for none.</value>
    public double VfClipParam { get; init; } = 10.0;

    /// <summary>The bound of the gradients; null for none.</summary>
    /// <value>Default: null; else above 0.</value>
    public double? GradClip { get; init; }

    /// <summary>What <see cref="GradClip"/> bounds: <c>global_norm</c> only, the norm over all parameters.</summary>
    public string GradClipBy { get; init; } = "global_norm";

    /// <summary>How many learners there are: 0 or 1, which is the same here.</summary>
    public int NumLearners { get; init; }

    /// <summary>The seed of this algorithm; null derives one from the trial's place in the experiment.</summary>
    /// <value>Default: null; else not negative.</value>
    public long? Seed { get; init; }

    /// <summary>The registered name of the module that is trained.</summary>
    /// <value>Default: the networks of full layers that <see cref="Model"/> describes.</value>
    public string Module { get; init; } = ModuleRegistry.DefaultName;

    /// <summary>The networks.</summary>
    public ModelOptions Model { get; init; } = new();

    /// <summary>Groups of environments, at least one.</summary>
    internal int Runners => Math.Max(1, NumEnvRunners);

    /// <summary>Environments of all groups.</summary>
    internal int Environments => checked(Runners * NumEnvsPerEnvRunner);

    /// <summary>Steps of each environment per iteration.</summary>
    internal int StepsPerEnvironment
    {
        get
        {
            var piece = RolloutFragmentLength ?? 1;
            var perPiece = (long)Environments * piece;
            return checked((int)((TrainBatchSize + perPiece - 1) / perPiece) * piece);
        }
    }

    /// <summary>Steps of all environments per iteration.</summary>
    internal long StepsPerIteration => (long)StepsPerEnvironment * Environments;

    /// <summary>What the learner needs of these.</summary>
    internal PpoLearnerOptions ToLearnerOptions() => new()
    {
        LearningRate = Lr,
        Gamma = Gamma,
        Lambda = Lambda,
        MinibatchSize = MinibatchSize,
        NumEpochs = NumEpochs,
        ShuffleBatchPerEpoch = ShuffleBatchPerEpoch,
        UseCritic = UseCritic,
        UseKlLoss = UseKlLoss,
        KlCoeff = KlCoeff,
        KlTarget = KlTarget,
        VfLossCoeff = VfLossCoeff,
        EntropyCoeff = EntropyCoeff,
        ClipParam = ClipParam,
        VfClipParam = VfClipParam,
        GradClip = GradClip,
    };
}
