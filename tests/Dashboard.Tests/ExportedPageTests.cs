using System.Text;
using System.Text.Json;
using Tuning.Dashboard;

namespace Tuning.Tests;

/// <summary>The page as one file.</summary>
public sealed class ExportedPageTests
{
    private const string Hostile = "</script><!--<script>&\u2028\"";

    [Fact]
    public async Task Data_cannot_end_its_block_and_what_runs_is_named_by_its_digest()
    {
        await using var shown = new ShownStorage();
        await shown.RunAsync("one", new SearchSpace().Add("p", Domain.Choice(Hostile, "b")), 2,
            (_, step) => step > 3 ? null : new() { ["loss"] = step, [Hostile] = Hostile, ["other"] = step });
        var page = ExportedPage.Of(shown.Of("one"), TestContext.Current.CancellationToken);
        var html = Encoding.UTF8.GetString(page.Html);
        Assert.Equal(0, page.LeftOut);

        var blocks = html.Split("<script").Skip(1)
            .Select(b => b[(b.IndexOf('>', StringComparison.Ordinal) + 1)..b.IndexOf("</script>", StringComparison.Ordinal)]).ToList();
        Assert.Equal(2, blocks.Count);
        using var data = JsonDocument.Parse(blocks[0]);
        Assert.Equal(["loss", "other"], data.RootElement.GetProperty("curves").EnumerateArray().Select(c => c.GetProperty("metric").GetString()));
        Assert.Equal(Hostile, data.RootElement.GetProperty("experiment").GetProperty("columns").GetProperty("metrics").GetProperty(Hostile)[0].GetString());
        var digest = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(blocks[1])));
        Assert.Contains($"default-src 'none'; script-src 'sha256-{digest}'; style-src 'sha256-", html, StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"", html.Replace(blocks[1], "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", html[..html.IndexOf("<style>", StringComparison.Ordinal)], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_partial_experiment_can_be_written()
    {
        await using var shown = new ShownStorage();
        foreach (var kind in DashboardServerTests.Partial.Select(k => k.Data))
        {
            await shown.RunPartialAsync(kind);
            var html = Encoding.UTF8.GetString(ExportedPage.Of(shown.Of(kind), TestContext.Current.CancellationToken).Html);
            Assert.Contains($"\"id\":\"{kind}\"", html, StringComparison.Ordinal);
        }
    }
}
