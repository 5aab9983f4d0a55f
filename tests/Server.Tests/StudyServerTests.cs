using Microsoft.Extensions.Time.Testing;
using Tuning.Search.Tpe;

namespace Tuning.Tests;

/// <summary>Ask, report and tell over HTTP: what counts, what is repeated, and what outlives a server.</summary>
public sealed class StudyServerTests
{
    [Fact]
    public async Task Study_is_asked_and_told_to_its_end()
    {
        await using var served = await new ServedStudy { Config = new() { Samples = 10, Seed = 3, SearchAlgorithm = new TpeOptions() } }.StartAsync();
        var told = new List<double>();
        while (true)
        {
            var (_, asked) = await served.PostAsync("/ask", "{}");
            if (asked.GetProperty("trials").GetArrayLength() == 0)
            {
                Assert.False(asked.GetProperty("more").GetBoolean());
                Assert.NotEmpty(asked.GetProperty("reason").GetString()!);
                break;
            }

            var trial = asked.GetProperty("trials")[0];
            var x = trial.GetProperty("config").GetProperty("x").GetDouble();
            told.Add(x * x);
            var (status, answer) = await served.PostAsync(
                "/tell", FormattableString.Invariant($$"""{"trial": {{trial.GetProperty("trial")}}, "value": {{x * x:R}}}"""));
            Assert.Equal((200, "completed", true), (status, answer.GetProperty("status").GetString(), answer.GetProperty("recorded").GetBoolean()));
        }

        await served.Server.Completion.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(10, told.Count);
        Assert.Equal(told.Min(), served.Study.Results().Best().Objective);
        Assert.Equal(told.Min(), (await served.GetAsync("/best")).Body.GetProperty("best").GetProperty("value").GetDouble());
        var (_, study) = await served.GetAsync("/study");
        Assert.True(study.GetProperty("finished").GetBoolean());
        Assert.Equal(10, study.GetProperty("trials").GetProperty("completed").GetInt32());

        // The record is an experiment's.
        await served.StopAsync();
        var results = await ResultGrid.LoadAsync(Path.Combine(served.Folder, "study"), TestContext.Current.CancellationToken);
        Assert.Equal(told, results.Select(t => t.Objective!.Value));
    }

