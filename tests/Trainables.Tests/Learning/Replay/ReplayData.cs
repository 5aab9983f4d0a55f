using Tuning.Randomness;
using Tuning.Runners;

namespace Tuning.Tests.Learning.Replay;

/// <summary>Made-up experience in rollout buffers, whose lanes go on from call to call as those of runners do.</summary>
internal sealed class ReplayData(int observationSize, int actionSize, RandomStream random)
{
    private readonly List<float[][]> _current = [];

    /// <summary>One iteration: a buffer per entry, with so many environments, each with some steps of its own choice up to
    /// <paramref name="maxSteps"/>.</summary>
    public List<RolloutBuffer> Next(int[] environments, int maxSteps, int endsOneIn = 5)
    {
        var batch = new List<RolloutBuffer>();
        for (var b = 0; b < environments.Length; b++)
        {
            if (b == _current.Count)
            {
                _current.Add([.. Enumerable.Range(0, environments[b]).Select(_ => Draw())]);
            }

            var buffer = new RolloutBuffer(1 + random.NextInt32(maxSteps), environments[b], observationSize, actionSize, 1);
            buffer.Clear();
            Fill(buffer, _current[b], endsOneIn);
            batch.Add(buffer);
        }

        return batch;
    }

    /// <summary>The lanes begin anew, as after a restore that could not continue the episodes.</summary>
    public void Restart()
    {
        foreach (var lane in _current.SelectMany(buffer => buffer))
        {
            Draw().CopyTo(lane, 0);
        }
    }

    private void Fill(RolloutBuffer buffer, float[][] current, int endsOneIn)
    {
        for (var t = 0; t < buffer.Steps; t++)
        {
            for (var e = 0; e < buffer.Environments; e++)
            {
                current[e].CopyTo(buffer.Observations(t)[(e * observationSize)..]);
                for (var i = 0; i < actionSize; i++)
                {
                    buffer.Actions(t)[(e * actionSize) + i] = random.NextSingle();
                }

                buffer.Rewards(t)[e] = random.NextSingle() - 0.5f;
                Draw().CopyTo(current[e], 0);
                if (random.NextInt32(endsOneIn) == 0)
                {
                    if (random.NextInt32(2) == 0)
                    {
                        buffer.MarkTerminated(t, e);
                    }
                    else
                    {
                        buffer.MarkTruncated(t, e, Draw());
                    }
                }
            }
        }

        for (var e = 0; e < buffer.Environments; e++)
        {
            current[e].CopyTo(buffer.Observations(buffer.Steps)[(e * observationSize)..]);
        }
    }

    private float[] Draw()
    {
        var observation = new float[observationSize];
        foreach (ref var value in observation.AsSpan())
        {
            value = random.NextSingle();
        }

        return observation;
    }
}
