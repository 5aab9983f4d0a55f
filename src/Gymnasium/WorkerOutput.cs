namespace Tuning.Gymnasium;

/// <summary>What a worker writes to its outputs: the last lines, in bounded memory. Any thread.</summary>
internal sealed class WorkerOutput
{
    private const int LongestLine = 2000;
    private const int Lines = 40;

    private readonly Queue<string> _lines = [];
    private readonly Task[] _reading;

    /// <param name="streams">Its outputs, read until they close.</param>
    public WorkerOutput(params ReadOnlySpan<Stream> streams)
    {
        _reading = new Task[streams.Length];
        for (var i = 0; i < streams.Length; i++)
        {
            _reading[i] = ReadAsync(streams[i]);
        }
    }

    /// <summary>The last lines, indented, after a heading; empty where there is none.</summary>
    public string Last()
    {
        lock (_lines)
        {
            return _lines.Count == 0 ? "" : "\nThe last lines of its output:\n  " + string.Join("\n  ", _lines);
        }
    }

    /// <summary>Waits a moment for what is still on its way once the worker has ended.</summary>
    public void Settle() => Task.WaitAll(_reading, TimeSpan.FromSeconds(1));

    private async Task ReadAsync(Stream stream)
    {
        var lines = new BoundedLines(buffer => stream.ReadAsync(buffer), LongestLine);
        try
        {
            while (await lines.NextAsync().ConfigureAwait(false) is { } line)
            {
                var text = Encoding.UTF8.GetString(line.Span);
                lock (_lines)
                {
                    _lines.Enqueue(text);
                    if (_lines.Count > Lines)
                    {
                        _lines.Dequeue();
                    }
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The worker is gone.
        }
    }
}
