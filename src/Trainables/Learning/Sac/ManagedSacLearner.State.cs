using System.Collections.Immutable;
using Tuning.Checkpointing;
using Tuning.Modules;
using Tuning.Networks;

namespace Tuning.Learning;

/// <content>The state: moments, α with the start that it was adapted from, streams, experience.</content>
internal sealed partial class ManagedSacLearner
{
    private const string FirstMoment = "exp_avg.";
    private const string SecondMoment = "exp_avg_sq.";
    private const string ReplayPrefix = "replay.";

    /// <inheritdoc/>
    public override ComponentState CaptureState()
    {
        var values = ParameterSet.From(
        [
            new("optimizer_steps", _steps),
            new("log_alpha", _logAlpha),
            new("log_alpha_exp_avg", _alphaMoment1),
            new("log_alpha_exp_avg_sq", _alphaMoment2),
            new("configured_initial_alpha", _options.InitialAlpha),
            new("random", _random.Save().ToString()),
            new("noise", _noise.Save().ToString()),
            new("training_steps_of_round", _trainingSteps),
            new("last_target_update", _lastTargetUpdate),
            new("num_module_steps_trained_lifetime", _rowsTrained),
        ]);
        var tensors = NamedTensors.ToState(Moments());
        if (_options.StoreBuffer)
        {
            var replay = _replay.CaptureState();
            values = values.With("replay", replay.Values ?? ParameterSet.Empty);
            tensors = tensors.AddRange(replay.Tensors.Select(t => KeyValuePair.Create(ReplayPrefix + t.Key, t.Value)));
        }

        return ComponentState.Empty with { Values = values, Tensors = tensors };
    }

    /// <inheritdoc/>
    public override void ApplyState(ComponentState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var (random, noise) = (state.Stream("random"), state.Stream("noise"));
        var moments = NamedTensors.FromState(
            state with { Tensors = state.Tensors.RemoveRange(state.Tensors.Keys.Where(k => k.StartsWith(ReplayPrefix, StringComparison.Ordinal))) }, Moments());
        var (steps, logAlpha, configured) = (state.Value<long>("optimizer_steps"), state.Value<double>("log_alpha"), state.Value<double>("configured_initial_alpha"));
        var (moment1, moment2) = (state.Value<double>("log_alpha_exp_avg"), state.Value<double>("log_alpha_exp_avg_sq"));
        var (trainingSteps, lastTargetUpdate, rowsTrained) = (state.Value<int>("training_steps_of_round"), state.Value<long>("last_target_update"), state.Value<long>("num_module_steps_trained_lifetime"));
        if (state.Values!.TryGet("replay", out _))
        {
            _replay.ApplyState(ComponentState.Empty with
            {
                Values = state.Value<ParameterSet>("replay"),
                Tensors = state.Tensors.Where(t => t.Key.StartsWith(ReplayPrefix, StringComparison.Ordinal))
                    .ToImmutableSortedDictionary(t => t.Key[ReplayPrefix.Length..], t => t.Value, StringComparer.Ordinal),
            });
        }
        else
        {
            _replay.Clear();
        }

        foreach (var update in _updates)
        {
            update.Network.Write(update.Moment1, Part(FirstMoment, update.Network));
            update.Network.Write(update.Moment2, Part(SecondMoment, update.Network));
        }

        _random.Restore(random);
        _noise.Restore(noise);
        (_steps, _trainingSteps, _lastTargetUpdate, _rowsTrained) = (steps, trainingSteps, lastTargetUpdate, rowsTrained);
        (_logAlpha, _alphaMoment1, _alphaMoment2) = configured.Equals(_options.InitialAlpha) ? (logAlpha, moment1, moment2) : (Math.Log(_options.InitialAlpha), 0, 0);
        _weightsSeen = -1;
        _metrics.Clear();

        Dictionary<string, float[]> Part(string prefix, DenseNetwork network) =>
            network.Views().ToDictionary(view => view.Name, view => moments.First(m => m.Name == prefix + view.Name).Data, StringComparer.Ordinal);
    }

    private IReadOnlyList<NamedTensor> Moments() =>
    [
        .. _updates.SelectMany(update => update.Network.Read(update.Moment1)).Select(tensor => tensor with { Name = FirstMoment + tensor.Name }),
        .. _updates.SelectMany(update => update.Network.Read(update.Moment2)).Select(tensor => tensor with { Name = SecondMoment + tensor.Name }),
    ];
}
