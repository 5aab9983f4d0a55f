using System.Globalization;
using System.Text.RegularExpressions;
using Tuning.Schedulers;
using Tuning.Trials;
using Tuning.Values;

namespace Tuning.Tests.Schedulers.Population;

/// <summary>
/// Asks a scheduler and checks each decision with a slow twin that remembers all reports and sorts them all: who is compared, who is in
/// the lower quarter, which sources there are, and every number of the reason.
/// </summary>
internal sealed partial class PbtTwin(ITrialScheduler inner, double interval, Mode mode, (double Lower, double Upper) bounds) : ITrialScheduler
{
    private readonly Dictionary<TrialId, Known> _known = [];

    /// <summary>How many exploits were checked.</summary>
    public int Exploits { get; private set; }

    public string Name => inner.Name;

    public bool NeedsCheckpoints => inner.NeedsCheckpoints;

    public IReadOnlyList<SchedulerDecision> Decide(TrialReport report, TrialBoard board)
    {
        var decisions = inner.Decide(report, board);
        var known = _known[report.Trial];
        var time = report.TrainingIteration;
        if (time - PerturbedBefore(known, time) < interval || double.IsNaN(report.Value("score")!.Value))
        {
            Assert.DoesNotContain(decisions, d => d is SchedulerDecision.Exploit);
            return decisions;
        }

        var scores = _known.Where(k => k.Value.Score is not null && k.Key != report.Trial).Select(k => (Trial: k.Key, Score: k.Value.Score!.Value))
            .Append((report.Trial, Score: report.Value("score")!.Value))
            .OrderBy(s => mode == Mode.Max ? s.Score : -s.Score).ThenByDescending(s => s.Trial).ToList();
        var size = scores.Count == 1 ? 0 : Math.Min((int)Math.Ceiling(scores.Count / 4.0), scores.Count / 2);
        var sources = scores.TakeLast(size).Select(s => s.Trial).Where(t => _known[t].IsProven).ToList();
        if (!scores.Take(size).Select(s => s.Trial).Contains(report.Trial) || sources.Count == 0)
        {
            Assert.DoesNotContain(decisions, d => d is SchedulerDecision.Exploit);
            return decisions;
        }

        var exploit = Assert.IsType<SchedulerDecision.Exploit>(Assert.Single(decisions));
        Assert.Equal(report.Trial, exploit.Trial);
        Assert.Contains(exploit.Source, sources);
        CheckReason(exploit, report, board, size, scores.Count);
        Exploits++;
        return decisions;
    }

    public IReadOnlyList<SchedulerDecision> DecideEnded(TrialId trial, TrialStatus status, TrialBoard board) => inner.DecideEnded(trial, status, board);

    public TrialId? Choose(TrialBoard board) => inner.Choose(board);

    public void Observe(SchedulerObservation observation)
    {
        inner.Observe(observation);
        switch (observation)
        {
            case SchedulerObservation.TrialAdded a:
                _known[a.Trial] = new();
                break;
            case SchedulerObservation.Reported r:
                var known = _known[r.Report.Trial];
                var time = r.Report.TrainingIteration;
                known.Perturbed = PerturbedBefore(known, time);
                (known.Taken, known.Time) = (null, time);
                if (time - known.Perturbed >= interval && r.Report.Value("score") is { } score && !double.IsNaN(score))
                {
                    (known.Score, known.ScoredAt, known.Perturbed, known.IsProven) = (score, time, time, true);
                }

                foreach (var exploit in r.Decisions.OfType<SchedulerDecision.Exploit>())
                {
                    _known[exploit.Trial].IsProven = false;
                    _known[exploit.Trial].Source = exploit.Source;
                }

                break;
            case SchedulerObservation.TrialExploited e:
                var source = _known[_known[e.Trial].Source ?? e.Source.Trial];
                _known[e.Trial].Taken = (_known[e.Trial].Time, source.Time, source.Perturbed);
                _known[e.Trial].IsProven = false;
                break;
            case SchedulerObservation.TrialEnded e:
                _known.Remove(e.Trial);
                break;
        }
    }

    private static double PerturbedBefore(Known known, double time) => known.Taken is not { } t ? known.Perturbed
        : Math.Abs(time - t.Own) <= Math.Abs(time - t.Source) ? t.Own : t.Perturbed;

    private void CheckReason(SchedulerDecision.Exploit exploit, TrialReport report, TrialBoard board, int size, int count)
    {
        var reason = Reason().Match(exploit.Reason);
        Assert.True(reason.Success, exploit.Reason);
        var source = _known[exploit.Source];
        Assert.Equal($"{exploit.Source}", reason.Groups["source"].Value);
        Assert.Equal(Shown(source.Score!.Value), reason.Groups["score"].Value);
        Assert.Equal(Shown(source.ScoredAt), reason.Groups["at"].Value);
        Assert.Equal(Shown(report.Value("score")!.Value), reason.Groups["own"].Value);
        Assert.Equal((size, count),
            (int.Parse(reason.Groups["size"].Value, CultureInfo.InvariantCulture), int.Parse(reason.Groups["count"].Value, CultureInfo.InvariantCulture)));
        Assert.Equal(Shown((double)board[report.Trial].Config["lr"]!), reason.Groups["old"].Value);
        var now = (double)exploit.Config["lr"]!;
        Assert.Equal(Shown(now), reason.Groups["new"].Value);
        Assert.InRange(now, bounds.Lower, bounds.Upper);
        if (reason.Groups["factor"].Success)
        {
            var from = (double)board[exploit.Source].Config["lr"]!;
            Assert.Equal(Shown(from), reason.Groups["from"].Value);
            Assert.Contains(reason.Groups["factor"].Value, new[] { "1.2", "0.8" });
            Assert.Equal(Math.Clamp(from * double.Parse(reason.Groups["factor"].Value, CultureInfo.InvariantCulture), bounds.Lower, bounds.Upper), now, 1e-12);
        }
    }

    private static string Shown(double value) => NumberText.Of(value);

    [GeneratedRegex(@"^took over trial (?<source>\d+) \(score (?<score>\S+) at (?<at>\S+), " +
        @"checkpoint of its report \d+( or \d+)?; own (?<own>\S+) is in the lower (?<size>\d+) of (?<count>\d+)\): lr (?<old>\S+) -> (?<new>\S+) " +
        @"\((drawn|(?<from>\S+) x (?<factor>[^,)]+)(, (raised|lowered) to the bound)?)\)$")]
    private static partial Regex Reason();

    private sealed class Known
    {
        public double? Score { get; set; }

        public double ScoredAt { get; set; }

        public double Time { get; set; }

        public double Perturbed { get; set; }

        public bool IsProven { get; set; }

        public TrialId? Source { get; set; }

        public (double Own, double Source, double Perturbed)? Taken { get; set; }
    }
}
