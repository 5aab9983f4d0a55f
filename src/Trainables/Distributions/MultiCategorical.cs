namespace Tuning.Distributions;

/// <summary>Independent choices from finite sets; a single one is the categorical distribution. Inputs of a row: the logits of each choice in turn.</summary>
internal sealed class MultiCategorical : ActionDistribution
{
    internal MultiCategorical(params ReadOnlySpan<int> counts)
        : base(Total(counts), counts.Length) => Counts = [.. counts];

    /// <summary>How many actions each choice has.</summary>
    public ImmutableArray<int> Counts { get; }

    public override bool IsDiscrete => true;

    public override string Name => Counts.Length == 1 ? $"categorical({Counts[0]})" : $"multi_categorical({string.Join(", ", Counts)})";

    [MethodImpl(AggressiveOptimization)]
    public override void Sample(ReadOnlySpan<float> inputs, int batch, RandomStream random, Span<float> actions)
    {
        var at = 0;
        for (var i = 0; i < batch * ActionSize; i++)
        {
            var logits = inputs.Slice(at, Counts[i % ActionSize]);
            actions[i] = Draw(logits, random.NextSingle());
            at += logits.Length;
        }
    }

    public override void Deterministic(ReadOnlySpan<float> inputs, int batch, Span<float> actions)
    {
        var at = 0;
        for (var i = 0; i < batch * ActionSize; i++)
        {
            var logits = inputs.Slice(at, Counts[i % ActionSize]);
            var best = 0;
            for (var j = 1; j < logits.Length; j++)
            {
                best = logits[j] > logits[best] ? j : best;
            }

            actions[i] = best;
            at += logits.Length;
        }
    }

    internal override string Export(ModelGraph graph, string inputs)
    {
        var choices = new List<string>();
        var at = 0;
        foreach (var count in Counts)
        {
            choices.Add(graph.Add("ArgMax", [graph.Columns(inputs, at, at + count)], ("axis", 1), ("keepdims", 1)));
            at += count;
        }

        return graph.Add("Concat", choices, ("axis", 1));
    }

    public override void LogProbabilities(ReadOnlySpan<float> inputs, ReadOnlySpan<float> actions, int batch, Span<float> result)
    {
        result[..batch].Clear();
        var at = 0;
        for (var i = 0; i < batch * ActionSize; i++)
        {
            var logits = inputs.Slice(at, Counts[i % ActionSize]);
            result[i / ActionSize] += logits[(int)actions[i]] - LogSumExp(logits);
            at += logits.Length;
        }
    }

    public override void Entropies(ReadOnlySpan<float> inputs, int batch, Span<float> result)
    {
        result[..batch].Clear();
        var at = 0;
        for (var i = 0; i < batch * ActionSize; i++)
        {
            var logits = inputs.Slice(at, Counts[i % ActionSize]);
            var normalizer = LogSumExp(logits);
            foreach (var logit in logits)
            {
                var logProbability = logit - normalizer;
                var probability = MathF.Exp(logProbability);

                // An excluded action, whose logit is −∞, adds nothing.
                result[i / ActionSize] -= probability > 0 ? probability * logProbability : 0;
            }

            at += logits.Length;
        }
    }

    public override void AddLogProbabilityGradients(ReadOnlySpan<float> inputs, ReadOnlySpan<float> actions, ReadOnlySpan<float> weights, int batch,
        Span<float> gradients)
    {
        var at = 0;
        for (var i = 0; i < batch * ActionSize; i++)
        {
            var logits = inputs.Slice(at, Counts[i % ActionSize]);
            var (normalizer, chosen, weight) = (LogSumExp(logits), (int)actions[i], weights[i / ActionSize]);
            for (var j = 0; j < logits.Length; j++)
            {
                gradients[at + j] += weight * ((j == chosen ? 1 : 0) - MathF.Exp(logits[j] - normalizer));
            }

            at += logits.Length;
        }
    }

    public override void AddEntropyGradients(ReadOnlySpan<float> inputs, float weight, int batch, Span<float> gradients)
    {
        var at = 0;
        for (var i = 0; i < batch * ActionSize; i++)
        {
            var logits = inputs.Slice(at, Counts[i % ActionSize]);
            var (normalizer, entropy) = (LogSumExp(logits), 0f);
            foreach (var logit in logits)
            {
                var p = MathF.Exp(logit - normalizer);
                entropy -= p > 0 ? p * (logit - normalizer) : 0;
            }

            for (var j = 0; j < logits.Length; j++)
            {
                var p = MathF.Exp(logits[j] - normalizer);
                gradients[at + j] -= p > 0 ? weight * p * (logits[j] - normalizer + entropy) : 0;
            }

            at += logits.Length;
        }
    }

    public override void Divergences(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int batch, Span<float> result)
    {
        result[..batch].Clear();
        var at = 0;
        for (var i = 0; i < batch * ActionSize; i++)
        {
            var p = first.Slice(at, Counts[i % ActionSize]);
            var q = second.Slice(at, p.Length);
            var pNormalizer = LogSumExp(p);
            var qNormalizer = LogSumExp(q);
            for (var j = 0; j < p.Length; j++)
            {
                var logProbability = p[j] - pNormalizer;
                var probability = MathF.Exp(logProbability);
                result[i / ActionSize] += probability > 0 ? probability * (logProbability - (q[j] - qNormalizer)) : 0;
            }

            at += p.Length;
        }
    }

    /// <summary>The first action whose cumulated probability exceeds <paramref name="luck"/>, uniform in [0, 1).</summary>
    private static int Draw(ReadOnlySpan<float> logits, float luck)
    {
        var largest = Max(logits);
        var total = 0f;
        foreach (var logit in logits)
        {
            total += MathF.Exp(logit - largest);
        }

        var rest = luck * total;
        var last = 0;
        for (var j = 0; j < logits.Length; j++)
        {
            var weight = MathF.Exp(logits[j] - largest);
            if (rest < weight)
            {
                return j;
            }

            rest -= weight;
            last = weight > 0 ? j : last;
        }

        // Rounding can leave a crumb after the last weight.
        return last;
    }

    private static float LogSumExp(ReadOnlySpan<float> logits)
    {
        var largest = Max(logits);
        var total = 0f;
        foreach (var logit in logits)
        {
            total += MathF.Exp(logit - largest);
        }

        return largest + MathF.Log(total);
    }

    private static float Max(ReadOnlySpan<float> values)
    {
        var largest = values[0];
        foreach (var value in values)
        {
            largest = value > largest ? value : largest;
        }

        return largest;
    }

    private static int Total(ReadOnlySpan<int> counts)
    {
        if (counts.IsEmpty)
        {
            throw new ArgumentException("A multi-categorical distribution needs at least one choice.", nameof(counts));
        }

        var total = 0;
        foreach (var count in counts)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(counts));
            total = checked(total + count);
        }

        return total;
    }
}
