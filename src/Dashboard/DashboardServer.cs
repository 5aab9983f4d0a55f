using Tuning.Dashboard.Storage;
using Tuning.Server.Web;

namespace Tuning.Dashboard;

/// <summary>
/// Shows the experiments of a storage to a browser of this machine, while they run and afterwards. It only reads: also experiments of others, copied
/// ones, and those that were killed.
/// </summary>
/// <remarks>Safe on any thread. See <c>docs/dashboard.md</c>.</remarks>
public sealed class DashboardServer : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    private readonly LocalServer _server;
    private readonly ExperimentStore _store;
    private readonly TimeProvider _time;
    private int _stopping;

    private DashboardServer(LocalServer server, ExperimentStore store, TimeProvider time, string? ticket)
    {
        (_server, _store, _time) = (server, store, time);
        Link = ticket is null ? server.Url : $"{server.Url}/open?ticket={ticket}";
    }

    /// <summary>Where it answers: <c>http://127.0.0.1:8484</c>.</summary>
    public string Url => _server.Url;

    /// <summary>The address to open: <see cref="Url"/>, and where a token is required the link that hands it to one browser, once.</summary>
    public string Link { get; }

    /// <summary>Begins to show a storage.</summary>
    /// <param name="storage">The directory that holds experiments, or that of one experiment.</param>
    /// <param name="options">Where, and for whom.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="IOException">It cannot listen there.</exception>
    /// <exception cref="FileNotFoundException">ASP.NET Core is not installed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port is none.</exception>
    public static Task<DashboardServer> StartAsync(string storage, DashboardOptions? options = null, CancellationToken cancellationToken = default) =>
        StartAsync(storage, options ?? new(), TimeProvider.System, static _ => { }, cancellationToken);

    /// <summary>Begins to show a storage.</summary>
    internal static Task<DashboardServer> StartAsync(
        string storage, DashboardOptions options, TimeProvider time, Action<Exception> failed, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(storage);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Port, ushort.MaxValue, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Port, nameof(options));
        cancellationToken.ThrowIfCancellationRequested();
        WebRuntime.Require();
        return BeginAsync(storage, options, time, failed);
    }

    /// <summary>Stops answering.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _stopping, 1) == 1)
        {
            return;
        }

        // Pages that listen are told by the end of the store; what is left is cut.
        await _store.DisposeAsync().ConfigureAwait(false);
        using var patience = new CancellationTokenSource(_patience, _time);
        await StopAsync(patience.Token).ConfigureAwait(false);
    }

    // Of its own, like BeginAsync: where ASP.NET Core is not loaded yet, it must not be mentioned.
    [MethodImpl(NoInlining)]
    private async Task StopAsync(CancellationToken hurry)
    {
        await _server.StopAsync(hurry).ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
    }

    [MethodImpl(NoInlining)]
    private static async Task<DashboardServer> BeginAsync(string storage, DashboardOptions options, TimeProvider time, Action<Exception> failed)
    {
        var store = new ExperimentStore(storage, time, failed);
        try
        {
            var access = options.RequiresToken ? new PageAccess() : null;
            var endpoints = new DashboardEndpoints(store, access, options.Command);
            var server = await LocalServer.StartAsync(
                new(options.Port, null, access?.Token, PageAccess.OpenPath) { Shown = PageAccess.Shown }, endpoints.Map, failed).ConfigureAwait(false);
            return new(server, store, time, access?.Ticket);
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
