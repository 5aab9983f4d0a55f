using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Tuning.Schedulers;
using Tuning.Server;
using Tuning.Testing;

namespace Tuning.Tests;

/// <summary>A study that is served, and a client of it. The study's directory outlives the server, which can be begun anew.</summary>
internal sealed class ServedStudy : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private Study? _study;
    private StudyServer? _server;
    private HttpClient? _client;

    public StudyConfig Config { get; init; } = new() { Samples = 20, Seed = 1 };

    public SearchSpace Space { get; init; } = new SearchSpace().Add("x", Domain.Uniform(-1, 1));

    public StudyServerOptions Options { get; init; } = new() { Port = 0 };

    /// <summary>The clock of a study in memory; null takes a directory and the machine's.</summary>
    public FakeTimeProvider? Time { get; init; }

    public string Folder => _folder.Path;

    public Study Study => _study!;

    public StudyServer Server => _server!;

    /// <summary>Begins, or goes on.</summary>
    public async Task<ServedStudy> StartAsync(int? port = null)
    {
        var directory = Path.Combine(Folder, "study");
        _study = Time is not null ? Study.InMemory(Space, Config, time: Time)
            : Directory.Exists(directory) ? await Study.OpenAsync(directory)
            : await Study.CreateAsync(Space, Config with { Name = "study", StoragePath = Folder, Loggers = [] });
        _server = await StudyServer.StartAsync(_study, port is null ? Options : Options with { Port = port.Value });
        _client = NewClient();
        return this;
    }

    /// <summary>Stops the server, as SIGTERM does.</summary>
    public async Task StopAsync()
    {
        _client?.Dispose();
        await _server!.DisposeAsync();
        await _study!.DisposeAsync();
    }

    public HttpClient NewClient()
    {
        var path = Server.Url.StartsWith("unix:", StringComparison.Ordinal) ? Server.Url["unix:".Length..] : null;
        var client = path is null ? new HttpClient { BaseAddress = new(Server.Url) } : new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        { BaseAddress = new("http://localhost") };
        client.DefaultRequestHeaders.Authorization = Server.Token is { } token ? new("Bearer", token) : null;
        return client;
    }

    public Task<(int Status, JsonElement Body)> PostAsync(string path, string json) => SendAsync(new(HttpMethod.Post, path)
    {
        Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
    });

    public Task<(int Status, JsonElement Body)> GetAsync(string path) => SendAsync(new(HttpMethod.Get, path));

    public async Task<(int Status, JsonElement Body)> SendAsync(HttpRequestMessage request)
    {
        using var response = await _client!.SendAsync(request);
        using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        var body = document.RootElement.Clone();
        if (!response.IsSuccessStatusCode)
        {
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            Assert.Equal((int)response.StatusCode, body.GetProperty("status").GetInt32());
            Assert.NotEmpty(body.GetProperty("detail").GetString()!);
        }

        return ((int)response.StatusCode, body);
    }

    /// <summary>Asks for one trial, and expects it.</summary>
    public async Task<(int Number, int Attempt, double X)> AskAsync(string more = "")
    {
        var (status, body) = await PostAsync("/ask", $"{{{more}}}");
        Assert.Equal(200, status);
        var trial = Assert.Single(body.GetProperty("trials").EnumerateArray());
        return (trial.GetProperty("trial").GetInt32(), trial.GetProperty("attempt").GetInt32(), trial.GetProperty("config").GetProperty("x").GetDouble());
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await StopAsync();
        }

        _folder.Dispose();
    }

    /// <summary>A scheduler that stops what is worse than the median of the others at once.</summary>
    public static SchedulerOptions Median => new MedianStoppingOptions { TimeAttribute = "training_iteration", GracePeriod = 1, MinSamplesRequired = 2 };
}
