using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;
using Tuning;
using Tuning.Dashboard;

namespace Benchmarks;

/// <summary>How long does the dashboard take with many trials of many reports, in headless Chromium?</summary>
internal static class DashboardSpeed
{
    private const string Executable = "/usr/bin/chromium";

    private const string Frames = """
        () => { window.frames_ = []; let last = performance.now();
          const next = t => { frames_.push(t - last); last = t; requestAnimationFrame(next); }; requestAnimationFrame(next); }
        """;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (!File.Exists(Executable))
        {
            Console.WriteLine($"There is no {Executable}.");
            return 1;
        }

        var (trials, reports) = (Number(arguments, 0, 10_000), Number(arguments, 1, 1000));
        var storage = Directory.CreateTempSubdirectory("tuner-dashboard-").FullName;
        try
        {
            var clock = Stopwatch.StartNew();
            await WriteAsync(storage, trials, reports);
            var journal = new FileInfo(Path.Combine(storage, "many", "journal.jsonl")).Length;
            Console.WriteLine(FormattableString.Invariant(
                $"{trials} trials of {reports} reports, journal {journal / 1e6:0} MB, written in {clock.Elapsed.TotalSeconds:0.0} s"));

            await using var server = await DashboardServer.StartAsync(storage, new() { Port = 0 });
            using var playwright = await Playwright.CreateAsync();
            await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Executable, Args = ["--no-sandbox"] });
            await OpenAsync(browser, server, trials, "cold");
            var page = await OpenAsync(browser, server, trials, "warm");
            await HoverAsync(page);
            await BrushAsync(page);
            Console.WriteLine(FormattableString.Invariant(
                $"memory of this process, which wrote and serves: {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:0} MB at most"));
            return 0;
        }
        finally
        {
            Directory.Delete(storage, recursive: true);
        }
    }

    private static int Number(string[] arguments, int at, int standard) =>
        at < arguments.Length ? int.Parse(arguments[at], CultureInfo.InvariantCulture) : standard;

    private static async Task WriteAsync(string storage, int trials, int reports)
    {
        var space = new SearchSpace().Add("lr", Domain.LogUniform(1e-5, 1)).Add("width", Domain.RandInt(8, 512)).Add("momentum", Domain.Uniform(0, 1))
            .Add("kind", Domain.Choice("a", "b", "c"));
        await using var study = await Study.CreateAsync(space,
            new()
            {
                Metric = "loss",
                Samples = trials,
                Seed = 1,
                Name = "many",
                StoragePath = storage,
                Loggers = [],
                SearchAlgorithm = new Tuning.Search.RandomSearchOptions(),
            });
        for (var i = 0; i < trials; i++)
        {
            var trial = study.Ask()!;
            var (lr, momentum) = ((double)trial.Config["lr"]!, (double)trial.Config["momentum"]!);
            for (var step = 1; step <= reports; step++)
            {
                study.Report(trial, new Metrics(1) { ["loss"] = Math.Abs(Math.Log10(lr) + 2) + momentum + (3 / Math.Sqrt(step)) + (0.1 * Math.Sin(i + step)) });
            }

            study.Tell(trial);
        }
    }

    private static async Task<IPage> OpenAsync(IBrowser browser, DashboardServer server, int trials, string what)
    {
        var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1400, Height = 1000 } });
        page.SetDefaultTimeout(600_000);
        var clock = Stopwatch.StartNew();
        await page.GotoAsync(server.Url + "/#/e/many");
        await page.Locator("section[aria-label=History] canvas").First.WaitForAsync();
        var history = clock.Elapsed;
        await page.GetByText(trials.ToString("#,0", CultureInfo.InvariantCulture) + " curves").WaitForAsync();
        await page.EvaluateAsync("() => new Promise(f => requestAnimationFrame(() => requestAnimationFrame(f)))");
        var curves = clock.Elapsed;
        var paint = await page.EvaluateAsync<double>("() => performance.getEntriesByName('first-contentful-paint')[0].startTime");
        Console.WriteLine(FormattableString.Invariant(
            $"{what}: first paint {paint:0} ms, history after {history.TotalSeconds:0.00} s, all curves after {curves.TotalSeconds:0.00} s"));
        return page;
    }

    private static async Task HoverAsync(IPage page)
    {
        var over = page.Locator("section[aria-label='Learning curves'] .u-over");
        await over.ScrollIntoViewIfNeededAsync();
        await page.WaitForTimeoutAsync(1500);
        var box = (await over.BoundingBoxAsync())!;
        await page.EvaluateAsync(Frames);
        await page.Mouse.MoveAsync(box.X + 20, box.Y + (box.Height * 0.6f));
        await page.Mouse.MoveAsync(box.X + box.Width - 20, box.Y + (box.Height * 0.7f), new() { Steps = 90 });
        await SayAsync(page, "hovering over curves");
    }

    private static async Task BrushAsync(IPage page)
    {
        var canvas = page.Locator("section[aria-label='Parallel coordinates'] canvas[role=img]");
        await canvas.ScrollIntoViewIfNeededAsync();
        await page.WaitForTimeoutAsync(2500);
        var box = (await canvas.BoundingBoxAsync())!;
        await page.EvaluateAsync(Frames);
        await page.Mouse.MoveAsync(box.X + 60, box.Y + 60);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + 60, box.Y + box.Height - 60, new() { Steps = 60 });
        await page.Mouse.UpAsync();
        await SayAsync(page, "brushing parallel coordinates");
    }

    private static async Task SayAsync(IPage page, string what)
    {
        var frames = (await page.EvaluateAsync<double[]>("() => frames_.slice(1)")).Order().ToList();
        Console.WriteLine(FormattableString.Invariant(
            $"{what}: {frames.Count} frames, median {frames[frames.Count / 2]:0} ms, 95th percentile {frames[(int)(frames.Count * 0.95)]:0} ms"));
    }
}
