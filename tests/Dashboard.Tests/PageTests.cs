using Microsoft.Playwright;
using Tuning.Dashboard;

namespace Tuning.Tests;

/// <summary>The page in a browser.</summary>
[Trait("Lane", "Slow")]
public sealed class PageTests(PageTests.Chromium chromium) : IClassFixture<PageTests.Chromium>
{
    private const string Hostile = "</script><img src=x onerror=\"window.hacked=1\">'`${window.hacked=1}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A browser for all tests.</summary>
    public sealed class Chromium : IAsyncLifetime
    {
        private const string Executable = "/usr/bin/chromium";

        // Milliseconds; a machine may have much else to do.
        private const float Patience = 120_000;

        private IPlaywright? _playwright;
        private IBrowser? _browser;

        public async ValueTask InitializeAsync()
        {
            if (File.Exists(Executable))
            {
                _playwright = await Playwright.CreateAsync();
                Assertions.SetDefaultExpectTimeout(Patience);
                _browser = await _playwright.Chromium.LaunchAsync(
                    new() { ExecutablePath = Executable, Args = ["--no-sandbox", "--disable-dev-shm-usage", "--force-device-scale-factor=1"] });
            }
        }

        /// <summary>A page that fails the test when it says or throws an error.</summary>
        public async Task<(IPage Page, List<string> Errors)> OpenAsync(string url)
        {
            Assert.SkipUnless(_browser is not null, $"There is no {Executable}.");
            var page = await _browser!.NewPageAsync(new() { ViewportSize = new() { Width = 1400, Height = 1000 } });
            page.SetDefaultTimeout(Patience);
            var errors = new List<string>();
            page.Console += (_, message) =>
            {
                if (message.Type is "error")
                {
                    errors.Add(message.Text);
                }
            };
            page.PageError += (_, error) => errors.Add(error);
            await page.GotoAsync(url);
            return (page, errors);
        }

