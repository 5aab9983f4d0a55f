namespace Tuning.Learning;

/// <summary>
/// Generalised advantage estimation (Schulman et al., 2016) over one environment's steps of an iteration, as RLlib computes it:
/// an end cuts the sum; after a termination nothing is expected, after a truncation the value of the final observation.
/// </summary>
internal static class AdvantageEstimator
{
    /// <summary>Advantages and value targets of one environment as options say.</summary>
    /// <inheritdoc cref="Compute(RolloutBuffer, int, ReadOnlySpan{float}, ReadOnlySpan{float}, float, float, Span{float}, Span{float})"/>
    public static void Compute(RolloutBuffer buffer, int environment, ReadOnlySpan<float> values, ReadOnlySpan<float> finalValues, PpoOptions options,
        Span<float> advantages, Span<float> targets)
    {
        if (options.UseGae)
        {
            Compute(buffer, environment, values, finalValues, (float)options.Gamma, (float)options.Lambda, advantages, targets);
        }
        else
        {
            ComputeReturns(buffer, environment, values, (float)options.Gamma, advantages, targets);
        }
    }

    /// <summary>Advantages and value targets of one environment.</summary>
    /// <param name="buffer">Rewards and ends.</param>
    /// <param name="environment">The environment's place in the buffer.</param>
    /// <param name="values">Values of all observations of the buffer, [steps + 1, environments].</param>
    /// <param name="finalValues">Values of the buffer's final observations.</param>
    /// <param name="gamma">γ.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="advantages">Receives one number per step.</param>
    /// <param name="targets">Receives one number per step: advantage + value.</param>
    [MethodImpl(AggressiveOptimization)]
    public static void Compute(RolloutBuffer buffer, int environment, ReadOnlySpan<float> values, ReadOnlySpan<float> finalValues, float gamma, float lambda,
        Span<float> advantages, Span<float> targets)
    {
        var advantage = 0f;
        var environments = buffer.Environments;
        for (var t = buffer.Steps - 1; t >= 0; t--)
        {
            var row = (t * environments) + environment;
            var next = values[row + environments];
            if (buffer.IsTerminated(row))
            {
                (advantage, next) = (0, 0);
            }
            else if (buffer.IsTruncated(row))
            {
                (advantage, next) = (0, finalValues[buffer.FinalIndex(row)]);
            }

            var value = values[row];
            advantage = buffer.AllRewards[row] + (gamma * next) - value + (gamma * lambda * advantage);
            advantages[t] = advantage;
            targets[t] = advantage + value;
        }
    }

    /// <summary>
    /// RLlib's <c>use_gae: false</c>: targets are the discounted rewards up to the end of the episode or of the buffer, after which nothing is expected, also
    /// where it was cut off; advantages are these less the values.
    /// </summary>
    [MethodImpl(AggressiveOptimization)]
    public static void ComputeReturns(RolloutBuffer buffer, int environment, ReadOnlySpan<float> values, float gamma, Span<float> advantages,
        Span<float> targets)
    {
        var sum = 0f;
        for (var t = buffer.Steps - 1; t >= 0; t--)
        {
            var row = (t * buffer.Environments) + environment;
            sum = buffer.AllRewards[row] + (buffer.IsTerminated(row) || buffer.IsTruncated(row) ? 0 : gamma * sum);
            (targets[t], advantages[t]) = (sum, sum - values[row]);
        }
    }
}
