namespace Tuning.Spaces;

/// <summary>Normally distributed numbers, with or without a step.</summary>
public sealed class NormalDomain : NumberDomain
{
    private readonly StepSize? _step;

    internal NormalDomain(double mean, double sd, double? step)
    {
        var call = step is null ? $"randn({Text(mean)}, {Text(sd)})" : $"qrandn({Text(mean)}, {Text(sd)}, {Text(step.Value)})";
        if (!double.IsFinite(mean))
        {
            throw new ArgumentException($"{call}: the mean {Text(mean)} must be finite.");
        }

        if (!double.IsFinite(sd) || sd <= 0)
        {
            throw new ArgumentException($"{call}: the standard deviation {Text(sd)} must be finite and above 0; a single value is given as a constant.");
        }

        if (step is { } q)
        {
            StepSize.Check(call, q);
            if (Math.Abs(mean / q) + (40 * sd / q) > 1L << 53)
            {
                throw new ArgumentException($"{call}: the step {Text(q)} is too small beside the mean and the standard deviation; use randn.");
            }

            _step = new(q);
        }

        (Mean, StandardDeviation, Step) = (mean, sd, step);
    }

    /// <inheritdoc/>
    public override DomainKind Kind => DomainKind.Normal;

    /// <summary>The mean.</summary>
    public double Mean { get; }

    /// <summary>The standard deviation, above 0.</summary>
    public double StandardDeviation { get; }

    /// <summary>The step of which all values are multiples; null for a continuous domain.</summary>
    public double? Step { get; }

    private protected override (string Name, object? Arguments) Form =>
        Step is { } q ? ("qrandn", new[] { Mean, StandardDeviation, q }) : ("randn", new[] { Mean, StandardDeviation });

    /// <inheritdoc/>
    public override object Sample(RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var value = Mean + (StandardDeviation * random.NextGaussian());
        return Step is { } q ? _step!.Multiple((long)Math.Round(value / q)) : value;
    }

    /// <inheritdoc/>
    public override bool Contains(object? value) => ParameterSet.Normalize(value) switch
    {
        long whole => Step is not { } q || StepSize.IsMultiple(whole, q),
        double real => double.IsFinite(real) && (Step is not { } q || StepSize.IsMultiple(real, q)),
        _ => false,
    };

    private protected override string Describe() =>
        $"a normally distributed number (mean {Text(Mean)}, standard deviation {Text(StandardDeviation)})" + (Step is { } q ? $" in steps of {Text(q)}" : "");
}
