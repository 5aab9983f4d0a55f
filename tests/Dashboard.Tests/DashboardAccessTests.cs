using System.Net;
using Tuning.Dashboard;

namespace Tuning.Tests;

/// <summary>Who is let in, and that a request reaches nothing but experiments.</summary>
public sealed class DashboardAccessTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Host", "evil.example", 421)]
    [InlineData("Host", "localhost.evil.example", 421)]
    [InlineData("Origin", "http://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 200)]
    public async Task Pages_of_other_sites_are_not_answered(string header, string value, int expected)
    {
        await using var shown = await OneAsync();
        foreach (var path in new[] { "/", "/api/experiments", "/start.js" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation(header, value);
            using var response = await shown.Client.SendAsync(request, Cancel);
            Assert.Equal(expected, (int)response.StatusCode);
            Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task Link_lets_one_browser_in_once()
    {
        await using var shown = await OneAsync(new() { RequiresToken = true });
        foreach (var path in new[] { "/", "/api/experiments", "/api/events", "/api/experiments/one", "/app.css" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await shown.Client.GetAsync(path, Cancel)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await shown.Client.GetAsync("/open?ticket=x", Cancel)).StatusCode);
        using var opened = await shown.Client.GetAsync(shown.Server.Link, Cancel);
        Assert.Equal(HttpStatusCode.Redirect, opened.StatusCode);
        var cookie = Assert.Single(opened.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);

        // The handler of the client keeps it.
        Assert.Equal(HttpStatusCode.OK, (await shown.Client.GetAsync("/api/experiments", Cancel)).StatusCode);
        using var stranger = new HttpClient { BaseAddress = new(shown.Server.Url) };
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync(shown.Server.Link, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/api/experiments", Cancel)).StatusCode);
    }

    [Theory]
    [InlineData("/api/experiments/..")]
    [InlineData("/api/experiments/..%2f..%2fetc")]
    [InlineData("/api/experiments/%2e%2e")]
    [InlineData("/api/experiments/one%2ftrial_00000")]
    [InlineData("/api/experiments/one/trials/..%2f..")]
    [InlineData("/api/experiments/one/trials/-1")]
    [InlineData("/api/experiments/one/trials/7")]
    [InlineData("/api/experiments/one/trials/99999999999")]
    [InlineData("/api/experiments/one/trials/0/output?file=..%2fjournal.jsonl")]
    [InlineData("/api/experiments/one/trials/0/output?file=journal.jsonl")]
    [InlineData("/api/experiments/one/trials/0/output?file=stdout.log")]
    [InlineData("/api/experiments/one/curves?metric=..%2fx")]
    [InlineData("/page/index.html")]
    [InlineData("/../journal.jsonl")]
    public async Task Request_reaches_no_other_file(string path)
    {
        await using var shown = await OneAsync();
        await shown.GetAsync("/api/experiments/one");
        using var response = await shown.Client.GetAsync(path, Cancel);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("/api/experiments")]
    [InlineData("/api/experiments/one")]
    [InlineData("/")]
    public async Task Nothing_can_be_changed(string path)
    {
        await using var shown = await OneAsync();
        foreach (var method in new[] { HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch })
        {
            using var request = new HttpRequestMessage(method, path);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, (await shown.Client.SendAsync(request, Cancel)).StatusCode);
        }
    }

    [Fact]
    public async Task Every_answer_forbids_scripts_from_elsewhere_and_the_page_is_small()
    {
        await using var shown = await OneAsync();
        var sum = 0;
        foreach (var (name, file) in PageFiles.All)
        {
            using var response = await shown.Client.GetAsync(name == "index.html" ? "/" : "/" + name, Cancel);
            Assert.Equal(file.Content, await response.Content.ReadAsByteArrayAsync(Cancel));
            var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("default-src 'none'; script-src 'self'; style-src 'self'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            sum += file.Compressed.Length;
        }

        Assert.InRange(sum, 1, 120 * 1024);
        var page = System.Text.Encoding.UTF8.GetString(PageFiles.All["index.html"].Content);
        Assert.Equal(PageFiles.Scripts, page.Split("<script src=\"").Skip(1).Select(s => s[..s.IndexOf('"', StringComparison.Ordinal)]));
        Assert.DoesNotContain("style=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("//", page.Replace("<!doctype", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static async Task<ShownStorage> OneAsync(DashboardOptions? options = null)
    {
        var shown = new ShownStorage();
        await shown.RunAsync("one", new SearchSpace().Add("x", Domain.Uniform(0, 1)), 1, (_, step) => step > 1 ? null : new() { ["loss"] = 1 });
        return await shown.StartAsync(options);
    }
}
