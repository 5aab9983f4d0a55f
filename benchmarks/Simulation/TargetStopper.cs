using Tuning.Stopping;
using Tuning.Trials;

namespace Benchmarks.Simulation;

/// <summary>Ends an experiment at the first report that reaches the target, and remembers when that was. For one run.</summary>
internal sealed record TargetStopper(string Metric, double Target) : StopperOptions
{
    private readonly Stopper _stopper = new(Metric, Target);

    /// <summary>When the target was reached; null while it was not.</summary>
    public TimeSpan? Reached => _stopper.Reached;

    public override IStopper Create(StopperContext context) => _stopper;

    private sealed class Stopper(string metric, double target) : IStopper
    {
        public TimeSpan? Reached { get; private set; }

        public StopVerdict? Check(TrialReport report, TrialBoard board)
        {
            if (!(report.Value(metric) <= target))
            {
                return null;
            }

            Reached ??= board.Elapsed;
            return new(WholeExperiment: true, "the target is reached");
        }

        public void Observe(TrialReport report)
        {
        }
    }
}
