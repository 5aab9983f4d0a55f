using Tuning;
using Tuning.Checkpointing;
using Tuning.Learning;
using Tuning.Runners;

/// <summary>A sample learner: REINFORCE (Williams, 1992) for <see cref="LinearModule"/> and one choice, with a running mean of returns as its
/// baseline.</summary>
internal sealed class ReinforceLearner(LearnerSpec spec) : Learner
{
    private readonly LinearModule _module = spec.Module as LinearModule
        ?? throw new ArgumentException($"The learner 'reinforce' trains the module 'linear', not {spec.Module.GetType().Name}.");
    private readonly double _rate = spec.Options.Get<double>("lr");
    private readonly double _gamma = spec.Options.Get<double>("gamma");
    private double _baseline;
    private long _rows;
    private long _rowsEver;

    public override RlModule Module => _module;

    public override void Train(IReadOnlyList<RolloutBuffer> batch, long lifetimeSteps)
    {
        var (step, sum, rows) = (new double[_module.Weights.Length], 0.0, 0L);
        foreach (var buffer in batch)
        {
            var returns = new double[buffer.Environments];
            for (var t = buffer.Steps - 1; t >= 0; t--)
            {
                for (var e = 0; e < buffer.Environments; e++)
                {
                    var ended = buffer.Terminated(t)[e] || buffer.Truncated(t)[e];
                    returns[e] = buffer.Rewards(t)[e] + (ended ? 0 : _gamma * returns[e]);
                    (sum, rows) = (sum + returns[e], rows + 1);
                    AddGradient(buffer, t, e, returns[e] - _baseline, step);
                }
            }
        }

        for (var i = 0; i < step.Length; i++)
        {
            _module.Weights[i] += (float)(_rate * step[i] / rows);
        }

        _module.WeightsChanged();
        _baseline = sum / rows;
        (_rows, _rowsEver) = (rows, _rowsEver + rows);
    }

    // The gradient of ln p(action) by a logit is 1 for the chosen action, and the probability less for each.
    private void AddGradient(RolloutBuffer buffer, int t, int environment, double advantage, double[] step)
    {
        var (count, size) = (buffer.InputSize, buffer.ObservationSize);
        var logits = buffer.ActionDistributionInputs(t).Slice(environment * count, count);
        var observation = buffer.Observations(t).Slice(environment * size, size);
        var total = 0.0;
        foreach (var logit in logits)
        {
            total += Math.Exp(logit);
        }

        for (var i = 0; i < count; i++)
        {
            var slope = (i == (int)buffer.Actions(t)[environment] ? 1 : 0) - (Math.Exp(logits[i]) / total);
            for (var k = 0; k < size; k++)
            {
                step[(i * size) + k] += advantage * slope * observation[k];
            }
        }
    }

    public override void WriteTo(Action<string, MetricValue> add)
    {
        add("baseline", _baseline);
        add("num_module_steps_trained", _rows);
        add("num_module_steps_trained_lifetime", _rowsEver);
        add("num_trainable_parameters", _module.ParameterCount);
    }

    public override ComponentState CaptureState() =>
        ComponentState.Empty with { Values = ParameterSet.From([new("baseline", _baseline), new("num_module_steps_trained_lifetime", _rowsEver)]) };

    public override void ApplyState(ComponentState state) =>
        (_baseline, _rowsEver) = (state.Value<double>("baseline"), state.Value<long>("num_module_steps_trained_lifetime"));
}
