using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Tuning.Programs;

/// <summary>The Unix socket to which a program reports: a JSON object on each line, an answer to each.</summary>
/// <remarks>
/// <c>{"report": {"loss": 0.5}, "checkpoint": "dir"}</c> is answered by <c>{"answer": "continue"}</c> or <c>{"answer": "stop", "reason": "…"}</c>. Where a
/// checkpoint is due and the report had none, <c>{"answer": "save", "directory": "…"}</c> comes first, and the program says <c>{"saved": true}</c> or false.
/// </remarks>
internal sealed class ReportSocket : IAsyncDisposable
{
    private const int LongestMessage = 1 << 20;

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ConcurrentDictionary<Client, Task> _clients = new();
    private readonly ChannelWriter<ProgramReport> _reports;
    private readonly Action<string> _fault;
    private readonly Task _accepting;

    public ReportSocket(string path, ChannelWriter<ProgramReport> reports, Action<string> fault)
    {
        (_reports, _fault) = (reports, fault);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(64);
        _accepting = AcceptAsync();
    }

    /// <summary>Closes all connections and waits until nothing more comes from them.</summary>
    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        foreach (var (client, reading) in _clients)
        {
            client.Dispose();
            await reading.ConfigureAwait(false);
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var client = new Client(await _listener.AcceptAsync().ConfigureAwait(false));
                var reading = _clients[client] = ReadAsync(client);
                _ = reading.ContinueWith(_ => _clients.TryRemove(client, out Task? _), TaskScheduler.Default);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ReadAsync(Client client)
    {
        try
        {
            while (await client.ReadAsync().ConfigureAwait(false) is { } message)
            {
                using (message)
                {
                    if (!message.RootElement.TryGetProperty("report", out var values) || values.ValueKind != JsonValueKind.Object)
                    {
                        throw new FormatException("a message has no 'report' with a map of metrics.");
                    }

                    var metrics = ReportText.Metrics(values, out _);
                    var checkpoint = message.RootElement.TryGetProperty("checkpoint", out var at) && at.ValueKind == JsonValueKind.String ? at.GetString()
                        : null;
                    var saves = message.RootElement.TryGetProperty("saves", out var flag) && flag.ValueKind == JsonValueKind.True;
                    await _reports.WriteAsync(new(metrics, checkpoint, client, saves)).ConfigureAwait(false);
                    await client.Answered.ConfigureAwait(false);
                }
            }
        }
        catch (FormatException e)
        {
            _fault(e.Message);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or ChannelClosedException or OperationCanceledException)
        {
            // The program has gone, or the trial.
        }
        finally
        {
            client.Dispose();
        }
    }

    private sealed class Client : IReportClient, IDisposable
    {
        private readonly NetworkStream _stream;
        private readonly BoundedLines _lines;
        private TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Client(Socket socket)
        {
            _stream = new NetworkStream(socket, ownsSocket: true);
            _lines = new(buffer => _stream.ReadAsync(buffer), LongestMessage);
        }

        /// <summary>Completed once the report that was read last has its answer.</summary>
        public Task Answered => _answered.Task;

        public async Task<JsonDocument?> ReadAsync()
        {
            if (await _lines.NextAsync().ConfigureAwait(false) is not { } line)
            {
                return null;
            }

            _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _lines.WasCut ? throw new FormatException($"a message has more than {LongestMessage} bytes.")
                : ReportText.Parse(line.Span) ?? throw new FormatException("a message is no JSON object.");
        }

        public void Answer(string answer, string? reason)
        {
            Send(new { answer, reason });
            _answered.TrySetResult();
        }

        public bool? Save(string directory, TimeSpan? patience)
        {
            Send(new { answer = "save", directory });
            try
            {
                var next = _lines.NextAsync().AsTask();
                if (patience is { } limit && Task.WaitAny([next], limit) < 0)
                {
                    // Its answer would be taken for that to something else.
                    _ = next.ContinueWith(static t => t.Exception, TaskScheduler.Default);
                    Dispose();
                    return null;
                }

                if (next.GetAwaiter().GetResult() is not { } line)
                {
                    return null;
                }

                using var said = ReportText.Parse(line.Span);
                return said?.RootElement.TryGetProperty("saved", out var saved) == true && saved.ValueKind == JsonValueKind.True;
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // It died while it was saving: its end says why.
                return null;
            }
        }

        public void Dispose()
        {
            _stream.Dispose();
            _answered.TrySetCanceled();
        }

        private void Send<T>(T message)
        {
            try
            {
                _stream.Write([.. JsonSerializer.SerializeToUtf8Bytes(message), (byte)'\n']);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // It has gone; its end says the rest.
            }
        }
    }
}
