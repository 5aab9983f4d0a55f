using System.Net;
using System.Text.Json;
using Tuning.Dashboard;
using Tuning.Testing;

namespace Tuning.Tests;

/// <summary>A storage with experiments, shown by a server, and a client of it.</summary>
internal sealed class ShownStorage : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    public DashboardServer Server { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public string Directory => _folder.Path;

    public string Of(string experiment) => Path.Combine(Directory, experiment);

    public async Task<ShownStorage> StartAsync(DashboardOptions? options = null)
    {
        Server = await DashboardServer.StartAsync(Directory, (options ?? new()) with { Port = 0 }, TestContext.Current.CancellationToken);
        Client = new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new(Server.Url) };
        return this;
    }

    /// <summary>Runs an experiment by ask and tell.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="space">What is searched.</param>
    /// <param name="trials">How many trials.</param>
    /// <param name="reports">What a trial reports, by trial and step; null ends it, and where it comes first, as failed.</param>
    /// <param name="config">Metric and algorithm.</param>
    /// <param name="meanwhile">Called after each trial.</param>
    public async Task RunAsync(string name, SearchSpace space, int trials, Func<int, int, Metrics?> reports,
        StudyConfig? config = null, Action? meanwhile = null)
    {
        await using var study = await Study.CreateAsync(space,
            (config ?? new() { Metric = "loss" }) with { Samples = Math.Max(1, trials), Seed = 1, Name = name, StoragePath = Directory, Loggers = [] },
            TestContext.Current.CancellationToken);
        for (var i = 0; i < trials; i++)
        {
            var trial = study.Ask(TestContext.Current.CancellationToken)!;
            Metrics? last = null;
            for (var step = 1; reports(i, step) is { } metrics; step++)
            {
                last = metrics;
                if (study.Report(trial, metrics))
                {
                    break;
                }
            }

            if (last is null)
            {
                study.TellFailed(trial, "it could not begin");
            }
            else if (study.Running.Any(t => t.Id == trial.Id))
            {
                study.Tell(trial);
            }

            meanwhile?.Invoke();
        }
    }

    /// <summary>An experiment that has little to show, or too much; it is called what it is.</summary>
    public async Task RunPartialAsync(string kind)
    {
        var space = new SearchSpace();
        for (var i = 0; i < (kind == "wide" ? 500 : 1); i++)
        {
            space.Add("p" + i, Domain.Uniform(0, 1));
        }

        await RunAsync(kind, space, kind == "empty" ? 0 : kind == "one" ? 1 : 3, (trial, step) => step > 1 || kind == "failed" ? null : kind switch
        {
            "nan" => new() { ["loss"] = trial == 1 ? double.PositiveInfinity : double.NaN },
            "text" => new() { ["loss"] = 1, ["note"] = "</script><b>&'\"\u2028", ["flag"] = true },
            "metrics" => Many(),
            _ => new() { ["loss"] = trial },
        });

        static Metrics Many()
        {
            var metrics = new Metrics(5001) { ["loss"] = 1 };
            for (var i = 0; i < 5000; i++)
            {
                metrics["group/metric" + i] = i;
            }

            return metrics;
        }
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        for (; ; )
        {
            using var response = await Client.GetAsync(path, TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            var json = JsonDocument.Parse(text).RootElement;
            if (response.StatusCode != HttpStatusCode.Accepted)
            {
                Assert.True(response.IsSuccessStatusCode, text);
                return json;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }

        _folder.Dispose();
    }
}
