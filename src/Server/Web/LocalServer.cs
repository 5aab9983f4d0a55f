using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tuning.Checkpointing;

namespace Tuning.Server.Web;

/// <summary>Where a server of this machine listens, and whom it lets in.</summary>
/// <param name="Port">A port of loopback; 0 takes a free one.</param>
/// <param name="Socket">The path of a Unix socket in place of a port; null for none.</param>
/// <param name="Token">The token that requests show; null for none.</param>
/// <param name="Open">Paths that need no token.</param>
internal sealed record LocalServerOptions(int Port, string? Socket, string? Token, params IReadOnlyList<string> Open)
{
    /// <summary>Where a request shows its token.</summary>
    /// <value>Default: in the header <c>Authorization</c>.</value>
    public Func<HttpRequest, string?> Shown { get; init; } = AccessGuard.Bearer;
}

/// <summary>An HTTP server for programs and people of this machine: bounded in all that it takes, errors as JSON, no settings from outside.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private const int MostConnections = 4096;

    // The longest path that the operating systems take.
    private const int LongestSocket = 100;

    private readonly WebApplication _application;
    private readonly string? _socket;

    private LocalServer(WebApplication application, string? socket, string url) => (_application, _socket, Url) = (application, socket, url);

    /// <summary><c>http://127.0.0.1:8421</c>, or <c>unix:/path</c>.</summary>
    public string Url { get; }

    /// <summary>Starts one.</summary>
    /// <param name="options">Where, and for whom.</param>
    /// <param name="map">Adds what it answers.</param>
    /// <param name="failed">Told of errors that are no problem of a request.</param>
    /// <exception cref="IOException">The port or the socket is taken, or cannot be listened on.</exception>
    public static async Task<LocalServer> StartAsync(LocalServerOptions options, Action<WebApplication> map, Action<Exception> failed)
    {
        if (options.Socket is { } path)
        {
            Claim(path);
        }

        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseSockets(sockets => sockets.CreateBoundListenSocket = Bind).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = JsonRequest.LongestBody;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(5);
            if (options.Socket is { } socket)
            {
                kestrel.ListenUnixSocket(socket, o => o.Protocols = HttpProtocols.Http1);
            }
            else
            {
                kestrel.Listen(IPAddress.Loopback, options.Port, o => o.Protocols = HttpProtocols.Http1);
            }
        });
        var application = builder.Build();

        // Which port it is may only be known when it is listened on, and a request may come in the same moment.
        var guard = new TaskCompletionSource<AccessGuard>(TaskCreationOptions.RunContinuationsAsynchronously);
        application.Use(next => context => AnswerAsync(context, guard.Task, next, failed));
        application.UseRouting();
        map(application);
        application.UseEndpoints(_ => { });
        application.Use(_ => Unknown);
        try
        {
            await application.StartAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw new IOException(options.Socket is not null ? $"{options.Socket} cannot be listened on: {e.Message}"
                : Invariant($"Port {options.Port} of 127.0.0.1 cannot be listened on: {e.Message} Choose another with --port; 0 takes a free one."), e);
        }

        var url = options.Socket is not null ? "unix:" + Path.GetFullPath(options.Socket)
            : application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        guard.SetResult(new(options.Socket is null ? new Uri(url).Port : null, options.Token, options.Open) { Shown = options.Shown });
        return new(application, options.Socket is null ? null : Path.GetFullPath(options.Socket), url);
    }

    /// <summary>Stops taking requests; those that came are answered first, for a while.</summary>
    public async Task StopAsync(CancellationToken hurry)
    {
        await _application.StopAsync(hurry).ConfigureAwait(false);
        if (_socket is not null)
        {
            OwnFiles.Delete(_socket);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    // Nobody else may connect, from the moment on when the socket is there: it listens only afterwards.
    private static Socket Bind(EndPoint endpoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        if (endpoint is UnixDomainSocketEndPoint && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(endpoint.ToString()!, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return socket;
    }

    // A socket that a killed server left is removed; one that somebody listens on is not, and no other file.
    private static void Claim(string path)
    {
        if (Encoding.UTF8.GetByteCount(Path.GetFullPath(path)) > LongestSocket)
        {
            throw new IOException($"The path of the socket {path} is too long: operating systems take {LongestSocket} bytes.");
        }

        if (!File.Exists(path))
        {
            return;
        }

        try
        {
            using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused && new FileInfo(path).Length == 0)
        {
            OwnFiles.Delete(path);
            return;
        }
        catch (SocketException)
        {
            throw new IOException($"{path} exists and is no socket that can be listened on; choose another path, or move it away.");
        }

        throw new IOException($"Another server listens on {path}.");
    }

    private static async Task AnswerAsync(HttpContext context, Task<AccessGuard> guard, RequestDelegate next, Action<Exception> failed)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            (await guard.ConfigureAwait(false)).Check(context.Request);
            await next(context).ConfigureAwait(false);
            if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status405MethodNotAllowed })
            {
                throw new ProblemException(StatusCodes.Status405MethodNotAllowed, "method",
                    $"{context.Request.Method} is no method of {context.Request.Path}; allowed is {context.Response.Headers.Allow}.");
            }
        }
        catch (ProblemException problem)
        {
            await ProblemWriter.WriteAsync(context, problem).ConfigureAwait(false);
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException e)
        {
            await ProblemWriter.WriteAsync(context, new(e.StatusCode, "http", e.Message)).ConfigureAwait(false);
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // The client has gone; nobody reads an answer.
        }
        catch (Exception e)
        {
            // The border of a request: the others go on.
            failed(e);
            await ProblemWriter.WriteAsync(context, new(StatusCodes.Status500InternalServerError, "internal", $"{e.GetType().Name}: {e.Message}"))
                .ConfigureAwait(false);
        }
    }

    private static Task Unknown(HttpContext context)
    {
        var routes = context.RequestServices.GetRequiredService<EndpointDataSource>();
        var paths = routes.Endpoints.OfType<RouteEndpoint>()
            .SelectMany(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(m => $"{m} {e.RoutePattern.RawText}"));
        throw new ProblemException(StatusCodes.Status404NotFound, "path",
            $"There is no {context.Request.Method} {context.Request.Path}. There are: {string.Join(", ", paths)}.");
    }
}
