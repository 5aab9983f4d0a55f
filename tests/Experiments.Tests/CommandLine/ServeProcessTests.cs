using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Tuning.Tests.CommandLine;

/// <summary><c>serve</c> as a process of its own, killed and begun anew.</summary>
[Trait("Lane", "Slow")]
public sealed class ServeProcessTests : IDisposable
{
    private readonly CommandRun _run = new();
    private readonly List<Process> _processes = [];

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        _run.Dispose();
    }

    [Fact]
    public async Task Nothing_is_lost_or_doubled_when_the_server_is_killed()
    {
        var file = _run.Write("bowl.yaml", """
            bowl:
              run: ask_and_tell
              config: {x: {uniform: [-1, 1]}}
              num_samples: 24
              tune: {metric: value, mode: min, seed: 1}
              storage_path: ./results
            """);
        var (_, url) = await StartAsync(file);
        using var client = Client(url);

        // A second server of the same study is refused, in a sentence.
        var second = Begin(file, "--port", "0");
        var error = await second.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await second.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, second.ExitCode);
        Assert.Contains("is in use by process", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        _processes.Remove(second);
        second.Dispose();

        var random = new Random(5);
        var told = new Dictionary<int, double>();
        for (var n = 0; ; n++)
        {
            // Each request is sent twice, and some with a kill between.
            var ask = $$"""{"request": "r{{n}}"}""";
            var first = await PostAsync(client, "/ask", ask);
            if (first.GetProperty("trials").GetArrayLength() == 0)
            {
                break;
            }

            await KillAsync();
            var trial = (await PostAsync(client, "/ask", ask)).GetProperty("trials")[0];
            Assert.Equal(first.GetProperty("trials")[0].GetProperty("config").GetRawText(), trial.GetProperty("config").GetRawText());
            var (number, x) = (trial.GetProperty("trial").GetInt32(), trial.GetProperty("config").GetProperty("x").GetDouble());
            foreach (var path in new[] { "/report", "/tell" })
            {
                var body = FormattableString.Invariant($$"""{"trial": {{number}}, {{(path == "/report" ? "\"step\": 1, " : "")}}"value": {{x * x:R}}}""");
                await PostAsync(client, path, body);
                await KillAsync();
                await PostAsync(client, path, body);
            }

            told.Add(number, x * x);
        }

        Assert.Equal(Enumerable.Range(0, 24), told.Keys.Order());
        var results = await ResultGrid.LoadAsync(Path.Combine(_run.Storage, "bowl"), TestContext.Current.CancellationToken);
        Assert.Equal(told.OrderBy(t => t.Key).Select(t => (t.Value, 2)), results.Select(t => (t.Objective!.Value, t.Reports)));
        await KillAsync(always: true);
        var verified = await HostProcessTests.RunAsync(_run.Directory, "verify", Path.Combine(_run.Storage, "bowl"));
        Assert.Contains("every decision", verified, StringComparison.Ordinal);

        async Task KillAsync(bool always = false)
        {
            if (always || random.Next(12) == 0)
            {
                _processes[^1].Kill();
                await _processes[^1].WaitForExitAsync(TestContext.Current.CancellationToken);
                if (!always)
                {
                    await StartAsync(file, new Uri(url).Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
                }
            }
        }
    }

    [Fact]
    public async Task Server_ends_with_0_when_it_is_asked_to()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are those of Unix.");
        var file = _run.Write("bowl.yaml",
            "bowl: {run: ask_and_tell, config: {x: {uniform: [-1, 1]}}, num_samples: 2, tune: {metric: value, mode: min}, storage_path: ./results}");
        var (process, url) = await StartAsync(file);
        using var client = Client(url);
        await PostAsync(client, "/ask", """{"count": 2}""");
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Contains("2 trials are under way", await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(path, content, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private HttpClient Client(string url)
    {
        var token = File.ReadAllText(Path.Combine(_run.Storage, "bowl", "serve.token")).Trim();
        return new() { BaseAddress = new(url), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
    }

    private Process Begin(params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "experiments.dll"), "serve", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _run.Directory,
        })!;
        _processes.Add(process);
        return process;
    }

    private async Task<(Process Process, string Url)> StartAsync(string file, string port = "0")
    {
        var process = Begin(file, "--port", port);
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.True(line is not null, line is null ? await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken) : "");
        Assert.StartsWith("  export TUNER_URL=", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        return (process, line!.Split(" at ")[1].Split(';')[0]);
    }
}
