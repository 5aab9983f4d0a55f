namespace Tuning.Search.GaussianProcess;

/// <summary>
/// Whether results are noisy, so that the best of them may be luck: whether a Gaussian process fitted to the first n of them saw noise, for any n of a
/// few, each a quarter larger than the one before. So it costs a few fits in all, and is a function of the trials alone.
/// </summary>
/// <remarks>Follows an archive at the cost of what is new. Used by one thread.</remarks>
/// <param name="codec">The space. With more than <see cref="MostAxes"/> axes, so few trials do not tell noise from shape: no noise is seen.</param>
/// <param name="archive">The trials, with one objective. Those that a scheduler ended say nothing: their values are those of less training.</param>
internal sealed class NoiseGauge(ParameterCodec codec, TrialArchive archive)
{
    /// <summary>The most axes.</summary>
    public const int MostAxes = 20;

    private const int First = 11, Last = 150;
    private const double Growth = 1.25;

    // Of the variance, the share that noise must explain. Taking a rough function for a noisy one costs little, the reverse much.
    private const double LeastShare = 0.01;

    private readonly FeatureMap _map = new(new CodecSpace(codec).Dimensions);
    private readonly List<int> _complete = [];
    private int _generation = -1, _taken, _next;
    private bool _isNoisy;

    /// <summary>Takes in the trials that ended since the last time, and says whether any fit has seen noise.</summary>
    public bool SeesNoise()
    {
        if (_generation != archive.Generation)
        {
            (_generation, _taken, _next, _isNoisy) = (archive.Generation, 0, First, false);
            _complete.Clear();
        }

        for (; !_isNoisy && _next <= Last && _taken < archive.Ended.Length && codec.Axes.Length <= MostAxes; _taken++)
        {
            if (archive.State(archive.Ended[_taken]) == ArchiveState.Complete)
            {
                _complete.Add(archive.Ended[_taken]);
                if (_complete.Count == _next)
                {
                    _isNoisy = IsNoisy();
                    _next = (int)(_next * Growth);
                }
            }
        }

        return _isNoisy;
    }

    private bool IsNoisy()
    {
        var rows = _complete.Select(place => archive.Row(place).ToArray()).ToList();
        var settings = SurrogateFits.Fit(_map, new Prior(), rows, [.. _complete.Select(place => archive.Loss(place))],
            [HyperparameterFit.Default(_map.Dimensions)]);
        return settings.Noise > LeastShare * (settings.Scale + settings.Noise);
    }
}
