using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tuning;
using Tuning.Randomness;
using Tuning.Search;
using Tuning.Spaces;

namespace Benchmarks.Quality;

/// <summary>A sampler of the Optuna that Python finds, as a live check of the table: <c>random</c>, <c>tpe</c> (multivariate, with its liar) or
/// <c>tpe_univariate</c>.</summary>
/// <param name="Kind">Which.</param>
internal sealed record OptunaOptions(string Kind) : SearcherOptions
{
    /// <summary>Whether it takes a space: without conditions.</summary>
    public static bool Suits(SearchSpace space) =>
        space.Domains.All(d => d.Value.ConditionFormula is null && d.Value is RealDomain or IntegerDomain or ChoiceDomain);

    /// <inheritdoc/>
    public override ISearcher Create(SearcherContext context) => new OptunaSearch(Kind, context);
}

/// <summary>Optuna in a process of its own, asked and told as the study goes on. Not pure: of use for one study from its beginning.</summary>
internal sealed class OptunaSearch : ISearcher, IDisposable
{
    private readonly Process _process;
    private readonly HashSet<long> _told = [];

    public OptunaSearch(string kind, SearcherContext context)
    {
        Name = "optuna " + kind;
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("PYTHON") ?? "python3",
            [Path.Combine(AppContext.BaseDirectory, "Quality", "optuna_study.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        Send(new JsonObject
        {
            ["kind"] = kind,
            ["seed"] = (long)(context.Seed!.Seed % int.MaxValue),
            ["space"] = new JsonObject(context.Space.Domains.Select(d => KeyValuePair.Create(d.Key, (JsonNode?)Describe(d.Value)))),
        });
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsImmediate => false;

    /// <inheritdoc/>
    public long SuggestionsFor(long samples) => samples;

    /// <inheritdoc/>
    public Suggestion Suggest(SearchHistory history, long number, RandomStream random)
    {
        var told = history.Observations.Where(o => o.IsEnded && _told.Add(o.Suggestion)).OrderBy(o => o.EndOrder)
            .Select(o => (JsonNode)new JsonArray(o.Suggestion, o.Objective));
        Send(new JsonObject { ["ask"] = number, ["told"] = new JsonArray([.. told]) });
        var answer = _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException("Optuna has ended. Does `python3 -c 'import optuna'` work? PYTHON names another interpreter.");
        using var parsed = JsonDocument.Parse(answer);
        return new Suggestion.Configure(ParameterSet.FromJson(parsed.RootElement), Name);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static JsonObject Describe(Domain domain) => domain switch
    {
        RealDomain r => new() { ["whole"] = false, ["low"] = r.Lower, ["high"] = r.Upper, ["log"] = r.IsLog, ["step"] = r.Step },
        IntegerDomain i => new() { ["whole"] = true, ["low"] = i.Lower, ["high"] = i.Upper, ["log"] = i.IsLog, ["step"] = i.Step },
        ChoiceDomain c => new() { ["choices"] = JsonSerializer.SerializeToNode(c.Values) },
        _ => throw new ArgumentException($"Optuna is not given {domain}."),
    };

    private void Send(JsonObject line)
    {
        _process.StandardInput.WriteLine(line.ToJsonString());
        _process.StandardInput.Flush();
    }
}
