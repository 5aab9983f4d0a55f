namespace Tuning.Schedulers;

/// <summary>Reads time and objective of reports, and words them. Scores are larger where better, whatever the mode; NaN stands for absent.</summary>
internal sealed class ScoreReader(Objective objective, string timeAttr)
{
    /// <summary>Path of the metric of time.</summary>
    public string TimeAttr => timeAttr;

    /// <summary>How a worse value lies to a better one, for a person.</summary>
    public string Worse => objective.Mode == Mode.Max ? "below" : "above";

    /// <summary>The time of a report; NaN when it has none.</summary>
    public double TimeOf(TrialReport report) => report.Value(timeAttr) ?? double.NaN;

    /// <summary>The score of a report; NaN when the objective is absent or NaN.</summary>
    public double ScoreOf(TrialReport report) => objective.Score(report.Value(objective.Metric));

    /// <summary>Whether a report has the objective at all, NaN included.</summary>
    public bool Has(TrialReport report) => report.Value(objective.Metric) is not null;

    /// <summary>A score as the value that was reported, for a person.</summary>
    public string Text(double score) => NumberText.Of(Value(score));

    /// <summary>Two scores as the values that were reported, with as few digits as tell them apart. Equal ones read the same.</summary>
    public (string First, string Second) Texts(double first, double second) => NumberText.Apart(Value(first), Value(second));

    /// <summary><c>0.71 is below the cutoff 0.83</c>.</summary>
    public string IsWorse(double score, string what, double limit)
    {
        var (own, other) = Texts(score, limit);
        return $"{own} is {Worse} {what} {other}";
    }

    /// <summary>A time or milestone, all digits.</summary>
    public static string Time(double time) => NumberText.Exact(time);

    /// <summary>The reported value of a score.</summary>
    public double Value(double score) => objective.Mode == Mode.Max ? score : 0 - score;

    /// <summary>So many trials, in words.</summary>
    public static string Count(int trials) => trials == 1 ? "1 trial" : $"{trials} trials";

    /// <summary>The end of a trial that has run as long as any may.</summary>
    public SchedulerDecision.Stop AtMost(double maxT, double time, TrialReport report) =>
        new(report.Trial, $"stopped at max_t {Time(maxT)}: {TimeAttr} is {Time(time)}") { Completes = true };
}
