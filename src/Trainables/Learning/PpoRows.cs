namespace Tuning.Learning;

/// <summary>
/// All rows of an iteration, environment after environment and step after step, which is the same however the environments are spread
/// over buffers; with their advantages and value targets.
/// </summary>
internal sealed class PpoRows
{
    /// <summary>Number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>[rows, observation].</summary>
    public float[] Observations { get; private set; } = [];

    /// <summary>[rows, action].</summary>
    public float[] Actions { get; private set; } = [];

    /// <summary>[rows, inputs] of the policy that acted.</summary>
    public float[] Inputs { get; private set; } = [];

    /// <summary>Advantages, not standardised.</summary>
    public float[] Advantages { get; private set; } = [];

    /// <summary>What the values are to become.</summary>
    public float[] Targets { get; private set; } = [];

    /// <summary>How long an array becomes that is too short: as asked for at first, half more when that changes from iteration to iteration.</summary>
    public static int Room(int present, int needed) => present == 0 ? needed : checked(needed + (needed / 2));

    /// <summary>Makes room; arrays grow and never shrink.</summary>
    public void Resize(int count, int observationSize, int actionSize, int inputSize)
    {
        Count = count;
        if (Advantages.Length < count)
        {
            var room = Room(Advantages.Length, count);
            Observations = new float[checked(room * observationSize)];
            Actions = new float[checked(room * actionSize)];
            Inputs = new float[checked(room * inputSize)];
            Advantages = new float[room];
            Targets = new float[room];
        }
    }

    /// <summary>Takes over one environment's steps.</summary>
    /// <param name="buffer">Where they stand.</param>
    /// <param name="environment">The environment's place in the buffer.</param>
    /// <param name="first">The row of its first step here.</param>
    [MethodImpl(AggressiveOptimization)]
    public void Copy(RolloutBuffer buffer, int environment, int first)
    {
        Gather(buffer.AllObservations, buffer.ObservationSize, Observations);
        Gather(buffer.AllActions, buffer.ActionSize, Actions);
        Gather(buffer.AllInputs, buffer.InputSize, Inputs);

        [MethodImpl(AggressiveOptimization)]
        void Gather(float[] source, int size, float[] target)
        {
            var (from, to, stride) = (environment * size, first * size, buffer.Environments * size);
            for (var t = 0; t < buffer.Steps; t++, from += stride, to += size)
            {
                for (var i = 0; i < size; i++)
                {
                    target[to + i] = source[from + i];
                }
            }
        }
    }

    /// <summary>Mean and standard deviation of the advantages, and the variance of the targets.</summary>
    public (double Mean, double StandardDeviation, double TargetVariance) Statistics()
    {
        var (mean, deviation) = Moments(Advantages.AsSpan(0, Count));
        var (_, targetDeviation) = Moments(Targets.AsSpan(0, Count));
        return (mean, deviation, targetDeviation * targetDeviation);
    }

    private static (double Mean, double Deviation) Moments(ReadOnlySpan<float> values)
    {
        var mean = Sum(values, 0, 1) / values.Length;
        return (mean, Math.Sqrt(Sum(values, mean, 2) / values.Length));
    }

    /// <summary>Σ(x − center) or Σ(x − center)², over four lanes.</summary>
    [MethodImpl(AggressiveOptimization)]
    private static double Sum(ReadOnlySpan<float> values, double center, int power)
    {
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        var i = 0;
        for (; i + 3 < values.Length; i += 4)
        {
            var (a, b, c, d) = (values[i] - center, values[i + 1] - center, values[i + 2] - center, values[i + 3] - center);
            s0 += power == 1 ? a : a * a;
            s1 += power == 1 ? b : b * b;
            s2 += power == 1 ? c : c * c;
            s3 += power == 1 ? d : d * d;
        }

        for (; i < values.Length; i++)
        {
            var a = values[i] - center;
            s0 += power == 1 ? a : a * a;
        }

        return s0 + s1 + (s2 + s3);
    }
}
