using Tuning.Runners;

namespace Tuning.Tests.Learning.Replay;

/// <summary>What a replay buffer should hold, the slow and obvious way: every transition complete, in lists of episodes.</summary>
internal sealed class ReplayTwin(int capacity, int steps, double gamma)
{
    private readonly Dictionary<(int Buffer, int Environment), List<Step>> _running = [];
    private readonly List<Step> _all = [];

    /// <summary>A step of an episode, which knows the episode's list that it stands in.</summary>
    public sealed record Step(List<Step> Episode, int Index, float[] Observation, float[] Action, float Reward, float[] Next, bool Terminated);

    public int Count => Math.Min(capacity, _all.Count);

    public long Added => _all.Count;

    public void Add(IReadOnlyList<RolloutBuffer> batch)
    {
        for (var b = 0; b < batch.Count; b++)
        {
            var buffer = batch[b];
            for (var t = 0; t < buffer.Steps; t++)
            {
                for (var e = 0; e < buffer.Environments; e++)
                {
                    var row = (t * buffer.Environments) + e;
                    var next = Part(buffer.Observations(t + 1), e, buffer.ObservationSize);
                    var (terminated, truncated) = (buffer.Terminated(t)[e], buffer.Truncated(t)[e]);
                    next = truncated ? Part(buffer.FinalObservations, buffer.FinalIndex(row), buffer.ObservationSize) : next;
                    if (!_running.TryGetValue((b, e), out var episode))
                    {
                        _running[(b, e)] = episode = [];
                    }

                    var step = new Step(episode, episode.Count, Part(buffer.Observations(t), e, buffer.ObservationSize),
                        Part(buffer.Actions(t), e, buffer.ActionSize), buffer.Rewards(t)[e], next, terminated);
                    episode.Add(step);
                    _all.Add(step);
                    if (terminated || truncated)
                    {
                        _running.Remove((b, e));
                    }
                }
            }
        }
    }

    /// <summary>No episode goes on.</summary>
    public void Restart() => _running.Clear();

    /// <summary>The transition at a place of the ring: the newest that was written there.</summary>
    public (float[] Observation, float[] Action, float Reward, float[] Next, float Discount) At(int row)
    {
        var place = _all.Count - 1;
        while (place % capacity != row)
        {
            place--;
        }

        var first = _all[place];
        var (sum, count, last) = (0.0, 0, first);
        foreach (var step in first.Episode.Skip(first.Index).Take(steps))
        {
            sum += Math.Pow(gamma, count) * step.Reward;
            count++;
            last = step;
        }

        return (first.Observation, first.Action, (float)sum, last.Terminated ? new float[last.Next.Length] : last.Next,
            last.Terminated ? 0 : (float)Math.Pow(gamma, count));
    }

    private static float[] Part(ReadOnlySpan<float> rows, int place, int size) => rows.Slice(place * size, size).ToArray();
}
