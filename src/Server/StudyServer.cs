using Tuning.Server.Web;

namespace Tuning.Server;

/// <summary>
/// Hands the trials of a <see cref="Study"/> out to programs in any language, by HTTP on this machine: they ask for configurations, report values on
/// the way, and tell what came of them. Every request may be repeated: an answer that was lost is given again, and nothing counts twice.
/// </summary>
/// <remarks>Safe on any thread. The study may be asked and told in this process as well. See <c>docs/ask-and-tell.md</c> for the requests.</remarks>
public sealed class StudyServer : IAsyncDisposable
{
    /// <summary>The file of the token in a study's directory.</summary>
    public const string TokenFileName = "serve.token";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly LocalServer _server;
    private readonly StudyDesk _desk;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _stopping;

    private StudyServer(LocalServer server, StudyDesk desk, TimeProvider time, string? token, string? tokenFile)
    {
        (_server, _desk, _time, Token, TokenFile) = (server, desk, time, token, tokenFile);
        desk.Finished = () => _completion.TrySetResult();
        desk.CheckFinished();
    }

    /// <summary>Where it answers: <c>http://127.0.0.1:8421</c>, or <c>unix:/path</c>.</summary>
    public string Url => _server.Url;

    /// <summary>What requests show, as <c>Authorization: Bearer …</c>; null where none is needed.</summary>
    public string? Token { get; }

    /// <summary>The file that holds the token; null where there is none.</summary>
    public string? TokenFile { get; }

    /// <summary>Ends when there are no more trials and all have ended; the server goes on answering.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Begins to serve a study, which stays the caller's: dispose of the server first.</summary>
    /// <param name="study">The study. Trials under way in it, which nobody was told of, go to those who ask first.</param>
    /// <param name="options">Where, and for whom.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">It cannot listen there, or the file of the token cannot be used.</exception>
    /// <exception cref="FileNotFoundException">ASP.NET Core is not installed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port or the lease is none.</exception>
    public static Task<StudyServer> StartAsync(Study study, StudyServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(study);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Port, ushort.MaxValue, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Port, nameof(options));
        if (options.Lease is { } lease)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero, nameof(options));
        }

        cancellationToken.ThrowIfCancellationRequested();
        WebRuntime.Require();
        return BeginAsync(study, options);
    }

    /// <summary>Stops taking requests; those that came are answered first, for ten seconds at most.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _stopping, 1) == 1)
        {
            return;
        }

        _desk.Stop();
        using (var patience = new CancellationTokenSource(_patience, _time))
        {
            await StopAsync(patience.Token).ConfigureAwait(false);
        }

        _desk.Dispose();
        _completion.TrySetCanceled();
    }

    // Of its own, like BeginAsync: where ASP.NET Core is not loaded yet, it must not be mentioned.
    [MethodImpl(NoInlining)]
    private async Task StopAsync(CancellationToken hurry)
    {
        await _server.StopAsync(hurry).ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
    }

    [MethodImpl(NoInlining)]
    private static async Task<StudyServer> BeginAsync(Study study, StudyServerOptions options)
    {
        var file = options.RequiresToken ? options.TokenFile ?? (study.Directory is { } directory ? Path.Combine(directory, TokenFileName) : null) : null;
        var token = !options.RequiresToken ? null : file is null ? AccessToken.New() : AccessToken.FromFile(file);
        var desk = new StudyDesk(study, options.Lease);
        try
        {
            var endpoints = new StudyEndpoints(desk);
            var server = await LocalServer.StartAsync(
                new(options.Port, options.Socket, token, StudyEndpoints.Health), endpoints.Map, desk.Failed).ConfigureAwait(false);
            return new(server, desk, study.Loop.Time, token, file);
        }
        catch
        {
            desk.Dispose();
            throw;
        }
    }
}
