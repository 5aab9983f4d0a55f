using Tuning.Learning;
using Tuning.Modules;

namespace Tuning.Tests.Learning.Dqn;

/// <summary>DQN's networks and loss in double precision, the slow and obvious way.</summary>
internal sealed class DqnTwin(DefaultDqnModule module)
{
    public Dictionary<string, double[]> Parameters { get; } = module.GetState().ToDictionary(t => t.Name, t => t.Data.Select(x => (double)x).ToArray());

    /// <summary>The values of all actions, by the network or (<paramref name="prefix"/> <c>_target_</c>) by the target.</summary>
    public double[] Values(ReadOnlySpan<float> observation, string prefix = "")
    {
        var x = observation.ToArray().Select(v => (double)v).ToArray();
        for (var layer = 0; layer < module.Spec.Model.HiddenLayers.Count; layer++)
        {
            x = [.. Linear($"{prefix}encoder.net.mlp.{2 * layer}", x).Select(v => module.Spec.Model.Activation switch
            {
                Activation.Tanh => Math.Tanh(v),
                Activation.Linear => v,
                _ => Math.Max(0, v),
            })];
        }

        var values = Stream($"{prefix}af.net.mlp", x);
        if (!module.Spec.Dueling)
        {
            return values;
        }

        var state = Stream($"{prefix}vf.net.mlp", x)[0];
        return [.. values.Select(v => state + v - values.Average())];
    }

    /// <summary>The target of each row.</summary>
    public double[] Targets(ReplayBatch batch, bool doubleQ) => [.. Enumerable.Range(0, batch.Count).Select(i =>
    {
        var next = batch.NextObservations.AsSpan(i * module.ObservationSize, module.ObservationSize);
        var target = Values(next, "_target_");
        var chooser = doubleQ ? Values(next) : target;
        return batch.Rewards[i] + (batch.Discounts[i] * target[Array.IndexOf(chooser, chooser.Max())]);
    })];

    /// <summary>Each row's difference to its target.</summary>
    public double[] Errors(ReplayBatch batch, double[] targets) =>
        [.. Enumerable.Range(0, batch.Count)
            .Select(i => Values(batch.Observations.AsSpan(i * module.ObservationSize, module.ObservationSize))[(int)batch.Actions[i]] - targets[i])];

    /// <summary>The loss; targets are given, because they count as constants.</summary>
    public double Loss(ReplayBatch batch, double[] targets, bool huber) => Errors(batch, targets)
        .Select((e, i) => batch.Weights[i] * (!huber ? e * e : Math.Abs(e) < 1 ? e * e / 2 : Math.Abs(e) - 0.5)).Average();

    private double[] Stream(string name, double[] x)
    {
        for (var layer = 0; layer < module.Spec.Hiddens.Count; layer++)
        {
            x = [.. Linear($"{name}.{2 * layer}", x).Select(v => Math.Max(0, v))];
        }

        return Linear($"{name}.{2 * module.Spec.Hiddens.Count}", x);
    }

    private double[] Linear(string name, double[] x)
    {
        var (weight, bias) = (Parameters[name + ".weight"], Parameters[name + ".bias"]);
        return [.. bias.Select((b, o) => b + x.Select((v, i) => v * weight[(o * x.Length) + i]).Sum())];
    }
}
