namespace Tuning.Schedulers.Halving;

/// <summary>
/// The rungs of a bracket of asynchronous successive halving, at <c>grace_period · reduction_factor^(k + s)</c> for bracket s; a later bracket lets
/// trials run longer before the first.
/// </summary>
internal sealed class AshaBracket
{
    public AshaBracket(AshaOptions options, int s)
    {
        var isRay = options.Compatibility == SchedulerCompatibility.Ray;
        var milestones = Milestones(options.GracePeriod, options.MaxTime, options.ReductionFactor, s, isRay);
        Rungs = [.. milestones.Select(m => new Rung(m))];
    }

    /// <summary>The rungs, lowest first.</summary>
    public IReadOnlyList<Rung> Rungs { get; }

    /// <summary>The milestones of a bracket, lowest first. In Ray's way their number comes from a quotient of logarithms, whose rounding can lose the
    /// highest.</summary>
    public static IReadOnlyList<double> Milestones(double gracePeriod, double maxT, double reductionFactor, int s, bool isRay)
    {
        int count;
        if (isRay)
        {
            count = Math.Max(0, (int)((Math.Log(maxT / gracePeriod) / Math.Log(reductionFactor)) - s + 1));
        }
        else
        {
            count = -s;
            for (var milestone = gracePeriod; milestone <= maxT * (1 + 1e-9); milestone = gracePeriod * Math.Pow(reductionFactor, count + s))
            {
                count++;
            }
        }

        return [.. Enumerable.Range(s, Math.Max(0, count)).Select(k => gracePeriod * Math.Pow(reductionFactor, k))];
    }

    /// <summary>The highest rung whose milestone a time has come to; -1 before the first.</summary>
    public int Reached(double time)
    {
        var rung = Rungs.Count - 1;
        while (rung >= 0 && !(time >= Rungs[rung].Milestone))
        {
            rung--;
        }

        return rung;
    }
}
