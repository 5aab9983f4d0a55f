using System.Globalization;
using Tuning;
using Tuning.Schedulers;
using Tuning.Simulation;

namespace Benchmarks.Simulation;

/// <summary>A scheduler whose decisions are timed, and the curves that it sees.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Options">Its options.</param>
/// <param name="Curves">What it sees.</param>
/// <param name="IsAlone">Whether it has but one trial.</param>
internal sealed record CostEntrant(string Name, SchedulerOptions Options, SyntheticCurves Curves, bool IsAlone = false)
{
    /// <summary>Whether a decision asks a model, which takes milliseconds: it takes part with few trials.</summary>
    public bool AsksModel => Options is Pb2Options;

    /// <summary>Every scheduler of the catalog, and further ways of some, that the arguments ask for.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="steps">How long a trial is.</param>
    public static List<CostEntrant> All(string[] args, int steps)
    {
        var one = SyntheticCurves.PowerLaw with { MaxSteps = steps, SpeedSpread = 4 };
        var two = SyntheticCurves.TwoObjectives with { MaxSteps = steps, SpeedSpread = 4 };
        object?[] policy = [.. Enumerable.Range(1, 10_000).Select(i => string.Create(
            CultureInfo.InvariantCulture, $$"""["0", "0", {{100 * i}}, {{100 * i}}, {"lr": 0.1, "width": 32}, {"lr": {{0.1 / i}}, "width": 32}]"""))];
        return [.. Entrants.Schedulers(args, steps, SyntheticCurves.Space, one.Objectives, two.Objectives, ("policy_file", "given by its lines"),
            ("policy", new ParameterList(policy)), ("perturbation_interval", steps / 3L))
            .Select(e => new CostEntrant(e.Name, e.Options, e.Options is MoAshaOptions ? two : one, e.Options is PopulationBasedTrainingReplayOptions))];
    }
}
