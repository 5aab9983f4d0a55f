namespace Tuning.Simulation;

/// <summary>
/// Recorded learning curves: a configuration follows the curve of the nearest one that was recorded. Made with <see cref="Load"/> from a CSV
/// file, with <see cref="FromExperiment"/> from an experiment's directory, or curve by curve.
/// </summary>
/// <remarks>
/// A trial ends by itself where its curve ends: a curve that was stopped early is no longer than it was, so record what you simulate
/// with <c>fifo</c>, or know that later stops come for free. The nearest configuration is the one with the least mean distance over parameters:
/// numbers by their range (by that of their logarithms where all are positive and span a factor of 100), anything else equal or not; of equally near ones the
/// first. To find it costs time in proportion to the number of curves, once per start of a trial. Safe on any thread.
/// </remarks>
public sealed partial class CurveTable : ICurveSource
{
    private readonly ImmutableArray<RecordedCurve> _curves;
    private readonly ConfigurationDistance _distance;
    private readonly Dictionary<ParameterSet, RecordedCurve> _exact = [];

    /// <summary>A table of curves.</summary>
    /// <param name="curves">The curves; at least one, each with a step.</param>
    /// <param name="objectives">What they are about, the first being the main one; empty leaves it to the experiment.</param>
    /// <exception cref="ArgumentException">There is no curve, or one without a step.</exception>
    public CurveTable(IEnumerable<RecordedCurve> curves, params ImmutableArray<Objective> objectives)
    {
        ArgumentNullException.ThrowIfNull(curves);
        _curves = [.. curves];
        if (_curves.IsEmpty || _curves.Any(c => c.Steps.IsDefaultOrEmpty))
        {
            throw new ArgumentException(_curves.IsEmpty ? "A table needs at least one learning curve." : "A learning curve needs at least one step.",
                nameof(curves));
        }

        Objectives = objectives;
        _distance = new(_curves.Select(c => c.Config));
        foreach (var curve in _curves)
        {
            _exact.TryAdd(curve.Config, curve);
        }
    }

    /// <inheritdoc/>
    /// <value>Default <c>table</c>.</value>
    public string Name { get; init; } = "table";

    /// <inheritdoc/>
    public ImmutableArray<Objective> Objectives { get; init; }

    /// <inheritdoc/>
    /// <value>Default true.</value>
    public bool Checkpoints { get; init; } = true;

    /// <summary>The curves.</summary>
    public IReadOnlyList<RecordedCurve> Curves => _curves;

    /// <summary>The recorded curve that a configuration follows.</summary>
    public RecordedCurve Nearest(ParameterSet config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return _exact.TryGetValue(config, out var same) ? same : _curves[_distance.Nearest(config)];
    }

    /// <inheritdoc/>
    public ICurve Open(ParameterSet config) => new Reading(Nearest(config));

    private sealed class Reading(RecordedCurve curve) : ICurve
    {
        public CurvePoint? Next(CurveState state, CurveNoise noise)
        {
            if (state.Step >= curve.Steps.Length)
            {
                return null;
            }

            var step = curve.Steps[(int)state.Step];
            return new(new(state.Step + 1, 0), step.Seconds, step.Metrics);
        }
    }
}

/// <summary>A learning curve that was recorded.</summary>
/// <param name="Config">The configuration.</param>
/// <param name="Steps">The steps from the first on.</param>
public sealed record RecordedCurve(ParameterSet Config, ImmutableArray<CurveStep> Steps);

/// <summary>One step of a recorded curve.</summary>
/// <param name="Seconds">How long it took.</param>
/// <param name="Metrics">What was reported after it. Not to be changed.</param>
public readonly record struct CurveStep(double Seconds, Metrics Metrics);
