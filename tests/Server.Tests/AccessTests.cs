using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using Tuning.Server.Web;
using Tuning.Testing;

namespace Tuning.Tests;

/// <summary>Who is let in, and what becomes of requests that are none.</summary>
public sealed class AccessTests
{
    public static bool IsWindows => OperatingSystem.IsWindows();

    [Theory]
    [InlineData("Authorization", null, 401)]
    [InlineData("Authorization", "Bearer wrong", 401)]
    [InlineData("Authorization", "Basic dXNlcjpwYXNz", 401)]
    [InlineData("Host", "evil.example", 421)]
    [InlineData("Host", "127.0.0.1:1", 421)]
    [InlineData("Host", "localhost.evil.example", 421)]
    [InlineData("Origin", "http://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Origin", "http://localhost:1", 403)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 200)]
    [InlineData("Sec-Fetch-Site", "none", 200)]
    public async Task Strangers_are_not_let_in(string header, string? value, int expected)
    {
        await using var served = await new ServedStudy().StartAsync();
        using var client = served.NewClient();
        client.DefaultRequestHeaders.Remove(header);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/study");
        if (value is not null)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, (int)response.StatusCode);
        Assert.Equal(expected == 401, response.Headers.WwwAuthenticate.Count == 1);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Own_pages_are_let_in_by_every_name_of_the_machine()
    {
        await using var served = await new ServedStudy().StartAsync();
        var port = new Uri(served.Server.Url).Port;
        foreach (var name in new[] { "localhost", "127.0.0.1", "[::1]", "LOCALHOST" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/study") { Headers = { Host = $"{name}:{port}" } };
            request.Headers.Add("Origin", $"http://{name}:{port}");
            Assert.Equal(200, (await served.SendAsync(request)).Status);
        }
    }

    [Fact]
    public async Task Health_needs_no_token_and_nothing_needs_one_where_it_is_said()
    {
        await using var served = await new ServedStudy().StartAsync();
        using var client = served.NewClient();
        client.DefaultRequestHeaders.Authorization = null;
        Assert.Equal("""{"status":"ok"}""", await client.GetStringAsync("/health", TestContext.Current.CancellationToken));

        await using var open = await new ServedStudy { Options = new() { Port = 0, RequiresToken = false } }.StartAsync();
        Assert.Null(open.Server.Token);
        Assert.Equal(200, (await open.GetAsync("/study")).Status);
    }

    [Theory]
    [InlineData("text/plain", "{}", 415)]
    [InlineData("application/x-www-form-urlencoded", "{}", 415)]
    [InlineData(null, "{}", 415)]
    [InlineData("application/json; charset=utf-8", "{}", 200)]
    [InlineData("application/json", "", 400)]
    [InlineData("application/json", "{\"request\": \"\\ud800\"}", 400)]
    [InlineData("application/json", "{\"\\ud800\": 1}", 400)]
    [InlineData("application/json", "[]", 400)]
    [InlineData("application/json", "{\"count\": 1, \"count\": 2}", 400)]
    [InlineData("application/json", "{\"count\": 1.5}", 422)]
    [InlineData("application/json", "{\"count\": \"1\"}", 422)]
    [InlineData("application/json", "{\"count\": 100000}", 422)]
    [InlineData("application/json", "{\"lease_s\": NaN}", 422)]
    [InlineData("application/json", "{\"request\": \"\"}", 422)]
    [InlineData("application/json", "{\"cuont\": 1}", 422)]
    public async Task Bodies_that_are_none_are_refused(string? type, string body, int expected)
    {
        await using var served = await new ServedStudy().StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ask") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);

        Assert.Equal(expected, (await served.SendAsync(request)).Status);
    }

    [Fact]
    public async Task Long_bodies_and_wrong_methods_are_refused()
    {
        await using var served = await new ServedStudy().StartAsync();
        Assert.Equal(413, (await served.PostAsync("/ask", new string(' ', (1 << 20) + 1))).Status);
        Assert.Equal(405, (await served.GetAsync("/ask")).Status);
        Assert.Equal(405, (await served.SendAsync(new(HttpMethod.Delete, "/trials"))).Status);
        Assert.Equal(404, (await served.GetAsync("/..%2f..%2fetc/passwd")).Status);
    }

    [Theory]
    [InlineData("""{"trial": 99, "value": 1}""", 404)]
    [InlineData("""{"trial": -1, "value": 1}""", 422)]
    [InlineData("""{"trial": 0, "attempt": 2, "value": 1}""", 404)]
    [InlineData("""{"value": 1}""", 422)]
    [InlineData("""{"trial": 0, "value": 1, "failed": "why"}""", 422)]
    [InlineData("""{"trial": 0, "value": 1, "values": [1]}""", 422)]
    [InlineData("""{"trial": 0, "values": [1, 2]}""", 422)]
    [InlineData("""{"trial": 0, "values": []}""", 422)]
    [InlineData("""{"trial": 0, "value": "many"}""", 422)]
    [InlineData("""{"trial": 0, "metrics": {"loss": 1}}""", 422)]
    [InlineData("""{"trial": 0, "metrics": {"value": "text"}}""", 422)]
    [InlineData("""{"trial": 0, "metrics": {"value": 1, "list": [1]}}""", 422)]
    [InlineData("""{"trial": 0, "metrics": {}}""", 422)]
    [InlineData("""{"trial": 0}""", 409)]
    public async Task Ends_that_are_none_are_refused_and_the_trial_goes_on(string body, int expected)
    {
        await using var served = await new ServedStudy().StartAsync();
        await served.AskAsync();

        Assert.Equal(expected, (await served.PostAsync("/tell", body)).Status);
        Assert.Equal(200, (await served.PostAsync("/tell", """{"trial": 0, "value": 1}""")).Status);
    }

    [Fact]
    public async Task Nonsense_leaves_the_server_well()
    {
        await using var served = await new ServedStudy().StartAsync();
        var random = new Random(11);
        string[] pieces = ["{", "}", "\"", "\\", "NaN", "trial", "\"trial\"", ":", ",", "[", "]", "1e999", "-1", "null", "\u0000", "é", "\"value\":", "0",
            "{\"trial\":0,"];
        for (var i = 0; i < 300; i++)
        {
            var body = string.Concat(Enumerable.Range(0, random.Next(14)).Select(_ => pieces[random.Next(pieces.Length)]));
            var path = new[] { "/ask", "/tell", "/report", "/heartbeat" }[random.Next(4)];
            Assert.InRange((await served.PostAsync(path, body)).Status, 200, 499);
        }

        for (var i = 0; i < 60; i++)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, new Uri(served.Server.Url).Port, TestContext.Current.CancellationToken);
            var bytes = new byte[random.Next(1, 400)];
            random.NextBytes(bytes);
            var line = i % 3 == 0 ? bytes : Encoding.ASCII.GetBytes(
                i % 3 == 1 ? "POST /ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n"
                    : "GET " + new string('a', 20_000) + " HTTP/1.1\r\n\r\n");
            await socket.GetStream().WriteAsync(line, TestContext.Current.CancellationToken);
        }

        Assert.Equal(200, (await served.GetAsync("/health")).Status);
        Assert.Equal(200, (await served.PostAsync("/ask", "{}")).Status);
    }

    [UnsupportedOSPlatform("windows")]
    [Fact(Skip = "Rights of files are those of Unix.", SkipWhen = nameof(IsWindows))]
    public async Task Unix_socket_is_for_its_owner_and_taken_over_from_the_dead()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "s");
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(path));
        }

        await using var served = await new ServedStudy { Options = new() { Socket = path } }.StartAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(0, (await served.AskAsync()).Number);

        await using var other = new ServedStudy { Options = new() { Socket = path } };
        Assert.Contains("Another server", (await Assert.ThrowsAsync<IOException>(() => other.StartAsync())).Message, StringComparison.Ordinal);
        await served.StopAsync();
        Assert.False(File.Exists(path));
        await File.WriteAllTextAsync(path, "a file", TestContext.Current.CancellationToken);
        await using var third = new ServedStudy { Options = new() { Socket = path } };
        await Assert.ThrowsAsync<IOException>(() => third.StartAsync());
        Assert.Equal("a file", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [UnsupportedOSPlatform("windows")]
    [Fact(Skip = "Rights of files are those of Unix.", SkipWhen = nameof(IsWindows))]
    public async Task Token_is_in_a_file_that_nobody_else_reads()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "token");
        var made = AccessToken.FromFile(file);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(made, AccessToken.FromFile(file));
        Assert.NotEqual(made, AccessToken.New());

        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Contains("0600", Assert.Throws<IOException>(() => AccessToken.FromFile(file)).Message, StringComparison.Ordinal);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(file, "short", TestContext.Current.CancellationToken);
        Assert.Throws<IOException>(() => AccessToken.FromFile(file));
    }

    [Fact]
    public void Newest_patch_of_the_web_runtime_is_found_beside_the_runtime()
    {
        using var folder = new TemporaryFolder();
        foreach (var version in new[] { "9.0.20", "10.0.2", "10.0.10", "10.1.0", "10.0.11-rc.1" })
        {
            Directory.CreateDirectory(Path.Combine(folder.Path, "Microsoft.AspNetCore.App", version));
        }

        var runtime = Path.Combine(folder.Path, "Microsoft.NETCore.App", "10.0.9");
        Assert.EndsWith("10.0.10", WebRuntime.Newest(runtime, new(10, 0, 9)), StringComparison.Ordinal);
        Assert.Null(WebRuntime.Newest(runtime, new(11, 0, 0)));
        Assert.Null(WebRuntime.Newest(Path.Combine(folder.Path, "none", "a", "b"), new(10, 0, 9)));
    }
}
