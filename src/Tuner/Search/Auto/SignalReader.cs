namespace Tuning.Search.Auto;

/// <summary>Reads signals from the first so many ended trials, of which they are a function. Remembers them.</summary>
/// <remarks>Used by one thread at a time.</remarks>
internal sealed class SignalReader(CodecSpace space)
{
    /// <summary>Signals are read anew after so many more trials.</summary>
    public const int Step = 20;

    // Beyond so many trials, fitting a process only to judge it costs more than it tells.
    private const int MostTrials = 300;

    private readonly GaussianProcessEngine _engine = new(space);
    private readonly Dictionary<int, AutoSignals> _known = [];
    private int _generation = -1;

    /// <summary>The signals that suggestions are made by when these trials are known.</summary>
    public AutoSignals Read(TrialArchive archive)
    {
        if (_generation != archive.Generation)
        {
            _known.Clear();
            _engine.Clear();
            _generation = archive.Generation;
        }

        var count = Math.Min(archive.Ended.Length, MostTrials);
        count -= count % Step;
        if (!_known.TryGetValue(count, out var signals))
        {
            _known[count] = signals = count == 0 ? AutoSignals.None : Compute(archive, archive.Ended[..count]);
        }

        return signals;
    }

    private AutoSignals Compute(TrialArchive archive, ReadOnlySpan<int> places)
    {
        List<double[]> rows = [];
        List<double[]> losses = [];
        foreach (var place in places)
        {
            if (archive.State(place) == ArchiveState.Complete && !(archive.Violation(place) > 0))
            {
                rows.Add(archive.Row(place).ToArray());
                losses.Add([archive.Loss(place)]);
            }
        }

        if (rows.Count < Step / 2)
        {
            return AutoSignals.None with { Trials = places.Length };
        }

        var model = _engine.Model(new(rows, [.. losses], new double[rows.Count], []), null);
        var (predicted, targets) = (model.Posterior.LeaveOneOut(model.Warp.Targets), model.Warp.Targets);
        var (error, variance) = (0.0, 0.0);
        for (var i = 0; i < targets.Length; i++)
        {
            error += (targets[i] - predicted[i]) * (targets[i] - predicted[i]);
            variance += targets[i] * targets[i];
        }

        var settings = model.Posterior.Settings;
        return new(places.Length, variance > 0 ? 1 - (error / variance) : double.NaN, settings.Noise / (settings.Scale + settings.Noise));
    }
}
