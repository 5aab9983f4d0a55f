using System.Diagnostics;
using Benchmarks.Problems;
using Tuning;
using Tuning.Randomness;
using Tuning.Search;
using Tuning.Search.GaussianProcess;

namespace Benchmarks.Quality;

/// <summary>What became of one study.</summary>
/// <param name="Regrets">The true regret of the trial that would be used, after 25, 50, 100 and 300 trials; NaN where it did not get.</param>
/// <param name="Seconds">How long suggestions took in all.</param>
/// <param name="Longest">How long the slowest one took, in seconds.</param>
internal sealed record StudyResult(double[] Regrets, double Seconds, double Longest);

/// <summary>A sampler at work on a problem with one seed.</summary>
internal sealed class Study
{
    private readonly Problem _problem;
    private readonly SearcherContext _context;
    private readonly ISearcher _searcher;
    private readonly SearchRun _run;
    private readonly RandomStream _noise, _order;
    private readonly int _trials;
    private readonly List<int> _running = [];
    private readonly double[] _regrets = [double.NaN, double.NaN, double.NaN, double.NaN];
    private readonly Action<string>? _trace;
    private double _seconds, _longest, _best = double.PositiveInfinity;
    private int _ended, _incumbent = -1;

    private Study(Sampler sampler, Problem problem, int seed, int trials, Action<string>? trace)
    {
        (_problem, _trials, _trace) = (problem, trials, trace);
        var path = SeedPath.Of((ulong)seed);
        (_noise, _order) = ((path / "noise").Stream(), (path / "order").Stream());
        _context = new(problem.Space, [new Objective("f", Mode.Min)])
        {
            Constraints = [.. problem.SpaceConstraints],
            Seed = path / "searcher",
            Budget = trials,
            Parallelism = problem.Parallelism,
        };
        _searcher = sampler.Options.Create(_context);
        _run = new(_searcher, path / "searcher");
    }

    /// <summary>Runs a study; told the final number of trials and read on the way.</summary>
    public static StudyResult Run(Sampler sampler, Problem problem, int seed, int trials, Action<string>? trace = null)
    {
        var study = new Study(sampler, problem, seed, trials, trace);
        using var process = study._searcher as IDisposable;
        return study.Run();
    }

    private StudyResult Run()
    {
        var isExhausted = false;
        while (_ended < _trials && (!isExhausted || _running.Count > 0))
        {
            var isWaiting = isExhausted;
            while (!isWaiting && _running.Count < _problem.Parallelism && _run.Count < _trials)
            {
                var start = Stopwatch.GetTimestamp();
                var suggestion = _run.Ask();
                var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                (_seconds, _longest) = (_seconds + seconds, Math.Max(_longest, seconds));
                isExhausted |= suggestion is Suggestion.Exhausted;
                isWaiting = suggestion is not Suggestion.Configure;
                if (!isWaiting)
                {
                    _running.Add(_run.Count - 1);
                    _trace?.Invoke($"{_run.Count - 1}: {((Suggestion.Configure)suggestion).Reason} {((Suggestion.Configure)suggestion).Config}");
                }
            }

            if (_running.Count == 0 && !isExhausted)
            {
                throw new InvalidOperationException($"{_searcher.Name} waits on {_problem.Name} although nothing runs.");
            }

            if (_running.Count > 0)
            {
                End(_order.NextInt32(_running.Count));
            }
        }

        for (var r = 0; r < _regrets.Length && ReferenceTable.Reads[r] <= _trials; r++)
        {
            _regrets[r] = double.IsNaN(_regrets[r]) ? Regret() : _regrets[r];
        }

        return new(_regrets, _seconds, _longest);
    }

    private void End(int at)
    {
        var trial = _running[at];
        _running.RemoveAt(at);
        var value = _problem.Observe(_run[trial].Config, _noise);
        _run.Tell(trial, value);
        if (value < _best)
        {
            (_best, _incumbent) = (value, trial);
        }

        _trace?.Invoke($"{trial} = {value:G6}, best {_best:G6}");
        _ended++;
        for (var r = 0; r < _regrets.Length; r++)
        {
            _regrets[r] = ReferenceTable.Reads[r] == _ended ? Regret() : _regrets[r];
        }
    }

    // Of the trial that is recommended, else of the best value. Without noise the two are the same.
    private double Regret() => _problem.Regret(_run[_problem.Noise is not null && NoiseAwareRecommendation.Of(_context, _run.History) is { } recommended
        ? (int)recommended.Trial.Number : _incumbent].Config);
}
