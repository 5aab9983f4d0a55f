namespace Tuning.Reporting;

/// <summary>An experiment's progress at one moment. Immutable.</summary>
internal sealed record ProgressSnapshot
{
    private const int MaxParameters = 30;

    /// <summary>The experiment.</summary>
    public required ExperimentInfo Experiment { get; init; }

    /// <summary>How long this session has been running.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>About how long it will go on; null when that is not known.</summary>
    public required TimeSpan? Left { get; init; }

    /// <summary>How many reports this session has seen.</summary>
    public required long Reports { get; init; }

    /// <summary>Reports per second, over the last ten seconds.</summary>
    public required double ReportsPerSecond { get; init; }

    /// <summary>How many trials stand where, by <see cref="TrialView.Words"/>.</summary>
    public required int[] Counts { get; init; }

    /// <summary>The trials to show.</summary>
    public required IReadOnlyList<TrialView> Rows { get; init; }

    /// <summary>How many of them are not among <see cref="Rows"/>.</summary>
    public required int[] Hidden { get; init; }

    /// <summary>The best trial so far; null before one reported the objective.</summary>
    public required TrialView? Best { get; init; }

    /// <summary>How much of the experiment is done, from 0 to 1; null when that is not known.</summary>
    public double? Share { get; init; }

    /// <summary>The best of the trials that run, by their last values; null where fewer than two run, or none has a value.</summary>
    public TrialView? Leader { get; init; }

    /// <summary><c>1 pending, 2 running, 1 completed of 10 trials</c>.</summary>
    public string CountsText()
    {
        var parts = Describe(Counts);
        var sum = Counts.Sum();
        var all = Experiment.TotalTrials is { } total && total > sum ? $"{(parts.Length > 0 ? parts + " of " : "")}{Readable.Count(total, "trial")}" : parts;
        return all.Length > 0 ? all : "no trials yet";
    }

    /// <summary><c>… and 5 more running, 3 completed</c>; null when all are shown.</summary>
    public string? HiddenText() => Describe(Hidden, " more") is { Length: > 0 } text ? "… and " + text : null;

    /// <summary>Elapsed time, time left, rate.</summary>
    public string TimeText() =>
        $"{Readable.Duration(Elapsed)}{(Left is { } left ? $", about {Readable.Duration(left)} left" : "")}, " +
            $"{Readable.Number(Math.Round(ReportsPerSecond, ReportsPerSecond < 10 ? 1 : 0))} results/s";

    /// <summary><c>best 00002 loss=0.1 with lr=0.003 layers=2</c>; null before there is one.</summary>
    public string? BestText() => Best is null ? null
        : $"{(Best.IsFeasible ? "best" : "none is feasible; closest")} {Best.Id} " +
            $"{Readable.LastPart(Experiment.Objectives[0].Metric, '/')}={Readable.Number(Best.Standing)}{ParametersText(Best, " with ")}";

    /// <summary><c>leads 00003 loss=0.2 with lr=0.01 layers=4</c>; null where nobody does.</summary>
    public string? LeaderText() => Leader is null ? null
        : $"leads {Leader.Id} {Readable.LastPart(Experiment.Objectives[0].Metric, '/')}={Readable.Number(Leader.Objective)}{ParametersText(Leader, " with ")}";

    /// <summary>With fewer rows.</summary>
    public ProgressSnapshot Fit(int rows)
    {
        if (rows >= Rows.Count)
        {
            return this;
        }

        var hidden = (int[])Hidden.Clone();
        foreach (var trial in Rows.Skip(rows))
        {
            hidden[(int)trial.Status]++;
        }

        return this with { Rows = [.. Rows.Take(rows)], Hidden = hidden };
    }

    /// <summary>The parameters that distinguish a trial.</summary>
    public static string ParametersText(TrialView trial, string before)
    {
        var parts = trial.SearchedPaths.Where(p => trial.Config.TryGet(p, out _)).Select(p => $"{p}={Readable.Value(trial.Config[p])}").ToArray();
        return parts.Length == 0 ? "" : before + string.Join(' ', parts.Take(MaxParameters))
            + (parts.Length > MaxParameters ? $" and {parts.Length - MaxParameters} more" : "");
    }

    private static string Describe(int[] counts, string more = "") => string.Join(
        ", ",
        TrialView.Words.Select((word, i) => (Word: word, Count: counts[i])).Where(w => w.Count > 0)
            .Select((w, i) => Invariant($"{w.Count:#,0}{(i == 0 ? more : "")} {w.Word}")));
}
