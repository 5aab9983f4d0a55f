using System.Diagnostics;

namespace Tuning.Running;

/// <summary>The words by which the journal names the values of enumerations: never their numbers, which may change.</summary>
internal static class JournalWords
{
    /// <summary>The word for a stop that is the scheduler's.</summary>
    public const string Prune = "prune";

    /// <summary>The word for a verdict.</summary>
    public static string Of(Verdict verdict) => verdict switch
    {
        Verdict.Continue => "continue",
        Verdict.Pause => "pause",
        Verdict.Stop => "stop",
        Verdict.Exploit => "exploit",
        Verdict.Interrupt => "interrupt",
        _ => throw new UnreachableException(),
    };

    /// <summary>The verdict of a word.</summary>
    public static Verdict ToVerdict(string? word) => word switch
    {
        "continue" => Verdict.Continue,
        "pause" => Verdict.Pause,
        "stop" or Prune => Verdict.Stop,
        "exploit" => Verdict.Exploit,
        "interrupt" => Verdict.Interrupt,
        _ => throw new FormatException($"'{word}' is no verdict"),
    };

    /// <summary>The word for what becomes of failed trials.</summary>
    public static string Of(ErroredTrials errored) => errored switch
    {
        ErroredTrials.Skip => "skip",
        ErroredTrials.Resume => "resume",
        ErroredTrials.Restart => "restart",
        _ => throw new UnreachableException(),
    };

    /// <summary>What becomes of failed trials, by its word.</summary>
    public static ErroredTrials ToErrored(string? word) => word switch
    {
        "skip" => ErroredTrials.Skip,
        "resume" => ErroredTrials.Resume,
        "restart" => ErroredTrials.Restart,
        _ => throw new FormatException($"'{word}' says nothing about failed trials"),
    };
}
