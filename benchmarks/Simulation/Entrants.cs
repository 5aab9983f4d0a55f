using System.Collections.Immutable;
using Tuning;
using Tuning.Randomness;
using Tuning.Schedulers;
using Tuning.Search;
using Tuning.Spaces;
using Tuning.Specification;

namespace Benchmarks.Simulation;

/// <summary>Every scheduler and search algorithm of the catalog that can take part, with options that fit the curves; and why others cannot.</summary>
internal static class Entrants
{
    private static readonly ComponentCatalog _catalog = new();

    /// <summary>Further ways in which a component takes part.</summary>
    private static readonly (string Component, string Option, object Value)[] _variants =
        [("asha", "variant", "promotion"), ("median", "hard_stop", false), ("pbt", "synch", true)];

    /// <summary>Values of options by name, for every component that has such an option.</summary>
    private static IEnumerable<(string Option, object Value)> Fitting(int steps, SearchSpace space)
    {
        yield return ("max_t", (long)steps);
        yield return ("perturbation_interval", (long)Math.Max(1, steps / 10));
        yield return ("time_attr", "training_iteration");
        var mutations = space.Domains.Where(d => d.Value is RealDomain or IntegerDomain).ToDictionary(d => d.Key, d => (object?)d.Value.ToParameters());
        yield return ("hyperparam_mutations", ParameterSet.From(mutations));
        yield return ("hyperparam_bounds", ParameterSet.Empty.With("lr", new ParameterList([1e-5, 1.0])));
    }

    /// <summary>The schedulers that the arguments ask for.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="steps">How long a trial is.</param>
    /// <param name="space">What is searched.</param>
    /// <param name="objectives">What schedulers of one objective, or of any number, optimise.</param>
    /// <param name="several">What those of several optimise; none of them takes part without.</param>
    /// <param name="further">Further values of options by name, for every scheduler that has such an option.</param>
    public static List<(string Name, SchedulerOptions Options)> Schedulers(
        string[] args, int steps, SearchSpace space, ImmutableArray<Objective> objectives, ImmutableArray<Objective> several = default,
            params (string Option, object Value)[] further) =>
        Chosen(args, "--schedulers", _catalog.Schedulers, steps, space, o => o.Create(
            new SchedulerContext(o is MoAshaOptions && !several.IsDefault ? several : objectives,
                SeedPath.Of(0))
            { Trials = o is PopulationBasedTrainingReplayOptions ? 1 : 100 }), further);

    /// <summary>The search algorithms that the arguments ask for.</summary>
    public static List<(string Name, SearcherOptions Options)> Searchers(string[] args, int steps, SearchSpace space, ImmutableArray<Objective> objectives) =>
        Chosen(args, "--searchers", _catalog.Searchers, steps, space,
            o => o.Create(new SearcherContext(space, objectives) { Seed = SeedPath.Of(0), Budget = 100, Parallelism = 16 }));

    private static List<(string Name, TOptions Options)> Chosen<TOptions>(
        string[] args, string argument, ComponentSet<TOptions> set, int steps, SearchSpace space, Action<TOptions> tryOut,
            params (string Option, object Value)[] further)
        where TOptions : class
    {
        var only = Measure.Option(args, argument, "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        var chosen = new List<(string, TOptions)>();
        foreach (var name in set.Names.Where(n => only.Length == 0 || only.Contains(n)))
        {
            var options = ParameterSet.Empty;
            foreach (var (option, value) in Fitting(steps, space).Concat(further))
            {
                options = set.OptionsOf(name).Any(o => o.Name == option) ? options.With(option, value) : options;
            }

            Add(name, new(name, options));
            foreach (var (_, option, value) in _variants.Where(v => v.Component == name))
            {
                Add($"{name}, {option}: {value.ToString()!.ToLowerInvariant()}", new(name, options.With(option, value)));
            }
        }

        return chosen;

        void Add(string name, ComponentSpec component)
        {
            try
            {
                if (set.Check(component).FirstOrDefault() is { } issue)
                {
                    throw new ArgumentException($"{issue.Path} {issue.Message}");
                }

                var bound = set.Bind(component);
                tryOut(bound);
                chosen.Add((name, bound));
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                Console.WriteLine($"left out: {set.Kind} {name}: {e.Message.ReplaceLineEndings(" ")}");
            }
        }
    }
}
