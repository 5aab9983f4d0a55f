using Tuning.Runners;

namespace Tuning.Tests.Runners;

/// <summary>All that rollout buffers hold, copied, to be compared.</summary>
internal static class RolloutCopy
{
    public static List<float> Of(IEnumerable<RolloutBuffer> buffers)
    {
        var all = new List<float>();
        foreach (var buffer in buffers)
        {
            for (var step = 0; step < buffer.Steps; step++)
            {
                all.AddRange(buffer.Observations(step));
                all.AddRange(buffer.ActionDistributionInputs(step));
                all.AddRange(buffer.Actions(step));
                all.AddRange(buffer.Rewards(step));
                foreach (var flag in buffer.Terminated(step))
                {
                    all.Add(flag ? 1 : 0);
                }

                foreach (var flag in buffer.Truncated(step))
                {
                    all.Add(flag ? 1 : 0);
                }
            }

            all.AddRange(buffer.Observations(buffer.Steps));
            all.AddRange(buffer.FinalObservations);
        }

        return all;
    }
}
