using System.Collections.Immutable;
using Tuning.Simulation;

namespace Tuning.Tests.Simulation;

/// <summary>Curves by a function: the loss after each step, and how long each step takes.</summary>
internal sealed class SomeCurves(int steps, double seconds, Func<ParameterSet, CurveState, double> loss) : ICurveSource, ICurve
{
    private readonly ParameterSet? _config;

    private SomeCurves(SomeCurves of, ParameterSet config)
        : this(of.Steps, of.Seconds, of.Loss) => _config = config;

    public string Name => "some";

    public ImmutableArray<Objective> Objectives => [new("loss", Mode.Min)];

    public bool Checkpoints { get; init; } = true;

    private int Steps { get; } = steps;

    private double Seconds { get; } = seconds;

    private Func<ParameterSet, CurveState, double> Loss { get; } = loss;

    public ICurve Open(ParameterSet config) => new SomeCurves(this, config);

    public CurvePoint? Next(CurveState state, CurveNoise noise)
    {
        var next = state with { Step = state.Step + 1 };
        return state.Step >= Steps ? null : new(next, Seconds, new Metrics(1) { ["loss"] = Loss(_config!, next) });
    }
}
