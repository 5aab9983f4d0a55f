using Tuning.Distributions;
using Tuning.Learning;
using Tuning.Modules;

namespace Tuning.Tests.Learning;

/// <summary>The slow obvious twin: the default module and PPO's loss in double precision, straight from the formulas.</summary>
internal sealed class PpoTwin
{
    private readonly ModuleSpec _spec;
    private readonly Func<double, double> _activation;

    public PpoTwin(DefaultPpoModule module)
    {
        _spec = module.Spec;
        _activation = _spec.Model.Activation switch
        {
            Activation.Tanh => Math.Tanh,
            Activation.Relu => x => Math.Max(0, x),
            Activation.Swish => x => x / (1 + Math.Exp(-x)),
            _ => x => x,
        };
        foreach (var tensor in module.GetState())
        {
            Parameters[tensor.Name] = [.. tensor.Data.Select(x => (double)x)];
        }
    }

    public Dictionary<string, double[]> Parameters { get; } = [];

    public double[] Inputs(ReadOnlySpan<float> observation)
    {
        var features = PolicyFeatures(observation);
        var outputs = Layer(features, "pi.net.mlp.0");
        if (_spec.Model.UseGsde)
        {
            return [.. outputs, .. LogDeviations((NoiseFrom ?? this).PolicyFeatures(observation))];
        }

        return Parameters.TryGetValue("pi.log_std", out var free) ? [.. outputs, .. free] : outputs;
    }

    /// <summary>Whose features state-dependent noise sees; another twin's do not move with this one's parameters, as no gradient may reach them.</summary>
    public PpoTwin? NoiseFrom { get; set; }

    public double Value(ReadOnlySpan<float> observation) =>
        Layer(Features(observation, _spec.Model.ValueSharesLayers ? "encoder.encoder" : "encoder.critic_encoder"), "vf.net.mlp.0")[0];

    /// <summary>The loss of one minibatch.</summary>
    public double Loss(PpoRows rows, int[] order, PpoOptions options, double mean, double scale, double klCoeff)
    {
        var loss = 0.0;
        foreach (var row in order)
        {
            var observation = rows.Observations.AsSpan(row * _spec.ObservationSize, _spec.ObservationSize);
            var inputs = Inputs(observation);
            double[] old = [.. rows.Inputs.AsSpan(row * inputs.Length, inputs.Length).ToArray().Select(x => (double)x)];
            double[] action = [.. rows.Actions.AsSpan(row * _spec.ActionDistribution.ActionSize, _spec.ActionDistribution.ActionSize).ToArray()
                .Select(x => (double)x)];
            var advantage = (rows.Advantages[row] - mean) * scale;
            var ratio = Math.Exp(LogProbability(inputs, action) - LogProbability(old, action));
            var clip = options.ClipParameter.At(0);
            loss -= Math.Min(advantage * ratio, advantage * Math.Clamp(ratio, 1 - clip, 1 + clip));
            loss += klCoeff * Divergence(old, inputs);
            loss -= options.EntropyCoefficient.At(0) * Entropy(inputs);
            loss += options.ValueLossCoefficient * Math.Min(Math.Pow(Value(observation) - rows.Targets[row], 2), options.ValueClipParameter);
        }

        return loss / order.Length;
    }

    public double LogProbability(double[] inputs, double[] action)
    {
        if (_spec.ActionDistribution is DiagonalGaussian)
        {
            return action.Select((a, i) =>
            {
                var (mean, std) = (inputs[i], Math.Exp(inputs[action.Length + i]));
                return Math.Log(Math.Exp(-Math.Pow((a - mean) / std, 2) / 2) / (std * Math.Sqrt(2 * Math.PI)));
            }).Sum();
        }

        return Choices(inputs).Select((p, i) => Math.Log(p[(int)action[i]])).Sum();
    }

    public double Entropy(double[] inputs) => _spec.ActionDistribution is DiagonalGaussian
        ? inputs[(inputs.Length / 2)..].Sum(logStd => 0.5 * Math.Log(2 * Math.PI * Math.E * Math.Exp(2 * logStd)))
        : Choices(inputs).Sum(choice => -choice.Sum(p => p * Math.Log(p)));

    public double Divergence(double[] first, double[] second)
    {
        if (_spec.ActionDistribution is DiagonalGaussian)
        {
            var n = first.Length / 2;
            return Enumerable.Range(0, n).Sum(i =>
            {
                var (v1, v2) = (Math.Exp(2 * first[n + i]), Math.Exp(2 * second[n + i]));
                return (Math.Log(v2 / v1) / 2) + ((v1 + Math.Pow(first[i] - second[i], 2)) / (2 * v2)) - 0.5;
            });
        }

        return Choices(first).Zip(Choices(second)).Sum(pair => pair.First.Zip(pair.Second).Sum(p => p.First * Math.Log(p.First / p.Second)));
    }

    private IEnumerable<double> LogDeviations(double[] features)
    {
        var logs = Parameters["pi.log_std"];
        var columns = logs.Length / features.Length;
        for (var action = 0; action < _spec.ActionDistribution.ActionSize; action++)
        {
            var variance = features.Select((x, k) => Math.Pow(x * Deviation(logs[(k * columns) + Math.Min(action, columns - 1)]), 2)).Sum();
            yield return Math.Log(Math.Sqrt(variance + 1e-6));
        }

        double Deviation(double log) => _spec.Model.UseExpln && log > 0 ? 1 + Math.Log(1 + log) : Math.Exp(log);
    }

    private IEnumerable<double[]> Choices(double[] logits)
    {
        var at = 0;
        foreach (var count in ((MultiCategorical)_spec.ActionDistribution).Counts)
        {
            var part = logits[at..(at + count)];
            var total = part.Sum(Math.Exp);
            yield return [.. part.Select(logit => Math.Exp(logit) / total)];
            at += count;
        }
    }

    private double[] PolicyFeatures(ReadOnlySpan<float> observation) =>
        Features(observation, _spec.Model.ValueSharesLayers ? "encoder.encoder" : "encoder.actor_encoder");

    private double[] Features(ReadOnlySpan<float> observation, string encoder)
    {
        double[] x = [.. observation.ToArray().Select(v => (double)v)];
        for (var i = 0; i < _spec.Model.HiddenLayers.Count; i++)
        {
            x = [.. Layer(x, $"{encoder}.net.mlp.{2 * i}").Select(_activation)];
        }

        return x;
    }

    private double[] Layer(double[] x, string name)
    {
        var (weight, bias) = (Parameters[name + ".weight"], Parameters[name + ".bias"]);
        return [.. bias.Select((b, o) => b + x.Select((v, i) => v * weight[(o * x.Length) + i]).Sum())];
    }
}
