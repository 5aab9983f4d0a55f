using Tuning.Learning;
using Tuning.Modules;

namespace Tuning.Tests.Learning;

/// <summary>The slow obvious twin: SAC's module and losses in double precision, straight from the formulas, one row at a time.</summary>
internal sealed class SacTwin
{
    private readonly DefaultSacModule _module;

    public SacTwin(DefaultSacModule module)
    {
        _module = module;
        foreach (var tensor in module.GetState())
        {
            Parameters[tensor.Name] = [.. tensor.Data.Select(x => (double)x)];
        }
    }

    public Dictionary<string, double[]> Parameters { get; } = [];

    private bool Discrete => _module.ActionDistribution.IsDiscrete;

    private string[] Names => _module.Spec.TwinQ ? ["qf", "qf_twin"] : ["qf"];

    private int Actions => Discrete ? _module.ActionDistribution.InputSize : _module.ActionDistribution.ActionSize;

    /// <summary>The goal of the values for a row.</summary>
    public double Goal(SacRows rows, int row, double alpha)
    {
        var next = Part(rows.Batch.NextObservations, row, _module.ObservationSize);
        double follows;
        if (Discrete)
        {
            var logs = LogSoftmax(Policy(next));
            var values = Names.Select(name => Network("target_" + name, next, _module.Spec.QModel)).ToArray();
            follows = logs.Select((log, a) => Math.Exp(log) * (values.Min(v => v[a]) - (alpha * log))).Sum();
        }
        else
        {
            var (action, log) = Squashed(Policy(next), Part(rows.NextNoise, row, Actions));
            follows = Names.Min(name => Network("target_" + name, [.. next, .. action], _module.Spec.QModel)[0]) - (alpha * log);
        }

        return rows.Batch.Rewards[row] + (rows.Batch.Discounts[row] * follows);
    }

    /// <summary>The loss of one network of values, with the goals held.</summary>
    public double ValueLoss(SacRows rows, double[] goals, int network, bool huber) => Enumerable.Range(0, rows.Batch.Count).Average(row =>
    {
        var error = Math.Abs(Taken(rows, row, network) - goals[row]);
        return rows.Batch.Weights[row] * (huber && error > 1 ? error - 0.5 : error * error / 2);
    });

    /// <summary>The value of what was done.</summary>
    public double Taken(SacRows rows, int row, int network)
    {
        var observation = Part(rows.Batch.Observations, row, _module.ObservationSize);
        return Discrete
            ? Network(Names[network], observation, _module.Spec.QModel)[(int)rows.Batch.Actions[row]]
            : Network(Names[network], [.. observation, .. Part(rows.Batch.Actions, row, Actions)], _module.Spec.QModel)[0];
    }

    /// <summary>The loss of the policy.</summary>
    public double ActorLoss(SacRows rows, double alpha) => Enumerable.Range(0, rows.Batch.Count).Average(row =>
    {
        var observation = Part(rows.Batch.Observations, row, _module.ObservationSize);
        if (Discrete)
        {
            var logs = LogSoftmax(Policy(observation));
            var values = Names.Select(name => Network(name, observation, _module.Spec.QModel)).ToArray();
            return logs.Select((log, a) => Math.Exp(log) * ((alpha * log) - values.Min(v => v[a]))).Sum();
        }

        var (action, logProbability) = Squashed(Policy(observation), Part(rows.Noise, row, Actions));
        return (alpha * logProbability) - Names.Min(name => Network(name, [.. observation, .. action], _module.Spec.QModel)[0]);
    });

    /// <summary>The mean of ln π.</summary>
    public double LogProbability(SacRows rows) => Enumerable.Range(0, rows.Batch.Count).Average(row =>
    {
        var inputs = Policy(Part(rows.Batch.Observations, row, _module.ObservationSize));
        return Discrete ? LogSoftmax(inputs).Sum(log => Math.Exp(log) * log) : Squashed(inputs, Part(rows.Noise, row, Actions)).Log;
    });

    private static (double[] Action, double Log) Squashed(double[] inputs, double[] noise)
    {
        var u = noise.Select((e, k) => inputs[k] + (Math.Exp(inputs[noise.Length + k]) * e)).ToArray();
        var log = noise.Select((e, k) => (-e * e / 2) - inputs[noise.Length + k] - (Math.Log(2 * Math.PI) / 2) - Math.Log(1 - Math.Pow(Math.Tanh(u[k]), 2)))
            .Sum();
        return ([.. u.Select(Math.Tanh)], log);
    }

    private static double[] LogSoftmax(double[] logits)
    {
        var total = Math.Log(logits.Sum(Math.Exp));
        return [.. logits.Select(logit => logit - total)];
    }

    private static double[] Part(float[] data, int row, int size) => [.. data.AsSpan(row * size, size).ToArray().Select(x => (double)x)];

    private double[] Policy(double[] observation)
    {
        var outputs = Network("pi", observation, null);
        if (!_module.Spec.Model.UseGsde)
        {
            return outputs;
        }

        var (features, logs) = (Features("pi_encoder", observation, _module.Spec.Model), Parameters["pi.log_std"]);
        return [.. outputs, .. Enumerable.Range(0, Actions)
            .Select(k => Math.Log(features.Select((f, i) => f * f * Math.Exp(2 * logs[(i * Actions) + k])).Sum() + 1e-6) / 2)];
    }

    private double[] Network(string name, double[] input, ModelOptions? model) =>
        Layer(Features(name + "_encoder", input, model ?? _module.Spec.Model), name + ".net.mlp.0");

    private double[] Features(string encoder, double[] x, ModelOptions model)
    {
        for (var i = 0; i < model.HiddenLayers.Count; i++)
        {
            x = [.. Layer(x, $"{encoder}.net.mlp.{2 * i}")
                .Select(v => model.Activation switch { Activation.Tanh => Math.Tanh(v), Activation.Relu => Math.Max(0, v), Activation.Swish =>
                    v / (1 + Math.Exp(-v)), _ => v })];
        }

        return x;
    }

    private double[] Layer(double[] x, string name)
    {
        var (weight, bias) = (Parameters[name + ".weight"], Parameters[name + ".bias"]);
        return [.. bias.Select((b, o) => b + x.Select((v, i) => v * weight[(o * x.Length) + i]).Sum())];
    }
}
