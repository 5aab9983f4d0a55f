using Tuning.Runners;
using Tuning.Learning;
using Tuning.Modules;
using Tuning.Randomness;

namespace Tuning.Tests.Learning;

/// <summary>Made-up experience for tests of the learner.</summary>
internal static class PpoData
{
    /// <summary>Rows of a policy that acts on random observations.</summary>
    public static PpoRows Rows(DefaultPpoModule module, int count, RandomStream random)
    {
        var (rows, actions) = (new PpoRows(), module.ActionDistribution);
        rows.Resize(count, module.ObservationSize, actions.ActionSize, actions.InputSize);
        Fill(rows.Observations, random);
        module.ForwardExploration(rows.Observations, count, rows.Inputs, module.CreateWorkspace(4));
        actions.Sample(rows.Inputs, count, random, rows.Actions);
        Fill(rows.Advantages, random);
        Fill(rows.Targets, random);
        foreach (ref var target in rows.Targets.AsSpan())
        {
            target *= 2;
        }

        return rows;
    }

    /// <summary>
    /// One iteration of a problem whose best action follows the first observation: the reward falls with the distance. Episodes end
    /// now and then, in both ways.
    /// </summary>
    /// <param name="module">Acts.</param>
    /// <param name="steps">Steps per environment.</param>
    /// <param name="environments">How many environments each buffer has.</param>
    /// <param name="seed">Each environment draws from a stream of its own, so that the spread over buffers changes nothing.</param>
    public static RolloutBuffer[] Collect(RlModule module, int steps, int[] environments, ulong seed)
    {
        var first = 0;
        return [.. environments.Select(count =>
        {
            var actions = module.ActionDistribution;
            var buffer = new RolloutBuffer(steps, count, module.ObservationSize, actions.ActionSize, actions.InputSize);
            Fill(module, buffer, [.. Enumerable.Range(first, count).Select(i => (SeedPath.Of(seed) / i).Stream())]);
            first += count;
            return buffer;
        })];
    }

    public static void Fill(RlModule module, RolloutBuffer buffer, RandomStream[] streams)
    {
        var actions = module.ActionDistribution;
        var workspace = module.CreateWorkspace(buffer.Environments);
        buffer.Clear();
        for (var t = 0; t <= buffer.Steps; t++)
        {
            for (var e = 0; e < buffer.Environments; e++)
            {
                Fill(buffer.Observations(t).Slice(e * buffer.ObservationSize, buffer.ObservationSize), streams[e]);
            }

            if (t == buffer.Steps)
            {
                break;
            }

            module.ForwardExploration(buffer.Observations(t), buffer.Environments, buffer.ActionDistributionInputs(t), workspace);
            for (var e = 0; e < buffer.Environments; e++)
            {
                var action = buffer.Actions(t).Slice(e * buffer.ActionSize, buffer.ActionSize);
                actions.Sample(buffer.ActionDistributionInputs(t).Slice(e * buffer.InputSize, buffer.InputSize), 1, streams[e], action);
                var wanted = buffer.Observations(t)[e * buffer.ObservationSize];
                wanted = actions.IsDiscrete ? (wanted > 0 ? 1 : 0) : wanted;
                buffer.Rewards(t)[e] = 1 - Math.Abs(action[0] - wanted);
                switch (streams[e].NextInt32(12))
                {
                    case 0:
                        buffer.MarkTerminated(t, e);
                        break;
                    case 1:
                        var final = new float[buffer.ObservationSize];
                        Fill(final, streams[e]);
                        buffer.MarkTruncated(t, e, final);
                        break;
                }
            }
        }
    }

    private static void Fill(Span<float> values, RandomStream random)
    {
        foreach (ref var value in values)
        {
            value = (2 * random.NextSingle()) - 1;
        }
    }
}
