using System.Net;
using System.Text.Json;
using Tuning.Dashboard;
using Tuning.Dashboard.Projection;
using Tuning.Schedulers;

namespace Tuning.Tests;

/// <summary>What a page is told, against what results say.</summary>
public sealed class DashboardServerTests
{
    private static readonly SearchSpace _space = new SearchSpace().Add("lr", Domain.LogUniform(1e-5, 1)).Add("kind", Domain.Choice("a", "b"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Columns_are_what_results_say()
    {
        await using var shown = new ShownStorage();
        await shown.RunAsync("asha", _space, 30,
            (trial, step) => step > 9 ? null : new() { ["loss"] = (trial * 7 % 30) + (1.0 / step), ["note"] = "n" + trial },
            new() { Metric = "loss", Scheduler = new AshaOptions { MaxTime = 9, GracePeriod = 1 } });
        await shown.StartAsync();
        var page = await shown.GetAsync("/api/experiments/asha");
        var results = await ResultGrid.LoadAsync(shown.Of("asha"), Cancel);
        var columns = page.GetProperty("columns");
        var words = columns.GetProperty("words").EnumerateArray().Select(w => w.GetString()!).ToList();

        Assert.Equal(results.Select(t => t.Word), columns.GetProperty("word").EnumerateArray().Select(w => words[w.GetInt32()]));
        Assert.Equal(results.Select(t => t.Objective!.Value), columns.GetProperty("value").EnumerateArray().Select(v => v.GetDouble()));
        Assert.Equal(results.Select(t => t.Reason), columns.GetProperty("reason").EnumerateArray().Select(v => v.GetString()));
        Assert.Equal(results.Select(t => (double)t.Config["lr"]!), columns.GetProperty("params").GetProperty("lr").EnumerateArray().Select(v => v.GetDouble()));
        Assert.Equal(results.Select(t => t.Metrics["note"].Text),
            columns.GetProperty("metrics").GetProperty("note").EnumerateArray().Select(v => v.GetString()));
        Assert.Equal(results.Best().Id.Number, page.GetProperty("bestTrial").GetInt32());
        Assert.Equal(results.Importance().Select(i => i.Parameter),
            page.GetProperty("importance").EnumerateArray().Select(i => i.GetProperty("parameter").GetString()));
        Assert.Contains("pruned", results.Select(t => t.Word));

        var decisions = await shown.GetAsync("/api/experiments/asha/decisions?limit=1000");
        Assert.Equal(results.Decisions().Reverse().Select(d => (d.Name, d.Reason)),
            decisions.GetProperty("decisions").EnumerateArray().Select(d => (d.GetProperty("kind").GetString()!, d.GetProperty("reason").GetString()!)));
        var prunes = await shown.GetAsync("/api/experiments/asha/decisions?kind=prune");
        Assert.Equal(results.Decisions().Count(d => d.Kind == DecisionKind.Prune), prunes.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Front_is_what_results_say()
    {
        await using var shown = new ShownStorage();
        await shown.RunAsync("two", _space, 25, (trial, step) => step > 1 ? null : new() { ["loss"] = trial * 7 % 25, ["cost"] = trial * 11 % 25 },
            new() { Objectives = [new("loss", Mode.Min), new("cost", Mode.Max)] });
        await shown.StartAsync();
        var front = (await shown.GetAsync("/api/experiments/two")).GetProperty("front");
        var expected = (await ResultGrid.LoadAsync(shown.Of("two"), Cancel)).ParetoFront()!;
        Assert.Equal(expected.Trials.Select(t => t.Id.Number), front.GetProperty("trials").EnumerateArray().Select(t => t.GetInt32()));
        Assert.Equal(expected.Hypervolume, front.GetProperty("hypervolume").GetDouble());
    }

    [Fact]
    public async Task Following_comes_to_the_same_as_reading_at_the_end()
    {
        await using var shown = new ShownStorage();
        ExperimentProjection? follower = null;
        await shown.RunAsync("live", _space, 12, (trial, step) => step > 5 ? null : new() { ["loss"] = trial - (step * 0.1), ["other"] = step }, null, () =>
        {
            follower ??= new(shown.Of("live"));
            follower.ReadOn(Cancel);
            Assert.NotNull(follower.Curves("other", Cancel));
        });
        follower!.ReadOn(Cancel);
        using var fresh = new ExperimentProjection(shown.Of("live"));
        fresh.ReadOn(Cancel);
        Assert.Equal(Text(fresh), Text(follower));
        foreach (var metric in new[] { "loss", "other" })
        {
            Assert.Equal(fresh.Curves(metric, Cancel)!.Columns(0), follower.Curves(metric, Cancel)!.Columns(0));
        }

        Assert.Empty(follower.Curves("loss", Cancel)!.Columns(follower.Lines));
        follower.Dispose();

        static string Text(ExperimentProjection projection) =>
            System.Text.Encoding.UTF8.GetString(Json.Of(w => ExperimentAsJson.Whole(w, "live", projection, false)));
    }

    [Theory]
    [InlineData("value < 5", new[] { 0, 1, 2, 3, 4 })]
    [InlineData("kind == \"z\"", new int[0])]
    [InlineData("`a/b` >= 9 and status == \"completed\"", new[] { 9 })]
    [InlineData("a.b >= 9", new[] { 9 })]
    [InlineData("trial == 3 or reports == 2", new[] { 3 })]
    public async Task Filter_is_our_own_language(string filter, int[] expected)
    {
        await using var shown = await WithTenAsync();
        var found = await shown.GetAsync("/api/experiments/ten/filter?q=" + Uri.EscapeDataString(filter));
        Assert.Equal(expected, found.GetProperty("trials").EnumerateArray().Select(t => t.GetInt32()));
    }

    [Theory]
    [InlineData("valu < 5", "valu")]
    [InlineData("value <", "")]
    [InlineData("", "")]
    public async Task Filter_that_means_nothing_is_told(string filter, string named)
    {
        await using var shown = await WithTenAsync();
        await shown.GetAsync("/api/experiments/ten");
        using var response = await shown.Client.GetAsync("/api/experiments/ten/filter?q=" + Uri.EscapeDataString(filter), Cancel);
        Assert.Equal(422, (int)response.StatusCode);
        Assert.Contains(named, await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    public static TheoryData<string> Partial => ["empty", "one", "failed", "nan", "text", "wide", "metrics"];

    [Theory]
    [MemberData(nameof(Partial))]
    public async Task Partial_data_is_answered(string kind)
    {
        await using var shown = new ShownStorage();
        await shown.RunPartialAsync(kind);
        await shown.StartAsync();
        var page = await shown.GetAsync("/api/experiments/" + kind);
        var trials = page.GetProperty("trials").GetInt32();
        Assert.Equal(kind == "empty" ? 0 : kind == "one" ? 1 : 3, trials);
        Assert.Equal(kind == "failed" ? 3 : 0, page.GetProperty("failed").GetInt32());
        Assert.Equal(kind is "failed" or "nan" or "empty", page.GetProperty("bestTrial").ValueKind == JsonValueKind.Null);
        if (trials > 0)
        {
            var one = await shown.GetAsync($"/api/experiments/{kind}/trials/0");
            var history = await shown.GetAsync($"/api/experiments/{kind}/trials/0/history?count=60&from=0");
            Assert.Equal(kind == "metrics" ? 60 : kind == "failed" ? 0 : kind == "text" ? 2 : 1, history.GetProperty("curves").GetArrayLength());
            Assert.Equal(kind == "metrics" ? 5001 : kind == "failed" ? 0 : kind == "text" ? 3 : 1, one.GetProperty("metrics").GetArrayLength());
        }
    }

    [Fact]
    public async Task Experiment_that_cannot_be_read_hides_no_other()
    {
        await using var shown = await WithTenAsync();
        Directory.CreateDirectory(shown.Of("broken"));
        await File.WriteAllTextAsync(Path.Combine(shown.Of("broken"), "journal.jsonl"), "nothing\n", Cancel);
        JsonElement[] rows;
        do
        {
            rows = [.. (await shown.GetAsync("/api/experiments")).GetProperty("experiments").EnumerateArray()];
        }
        while (!rows.All(r => r.TryGetProperty("status", out _) || r.TryGetProperty("error", out var e) && e.ValueKind == JsonValueKind.String));

        Assert.Equal(["broken", "ten"], rows.Select(r => r.GetProperty("id").GetString()));
        Assert.Contains("line 1", rows[0].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, rows[1].GetProperty("bestTrial").GetInt32());
    }

    [Fact]
    public async Task One_experiment_can_be_shown_alone_and_nothing_is_written()
    {
        await using var shown = await WithTenAsync();
        var before = Directory.EnumerateFileSystemEntries(shown.Of("ten"), "*", SearchOption.AllDirectories).Order().ToList();
        await using var alone = await DashboardServer.StartAsync(shown.Of("ten"), new() { Port = 0 }, Cancel);
        using var client = new HttpClient { BaseAddress = new(alone.Url) };
        Assert.Contains("\"isOne\":true", await client.GetStringAsync("/api/experiments", Cancel), StringComparison.Ordinal);
        while ((await client.GetAsync("/api/experiments/ten", Cancel)).StatusCode == HttpStatusCode.Accepted)
        {
        }

        Assert.Equal(before, Directory.EnumerateFileSystemEntries(shown.Of("ten"), "*", SearchOption.AllDirectories).Order());
    }

    [Fact]
    public async Task What_is_no_storage_is_told() => Assert.Contains("results-of-nobody", (await Assert.ThrowsAsync<DirectoryNotFoundException>(
        () => DashboardServer.StartAsync("results-of-nobody", new() { Port = 0 }, Cancel))).Message, StringComparison.Ordinal);

    private static async Task<ShownStorage> WithTenAsync()
    {
        var shown = new ShownStorage();
        await shown.RunAsync("ten", _space, 10, (trial, step) => step > 1 ? null : new() { ["loss"] = trial, ["a/b"] = trial });
        return await shown.StartAsync();
    }
}
