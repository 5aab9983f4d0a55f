namespace Tuning.Programs;

/// <summary>The environment variables that a program is told things by.</summary>
internal static class ProgramVariables
{
    public const string Config = "TUNER_CONFIG";
    public const string Socket = "TUNER_SOCKET";
    public const string MetricsFile = "TUNER_METRICS";
    public const string TrialDirectory = "TUNER_TRIAL_DIR";
    public const string TrialId = "TUNER_TRIAL_ID";
    public const string Checkpoint = "TUNER_CHECKPOINT";
    public const string Seed = "TUNER_SEED";
    public const string Token = "TUNER_RUN";
}