        public async ValueTask DisposeAsync()
        {
            await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
            _playwright?.Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(DashboardServerTests.Partial), MemberType = typeof(DashboardServerTests))]
    public async Task No_page_is_blank_on_partial_data(string kind)
    {
        await using var shown = new ShownStorage();
        await shown.RunPartialAsync(kind);
        await shown.StartAsync();
        var (page, errors) = await chromium.OpenAsync(shown.Server.Url);
        await page.Locator("tbody a").First.WaitForAsync();
        foreach (var hash in new[] { $"#/e/{kind}", $"#/e/{kind}/decisions", $"#/e/{kind}/trial/0", $"#/compare/{kind}" })
        {
            // Of a new document, whose cards are no other page's.
            await page.GotoAsync("about:blank");
            await page.GotoAsync(shown.Server.Url + "/" + hash);
            if (hash.EndsWith("trial/0", StringComparison.Ordinal) && kind == "empty")
            {
                await page.GetByText("There is no trial").WaitForAsync();
                errors.Clear();
                continue;
            }

            var cards = page.Locator("section.card");
            await cards.First.WaitForAsync();
            for (var i = 0; i < await cards.CountAsync(); i++)
            {
                // What is below comes when it is near.
                await cards.Nth(i).ScrollIntoViewIfNeededAsync();
                var content = cards.Nth(i).Locator("canvas, table, .empty, li, .hbar, .copy, .note");
                await content.First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
            }
        }

        Assert.Empty(errors);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Names_are_text_whatever_they_hold(bool exported)
    {
        await using var shown = new ShownStorage();
        await shown.RunAsync("hostile", new SearchSpace().Add("p", Domain.Choice(Hostile, "b")), 4, (trial, step) => step > 1 ? null : new()
        {
            ["loss"] = trial,
            [Hostile] = trial,
            ["text"] = Hostile,
        });
        string url;
        if (exported)
        {
            url = Path.Combine(shown.Directory, "report.html");
            await File.WriteAllBytesAsync(url, ExportedPage.Of(shown.Of("hostile"), Cancel).Html, Cancel);
            url = "file://" + url;
        }
        else
        {
            await shown.StartAsync();
            url = shown.Server.Url + "/";
        }

        var (page, errors) = await chromium.OpenAsync(url + "#/e/hostile");
        await page.Locator("table").WaitForAsync();
        Assert.Contains(Hostile, await page.Locator("select[aria-label=Metric]").InnerTextAsync(), StringComparison.Ordinal);
        await page.GotoAsync(url + "#/e/hostile/trial/1");
        await page.GetByText(Hostile).First.WaitForAsync();
        Assert.True(await page.EvaluateAsync<bool>("() => window.hacked === undefined"));
        Assert.Equal(0, await page.Locator("img").CountAsync());
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Brushing_and_filters_choose_everywhere()
    {
        await using var shown = new ShownStorage();
        await shown.RunAsync("chosen", new SearchSpace().Add("x", Domain.Uniform(0, 1)).Add("y", Domain.Uniform(0, 1)), 40,
            (trial, step) => step > 2 ? null : new() { ["loss"] = trial });
        await shown.StartAsync();
        var (page, errors) = await chromium.OpenAsync(shown.Server.Url + "/#/e/chosen");
        var rows = page.Locator("tbody tr");
        await page.Locator("section[aria-label=Trials]").ScrollIntoViewIfNeededAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(40);

        await page.Locator("input[aria-label='Filter expression']").FillAsync("value < 7");
        await Assertions.Expect(rows).ToHaveCountAsync(7);
        await page.Locator("input[aria-label='Filter expression']").FillAsync("valu < 7");
        await page.GetByRole(AriaRole.Alert).GetByText("value").WaitForAsync();
        await page.Locator("input[aria-label='Filter expression']").FillAsync("");
        await Assertions.Expect(rows).ToHaveCountAsync(40);

        // The lower half of the last axis, which is the value.
        var canvas = page.Locator("section[aria-label='Parallel coordinates'] canvas[role=img]");
        await canvas.ScrollIntoViewIfNeededAsync();
        var box = (await canvas.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + box.Width - 60, box.Y + 34 + 135);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + box.Width - 60, box.Y + box.Height - 20, new() { Steps = 5 });
        await page.Mouse.UpAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(20);
        await page.GetByText("Clear brushes").ClickAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(40);
        Assert.Single(errors, e => e.Contains("422", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_curve_is_drawn_however_many_there_are()
    {
        // Of 400 curves one has one value that stands out: its pixels are there.
        await using var shown = new ShownStorage();
        await shown.RunAsync("many", new SearchSpace().Add("x", Domain.Uniform(0, 1)), 400,
            (trial, step) => step > 50 ? null : new() { ["loss"] = trial == 123 && step == 25 ? 6 : 1 + (0.1 * Math.Sin(trial + step)) });
        await shown.StartAsync();
        var (page, errors) = await chromium.OpenAsync(shown.Server.Url + "/#/e/many");
        await page.GetByText("400 curves").WaitForAsync();
        await page.Locator("section[aria-label='Learning curves'] button", new() { HasText = "log y" }).ClickAsync();
        await page.WaitForFunctionAsync("""
            () => {
              const canvas = document.querySelector("section[aria-label='Learning curves'] .u-wrap canvas");
              if (!canvas) return false;
              const box = document.querySelector("section[aria-label='Learning curves'] .u-over").getBoundingClientRect(), own = canvas.getBoundingClientRect();
              const x = Math.round(box.left - own.left + box.width * .25), w = Math.round(box.width * .5), y = Math.round(box.top - own.top + box.height * .06);
              const c = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();
              const rgb = [1, 3, 5].map(i => parseInt(c.slice(i, i + 2), 16));
              const d = canvas.getContext("2d").getImageData(x, y, w, 6).data;
              for (let i = 0; i < d.length; i += 4) if (d[i + 3] > 20 && rgb.every((v, k) => Math.abs(d[i + k] - v) < 24)) return true;
              return false;
            }
            """);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Page_follows_an_experiment_while_it_runs()
    {
        await using var shown = new ShownStorage();
        var count = 0;
        IPage? page = null;
        List<string> errors = [];
        await shown.StartAsync();
        var space = new SearchSpace().Add("x", Domain.Uniform(0, 1));
        await shown.RunAsync("live", space, 3, (trial, step) => step > 1 ? null : new() { ["loss"] = trial }, null, () =>
        {
            count++;
            if (page is null)
            {
                (page, errors) = chromium.OpenAsync(shown.Server.Url + "/#/e/live").GetAwaiter().GetResult();
                page.Locator("section[aria-label=Trials]").ScrollIntoViewIfNeededAsync().GetAwaiter().GetResult();
            }

            Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(count).GetAwaiter().GetResult();
        });
        Assert.Equal(3, count);
        await page!.Locator(".pill.finished").First.WaitForAsync();
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Page_is_used_by_keyboard()
    {
        await using var shown = new ShownStorage();
        await shown.RunAsync("keys", new SearchSpace().Add("x", Domain.Uniform(0, 1)), 3, (trial, step) => step > 1 ? null : new() { ["loss"] = trial });
        await shown.StartAsync();
        var (page, errors) = await chromium.OpenAsync(shown.Server.Url);
        await page.Locator("tbody a").First.WaitForAsync();
        for (var i = 0; i < 20 && await page.EvaluateAsync<string>("() => document.activeElement.textContent") != "keys"; i++)
        {
            await page.Keyboard.PressAsync("Tab");
        }

        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Heading, new() { Name = "keys" }).WaitForAsync();
        var nameless = await page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll("button, a, input, select, [role=img]")]
              .filter(e => !(e.getAttribute("aria-label") || e.textContent.trim() || e.labels && e.labels.length)).map(e => e.outerHTML)
            """);
        Assert.Empty(nameless);
        Assert.Empty(errors);
    }
}