    [Fact]
    public async Task Repeated_requests_count_once()
    {
        await using var served = await new ServedStudy { Config = new() { Samples = 20, Seed = 1, Scheduler = ServedStudy.Median } }.StartAsync();

        // An ask by its name.
        var first = (await served.PostAsync("/ask", """{"request": "a", "count": 3}""")).Body;
        Assert.Equal(first.GetRawText(), (await served.PostAsync("/ask", """{"request": "a", "count": 3}""")).Body.GetRawText());
        Assert.Equal(409, (await served.PostAsync("/ask", """{"request": "a", "count": 2}""")).Status);
        Assert.Equal(3, (await served.AskAsync("\"request\": \"b\"")).Number);

        // A report by its step; other values at the same step, and earlier steps, are none.
        Assert.False((await served.PostAsync("/report", """{"trial": 0, "step": 2, "value": 1}""")).Body.GetProperty("repeated").GetBoolean());
        Assert.True((await served.PostAsync("/report", """{"trial": 0, "step": 2, "value": 1}""")).Body.GetProperty("repeated").GetBoolean());
        Assert.Equal(409, (await served.PostAsync("/report", """{"trial": 0, "step": 2, "value": 2}""")).Status);
        Assert.Equal(422, (await served.PostAsync("/report", """{"trial": 0, "step": 1, "value": 2}""")).Status);

        // A stop.
        await served.PostAsync("/report", """{"trial": 1, "step": 2, "value": 1}""");
        for (var i = 0; i < 2; i++)
        {
            var (_, stop) = await served.PostAsync("/report", """{"trial": 2, "step": 2, "value": 9}""");
            Assert.Equal(("stop", i == 1), (stop.GetProperty("answer").GetString(), stop.GetProperty("repeated").GetBoolean()));
            Assert.Contains("median", stop.GetProperty("reason").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(409, (await served.PostAsync("/report", """{"trial": 2, "step": 3, "value": 9}""")).Status);

        // The end that a stopped loop tells changes nothing; it may be told twice, too, but not otherwise.
        for (var i = 0; i < 2; i++)
        {
            var (status, told) = await served.PostAsync("/tell", """{"trial": 2, "value": 8}""");
            Assert.Equal((200, "pruned", false), (status, told.GetProperty("status").GetString(), told.GetProperty("recorded").GetBoolean()));
        }

        // The end of a trial.
        for (var i = 0; i < 2; i++)
        {
            var (status, told) = await served.PostAsync("/tell", """{"trial": 0, "value": "NaN"}""");
            Assert.Equal((200, i == 1), (status, told.GetProperty("repeated").GetBoolean()));
        }

        Assert.Equal(409, (await served.PostAsync("/tell", """{"trial": 0, "value": 1}""")).Status);
        Assert.Equal(409, (await served.PostAsync("/tell", """{"trial": 0, "failed": "why"}""")).Status);
        Assert.Equal([2, 1, 1, 0], served.Study.Results().Select(t => t.Reports));
    }

    [Fact]
    public async Task Everything_outlives_the_server()
    {
        await using var served = await new ServedStudy
        {
            Config = new() { Samples = 20, Seed = 1, MaxFailures = 1, Scheduler = ServedStudy.Median },
        }.StartAsync();
        var asked = (await served.PostAsync("/ask", """{"request": "a", "count": 4, "lease_s": 1000}""")).Body;
        foreach (var i in new[] { 0, 1 })
        {
            await served.PostAsync("/report", $$"""{"trial": {{i}}, "step": 1, "value": 1}""");
        }

        await served.PostAsync("/report", """{"trial": 2, "step": 1, "value": 9}""");
        await served.PostAsync("/tell", """{"trial": 1, "value": 5}""");
        await served.PostAsync("/tell", """{"trial": 3, "failed": "it broke"}""");
        var token = served.Server.Token;
        await served.StopAsync();
        await served.StartAsync();

        Assert.Equal(token, served.Server.Token);
        var again = (await served.PostAsync("/ask", """{"request": "a", "count": 4}""")).Body.GetProperty("trials");
        Assert.Equal(asked.GetProperty("trials").EnumerateArray().Select(t => t.GetProperty("config").GetRawText()),
            again.EnumerateArray().Select(t => t.GetProperty("config").GetRawText()));
        foreach (var (path, body, expected) in new (string, string, object)[]
        {
            ("/report", """{"trial": 0, "step": 1, "value": 1}""", "continue"),
            ("/report", """{"trial": 2, "step": 1, "value": 9}""", "stop"),
            ("/tell", """{"trial": 1, "value": 5}""", "completed"),
            ("/tell", """{"trial": 1, "value": 6}""", 409),
            ("/tell", """{"trial": 2, "value": 6}""", "pruned"),
            ("/tell", """{"trial": 3, "attempt": 1, "failed": "it broke"}""", "pending"),
            ("/tell", """{"trial": 3, "attempt": 1, "value": 1}""", 409),
            ("/report", """{"trial": 0, "step": 2, "value": 1}""", "continue"),
            ("/tell", """{"trial": 0, "value": 1}""", "completed"),
        })
        {
            var (status, answer) = await served.PostAsync(path, body);
            Assert.True(expected is int code ? code == status
                : status == 200 && (string)expected == answer.GetProperty(path == "/tell" ? "status" : "answer").GetString(), $"{body}: {answer}");
        }

        // What failed comes again; the trial of an attempt that is over cannot be told of by whoever had it.
        Assert.Equal((3, 2), (await served.AskAsync()) is var (number, attempt, _) ? (number, attempt) : default);
        Assert.Equal(409, (await served.PostAsync("/report", """{"trial": 3, "attempt": 1, "step": 1, "value": 1}""")).Status);
        Assert.Equal(200, (await served.PostAsync("/tell", """{"trial": 3, "attempt": 2, "value": 1}""")).Status);
        Assert.Equal([3, 2, 1, 1], served.Study.Results().Select(t => t.Reports));
    }

    [Fact]
    public async Task Trial_that_nobody_was_told_of_goes_to_the_next()
    {
        await using var served = await new ServedStudy().StartAsync();
        await served.AskAsync();
        var lost = served.Study.Ask(TestContext.Current.CancellationToken)!;
        await served.StopAsync();
        await served.StartAsync();

        Assert.Equal(lost.Id.Number, (await served.AskAsync()).Number);
        Assert.Equal(2, (await served.AskAsync()).Number);
    }

    [Fact]
    public async Task Torn_line_of_the_asks_is_cut()
    {
        await using var served = await new ServedStudy().StartAsync();
        await served.AskAsync("\"request\": \"a\"");
        await served.AskAsync("\"request\": \"b\"");
        await served.StopAsync();
        var file = Path.Combine(served.Folder, "study", "asks.jsonl");
        var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(file, lines[0] + "\n" + lines[1][..10], TestContext.Current.CancellationToken);
        await served.StartAsync();

        Assert.Equal(0, (await served.AskAsync("\"request\": \"a\"")).Number);
        Assert.Equal(1, (await served.AskAsync("\"request\": \"b\"")).Number);
        Assert.Equal(2, (await served.AskAsync("\"request\": \"c\"")).Number);
    }

    [Fact]
    public async Task Silent_clients_lose_their_trials()
    {
        var time = new FakeTimeProvider();
        await using var served = await new ServedStudy { Time = time, Config = new() { Samples = 3, Seed = 1, MaxFailures = 1 } }.StartAsync();
        await served.AskAsync("\"lease_s\": 60, \"client\": \"w1\"");
        await served.AskAsync("\"lease_s\": 60");
        await served.AskAsync();
        time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(200, (await served.PostAsync("/heartbeat", """{"trial": 1}""")).Status);
        time.Advance(TimeSpan.FromSeconds(50));
        await served.PostAsync("/report", """{"trial": 1, "step": 1, "value": 1}""");

        // Its trial is another's now, and what the first says of it counts for nothing.
        Assert.Equal((0, 2), (await served.AskAsync("\"lease_s\": 60")) is var (number, attempt, _) ? (number, attempt) : default);
        var (status, problem) = await served.PostAsync("/tell", """{"trial": 0, "attempt": 1, "value": 1}""");
        Assert.Equal((409, true), (status, problem.GetProperty("detail").GetString()!.Contains("(w1) was not heard of for 60 s", StringComparison.Ordinal)));
        time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(409, (await served.PostAsync("/heartbeat", """{"trial": 1, "attempt": 1}""")).Status);
        Assert.Equal(200, (await served.PostAsync("/tell", """{"trial": 2, "value": 1}""")).Status);
        Assert.Equal([TrialStatus.Failed, TrialStatus.Pending, TrialStatus.Terminated], served.Study.Results().Select(t => t.Status));
    }

    [Fact]
    public async Task Asks_that_wait_are_answered_when_results_come()
    {
        await using var served = await new ServedStudy
        {
            Config = new() { Samples = 3, Seed = 1, SearchAlgorithm = new Search.ConcurrencyLimiterOptions { MaxConcurrent = 1, Searcher = new TpeOptions() } },
        }.StartAsync();
        await served.AskAsync();
        var (_, none) = await served.PostAsync("/ask", """{"wait_s": 0}""");
        Assert.Equal((0, true), (none.GetProperty("trials").GetArrayLength(), none.GetProperty("more").GetBoolean()));
        Assert.Equal(1, none.GetProperty("retry_after_s").GetInt32());
        var waiting = served.AskAsync("\"wait_s\": 300");
        await served.PostAsync("/tell", """{"trial": 0, "value": 1}""");

        Assert.Equal(1, (await waiting).Number);
    }

    [Fact]
    public async Task Asks_that_wait_are_answered_when_the_server_stops()
    {
        await using var served = await new ServedStudy
        {
            Config = new() { Samples = 3, Seed = 1, SearchAlgorithm = new Search.ConcurrencyLimiterOptions { MaxConcurrent = 1, Searcher = new TpeOptions() } },
        }.StartAsync();
        await served.AskAsync();
        using var client = served.NewClient();
        using var content = new StringContent("""{"wait_s": 300, "request": "late"}""", System.Text.Encoding.UTF8, "application/json");
        var waiting = client.PostAsync("/ask", content, TestContext.Current.CancellationToken);
        while (served.Study.Loop.Asking == 0)
        {
            await Task.Yield();
        }

        await served.StopAsync();
        using var answer = await waiting;
        Assert.Equal((503, "2"), ((int)answer.StatusCode, answer.Headers.RetryAfter?.ToString()));
        await served.StartAsync();
        await served.PostAsync("/tell", """{"trial": 0, "value": 1}""");
        Assert.Equal(1, (await served.AskAsync("\"request\": \"late\"")).Number);
    }

    [Fact]
    public async Task Searcher_that_fails_is_said_of_its_trials()
    {
        await using var served = await new ServedStudy { Config = new() { Samples = 3, Seed = 1, SearchAlgorithm = new Broken() } }.StartAsync();
        var (status, none) = await served.PostAsync("/ask", "{}");
        Assert.Equal((200, false), (status, none.GetProperty("more").GetBoolean()));
        var trials = (await served.GetAsync("/trials?status=failed")).Body.GetProperty("trials").EnumerateArray().ToList();
        Assert.Equal(3, trials.Count);
        Assert.All(trials, t => Assert.Contains("out of luck", t.GetProperty("reason").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Study_that_was_closed_is_no_fault_of_the_client()
    {
        await using var served = await new ServedStudy().StartAsync();
        await served.AskAsync();
        await served.Study.DisposeAsync();
        foreach (var (path, body) in new[] { ("/ask", "{}"), ("/tell", """{"trial": 0, "value": 1}"""), ("/tell", """{"trial": 0}""") })
        {
            var (status, problem) = await served.PostAsync(path, body);
            Assert.Equal((500, "urn:tuner:problem:study-failed"), (status, problem.GetProperty("type").GetString()));
        }
    }

    [Fact]
    public async Task Trial_whose_ask_is_not_known_belongs_to_who_tells_of_it()
    {
        await using var served = await new ServedStudy().StartAsync();
        await served.AskAsync();
        await served.AskAsync();
        await served.StopAsync();
        File.Delete(Path.Combine(served.Folder, "study", "asks.jsonl"));
        await served.StartAsync();

        Assert.Equal("continue", (await served.PostAsync("/report", """{"trial": 0, "step": 1, "value": 1}""")).Body.GetProperty("answer").GetString());
        Assert.Equal(1, (await served.AskAsync()).Number);
        Assert.Equal(200, (await served.PostAsync("/tell", """{"trial": 0, "value": 1}""")).Status);
        Assert.Equal(2, (await served.AskAsync()).Number);
    }

    [Fact]
    public async Task Finished_study_is_done_from_the_start()
    {
        await using var served = await new ServedStudy { Config = new() { Samples = 1, Seed = 1 } }.StartAsync();
        await served.AskAsync();
        await served.PostAsync("/tell", """{"trial": 0, "value": 1}""");
        await served.StopAsync();
        await served.StartAsync();
        await served.Server.Completion.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_thousand_asks_at_once_bring_each_trial_once()
    {
        await using var served = await new ServedStudy { Config = new() { Seed = 1 } }.StartAsync();
        using var client = served.NewClient();
        var asked = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => served.AskAsync($"\"request\": \"r{i / 2}\"")));

        Assert.Equal(Enumerable.Range(0, 500), asked.Select(a => a.Number).Distinct().Order());
        Assert.All(asked.Chunk(2), pair => Assert.Equal(pair[0], pair[1]));
    }

    [Fact]
    public async Task Trials_come_in_pages()
    {
        await using var served = await new ServedStudy().StartAsync();
        await served.PostAsync("/ask", """{"count": 5, "client": "me"}""");
        await served.PostAsync("/tell", """{"trial": 3, "metrics": {"value": 1, "note": "fine", "deep": {"n": 2}}}""");
        var (_, page) = await served.GetAsync("/trials?limit=2");
        Assert.Equal([0, 1], page.GetProperty("trials").EnumerateArray().Select(t => t.GetProperty("trial").GetInt32()));
        Assert.Equal("me", page.GetProperty("trials")[0].GetProperty("client").GetString());
        (_, page) = await served.GetAsync($"/trials?status=running&after={page.GetProperty("next")}");
        Assert.Equal([2, 4], page.GetProperty("trials").EnumerateArray().Select(t => t.GetProperty("trial").GetInt32()));
        Assert.False(page.TryGetProperty("next", out _));
        var (_, one) = await served.GetAsync("/trials/3");

        var metrics = one.GetProperty("metrics");
        Assert.Equal((1, "fine", 2), (metrics.GetProperty("value").GetInt32(), metrics.GetProperty("note").GetString(),
            metrics.GetProperty("deep/n").GetInt32()));
        Assert.Equal(404, (await served.GetAsync("/trials/5")).Status);
        Assert.Equal(422, (await served.GetAsync("/trials?limit=many")).Status);
        Assert.Equal(422, (await served.GetAsync("/trials?status=broken")).Status);
        Assert.Equal(422, (await served.GetAsync("/trials?stauts=running")).Status);
    }

    [Fact]
    public async Task Several_objectives_have_a_front()
    {
        await using var served = await new ServedStudy
        {
            Config = new() { Samples = 9, Seed = 1, Objectives = [new("loss", Mode.Min), new("cost", Mode.Max)] },
        }.StartAsync();
        await served.PostAsync("/ask", """{"count": 3}""");
        foreach (var (trial, values) in new[] { (0, "[1, 1]"), (1, "[2, 2]"), (2, "[3, 0]") })
        {
            Assert.Equal(200, (await served.PostAsync("/tell", $$"""{"trial": {{trial}}, "values": {{values}}}""")).Status);
        }

        Assert.Equal(422, (await served.PostAsync("/tell", """{"trial": 0, "value": 1}""")).Status);
        var front = (await served.GetAsync("/best")).Body.GetProperty("front");
        Assert.Equal([0, 1], front.EnumerateArray().Select(t => t.GetProperty("trial").GetInt32()).Order());
    }

    [Fact]
    public async Task Description_has_the_paths_that_there_are()
    {
        await using var served = await new ServedStudy().StartAsync();
        var (_, description) = await served.GetAsync("/openapi.json");
        var described = description.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(m => $"{m.Name.ToUpperInvariant()} {p.Name}")).Order();
        var (_, problem) = await served.GetAsync("/nothing");
        var known = problem.GetProperty("detail").GetString()!.Split("There are: ")[1].TrimEnd('.').Split(", ").Order();

        Assert.Equal(known, described);
        foreach (var body in new[] { "Ask", "Report", "Tell", "Trial" })
        {
            // What is described is understood, key by key: no answer says that it is no key.
            var path = body == "Trial" ? "/heartbeat" : "/" + body.ToLowerInvariant();
            foreach (var key in description.GetProperty("components").GetProperty("schemas").GetProperty(body).GetProperty("properties").EnumerateObject())
            {
                var (_, answer) = await served.PostAsync(path, $$"""{"{{key.Name}}": null, "nonsense": 1}""");
                var errors = answer.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("detail").GetString()!).ToList();
                Assert.Contains(errors, e => e.Contains("'nonsense' is no key", StringComparison.Ordinal));
                Assert.DoesNotContain(errors, e => e.Contains($"'{key.Name}' is no key", StringComparison.Ordinal));
            }
        }
    }

    private sealed record Broken : Search.SearcherOptions
    {
        public override Search.ISearcher Create(Search.SearcherContext context) => new Searcher();

        private sealed class Searcher : Search.ISearcher
        {
            public string Name => "broken";

            public bool IsImmediate => false;

            public long SuggestionsFor(long samples) => samples;

            public Search.Suggestion Suggest(Search.SearchHistory history, long number, Randomness.RandomStream random) =>
                throw new ArithmeticException("out of luck");
        }
    }
}
