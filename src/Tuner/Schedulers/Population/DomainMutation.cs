namespace Tuning.Schedulers.Population;

/// <summary>
/// A parameter with a domain: drawn anew, or multiplied by one of the factors and brought back into the domain. A multiple of a step
/// moves by at least one step; one of several numbers goes to the next in their order; one of other values stays.
/// </summary>
internal sealed class DomainMutation(string path, Domain domain) : Mutation(path)
{
    private readonly double[]? _numbers = domain is ChoiceDomain choice && choice.Values.All(v => v is long or double)
        ? [.. choice.Values.Select(v => v is long whole ? whole : (double)v!).Distinct().Order()]
        : null;

    /// <inheritdoc/>
    public override Domain Domain => domain;

    /// <inheritdoc/>
    public override (object? Value, string How) Explore(object? value, ExploreRules rules, RandomStream random)
    {
        if (random.NextDouble() < rules.Resample)
        {
            return (domain.Sample(random), "drawn");
        }

        var factor = rules.Factors[random.NextInt32(rules.Factors.Length)];
        if (!IsNumber(value, out var number))
        {
            return domain is ChoiceDomain && domain.Contains(value)
                ? (value, "as the source")
                : (domain.Sample(random), $"drawn, as {ExploitReason.Value(value)} is no number to multiply");
        }

        var how = $"{ExploitReason.Number(number)} x {ExploitReason.Number(factor)}";
        if (rules.IsRay)
        {
            return (value is long ? (object)(long)(number * factor) : number * factor, how);
        }

        var (fitted, note) = Fit(number, number * factor, factor);
        return (fitted, note is null ? how : $"{how}, {note}");
    }

    // The product brought into the domain, and what was done to it.
    private (object? Value, string? Note) Fit(double number, double product, double factor)
    {
        var direction = product != number ? Math.Sign(product - number) : Math.Sign(factor - 1);
        switch (domain)
        {
            case RealDomain { Step: { } q } real:
                var (first, last) = ((long)Math.Round(real.Lower / q), (long)Math.Round(real.Upper / q));
                var (multiple, note) = Step(number / q, product / q, direction, first, last);
                return (multiple == first ? real.Lower : multiple == last ? real.Upper : new StepSize(q).Multiple(multiple), note);
            case RealDomain real:
                return product < real.Lower ? (real.Lower, "raised to the bound") : product > real.Upper ? (real.Upper, "lowered to the bound")
                    : (product, null);
            case IntegerDomain whole:
                var (steps, why) = Step(number / whole.Step, product / whole.Step, direction, whole.Lower / whole.Step, whole.Upper / whole.Step);
                return (steps * whole.Step, why);
            case NormalDomain { Step: { } q }:
                var (count, moved) = Step(number / q, product / q, direction, long.MinValue / 2, long.MaxValue / 2);
                return (new StepSize(q).Multiple(count), moved);
            case NormalDomain:
                return (product, null);
            default:
                return _numbers is null ? (number, "as the source") : Neighbour(number, direction);
        }
    }

    private static (long Multiple, string? Note) Step(double from, double product, int direction, long first, long last)
    {
        var to = (long)Math.Round(product);
        var here = (long)Math.Round(from);
        var note = (string?)null;
        if (to == here && direction != 0)
        {
            (to, note) = (here + direction, "by one step");
        }

        return to < first ? (first, "raised to the bound") : to > last ? (last, "lowered to the bound") : (to, note);
    }

    private (object? Value, string? Note) Neighbour(double number, int direction)
    {
        var at = Array.BinarySearch(_numbers!, number);
        var next = at >= 0 ? at + direction : direction > 0 ? ~at : ~at - 1;
        var to = _numbers![Math.Clamp(next, 0, _numbers.Length - 1)];
        return (((ChoiceDomain)domain).Values.First(v => IsSame(v, to)),
            next == Math.Clamp(next, 0, _numbers.Length - 1) ? "to the next value" : "stays at the end");
    }
}
