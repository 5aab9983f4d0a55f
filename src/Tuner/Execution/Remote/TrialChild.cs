using System.Diagnostics;
using System.Net.Sockets;

namespace Tuning.Execution.Remote;

/// <summary>
/// A process that runs segments, one at a time, as the process of the experiment sees it. A thread of its own reads what it says; what it prints goes to files
/// of the trial that it runs.
/// </summary>
/// <remarks>Used under the executor's lock, but for <see cref="Send"/>, which any thread may call.</remarks>
internal sealed class TrialChild : IAsyncDisposable
{
    private const long LogLimit = 16 << 20;

    private readonly DirectoryInfo _scratch = System.IO.Directory.CreateTempSubdirectory("tuner-");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ILaunched _process;
    private readonly Task _printed;
    private readonly Lock _logs = new();
    private RotatingLog _output, _errors;
    private FrameConnection? _connection;
    private Activity? _activity;
    private readonly Lazy<Task> _disposed;

    /// <summary>Starts a process; it is ready when it says so.</summary>
    /// <param name="launcher">Starts it.</param>
    /// <param name="words">Program and arguments.</param>
    public TrialChild(ILauncher launcher, IReadOnlyList<string> words)
    {
        _disposed = new(DisposeOnceAsync);
        var path = Path.Combine(_scratch.FullName, "s");
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(1);
        (_output, _errors) = (Log(_scratch.FullName, "stdout.log"), Log(_scratch.FullName, "stderr.log"));
        _process = launcher.Start(words, new Dictionary<string, string> { [TrialWorker.Variable] = path }, _scratch.FullName);
        Ended = _process.WaitAsync();
        _printed = Task.WhenAll(CopyAsync(_process.Output, isError: false), CopyAsync(_process.Errors, isError: true));
    }

    /// <summary>What ended the process.</summary>
    public Task<string?> Ended { get; }

    /// <summary>The segment that it runs; null while it runs none.</summary>
    public SegmentCommand.Start? Segment { get; private set; }

    /// <summary>Whether nobody waits for its segment any more.</summary>
    public bool IsGivenUp { get; set; }

    /// <summary>The number of the segment's last new report; -1 before.</summary>
    public int LastReport { get; set; }

    /// <summary>The process's slot among those of this process, while it runs a segment.</summary>
    public SlotPool.Slot? Slot { get; set; }

    /// <summary>When its segment began, or it became idle.</summary>
    public long Since { get; set; }

    /// <summary>What it printed before it ended.</summary>
    public string Said
    {
        get
        {
            lock (_logs)
            {
                return _errors.Head is { Length: > 0 } errors ? errors : _output.Tail;
            }
        }
    }

    /// <summary>Waits until the process has said that it is there, and tells it what its segments share.</summary>
    /// <returns>What it answered; null where it ended, or said nothing for too long.</returns>
    public async Task<RemoteReady?> ConnectAsync(RemoteSetup setup, TimeSpan patience)
    {
        using var timeout = new CancellationTokenSource(patience, TimeProvider.System);
        var accepted = _listener.AcceptAsync(timeout.Token).AsTask();
        if (await Task.WhenAny(accepted, Ended).ConfigureAwait(false) != accepted || accepted.IsCanceled)
        {
            await timeout.CancelAsync().ConfigureAwait(false);
            return null;
        }

        _connection = new(new NetworkStream(await accepted.ConfigureAwait(false), ownsSocket: true));
        return _connection.Send(setup) ? await Task.Run(_connection.Read).ConfigureAwait(false) as RemoteReady : null;
    }

    /// <summary>Has a thread read what the process says from here on.</summary>
    /// <param name="heard">Told of each message, and at the end of null, on that thread.</param>
    public void Listen(Action<TrialChild, object?> heard) => new Thread(() =>
    {
        object? message;
        do
        {
            try
            {
                message = _connection!.Read();
            }
            catch (InvalidDataException)
            {
                // Nothing that comes after it could be trusted.
                _process.Kill();
                message = null;
            }

            heard(this, message);
        }
        while (message is not null);
    })
    { IsBackground = true, Name = "trial process" }.Start();

    /// <summary>Tells the process something.</summary>
    public void Send(object message) => _connection!.Send(message);

    /// <summary>Begins a segment: what is printed from here on is its trial's.</summary>
    public void Begin(SegmentCommand.Start segment, string directory, ExperimentTelemetry? telemetry)
    {
        (Segment, LastReport) = (segment, -1);
        OwnFiles.MakeDirectory(directory);
        lock (_logs)
        {
            _output.Dispose();
            _errors.Dispose();
            (_output, _errors) = (Log(directory, "stdout.log"), Log(directory, "stderr.log"));
        }

        var current = Activity.Current;
        _activity = telemetry?.BeginSegment(segment.Segment.Trial);
        Activity.Current = current;
        Send(segment);
    }

    /// <summary>The segment is over.</summary>
    public void End()
    {
        _activity?.Dispose();
        (_activity, Segment) = (null, null);
    }

    /// <summary>Waits until all is read that the process printed before it ended.</summary>
    public Task DrainAsync() => Task.WhenAny(_printed, Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System));

    /// <summary>Kills the process and everything that it started.</summary>
    public void Kill() => _process.Kill();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(_disposed.Value);

    private static RotatingLog Log(string directory, string name) => new(Path.Combine(directory, name), LogLimit);

    private async Task DisposeOnceAsync()
    {
        _connection?.Dispose();
        _listener.Dispose();
        if (Segment is null && _connection is not null)
        {
            // It ends by itself, with its services.
            await Task.WhenAny(Ended, Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System)).ConfigureAwait(false);
        }

        await _process.DisposeAsync().ConfigureAwait(false);
        await DrainAsync().ConfigureAwait(false);
        lock (_logs)
        {
            _output.Dispose();
            _errors.Dispose();
        }

        _scratch.Delete(recursive: true);
    }

    private async Task CopyAsync(Stream from, bool isError)
    {
        var buffer = new byte[1 << 14];
        try
        {
            while (await from.ReadAsync(buffer).ConfigureAwait(false) is var read and > 0)
            {
                lock (_logs)
                {
                    (isError ? _errors : _output).Write(buffer.AsSpan(0, read));
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
            // What a process prints is the least of what it does: a disk that refuses it shows elsewhere.
        }
    }
}
