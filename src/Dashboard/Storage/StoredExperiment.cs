using Tuning.Dashboard.Projection;
using Tuning.Running;

namespace Tuning.Dashboard.Storage;

/// <summary>One experiment of a storage, opened when it is looked at and followed from then on.</summary>
/// <remarks>Safe on any thread: the lock guards the projection, the other fields are replaced whole.</remarks>
/// <param name="id">Its name in addresses: that of its directory.</param>
/// <param name="directory">Its directory.</param>
internal sealed class StoredExperiment(string id, string directory) : IDisposable
{
    private readonly Lock _lock = new();
    private ExperimentProjection? _projection;
    private volatile Task? _opening;
    private volatile string? _error;
    private volatile bool _wasRunning;
    private long _readTo;

    /// <summary>Its name in addresses.</summary>
    public string Id => id;

    /// <summary>Its directory.</summary>
    public string Directory => directory;

    /// <summary>Its row in the list; null before it was read once.</summary>
    public byte[]? Row { get; private set; }

    /// <summary>Why it cannot be read; null where it can.</summary>
    public string? Error => _error;

    /// <summary>Whether it is in memory.</summary>
    public bool IsOpen => Volatile.Read(ref _projection) is not null;

    /// <summary>When it was asked for last.</summary>
    public long UsedAt { get; private set; }

    /// <summary>How much of the journal has been read, from 0 to 1.</summary>
    public double Progress => LengthOfJournal() is > 0 and var length ? Math.Min(1, Volatile.Read(ref _projection)?.Position / (double)length ?? 0) : 0;

    private string JournalPath => Path.Combine(directory, JournalReader.FileName);

    /// <summary>Calls a function with the projection as it stands.</summary>
    /// <returns>False where it is not open.</returns>
    public bool Read(long now, Action<ExperimentProjection> read)
    {
        UsedAt = now;
        lock (_lock)
        {
            if (_projection is null || _opening is { IsCompleted: false })
            {
                return false;
            }

            read(_projection);
            return true;
        }
    }

    /// <summary>Opens it where it is not; ends when that is done, or has failed and the error is set.</summary>
    public Task OpenAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _projection is not null && _opening is null or { IsCompleted: true } && IsOpen ? Task.CompletedTask
                : _opening is { IsCompleted: false } under ? under
                : _opening = Task.Run(() => Open(cancellationToken), cancellationToken);
        }
    }

    /// <summary>Reads what was written since.</summary>
    /// <returns>Whether there was anything, or the process that runs it has come or gone.</returns>
    public bool Follow(CancellationToken cancellationToken)
    {
        var isRunning = JournalLock.CurrentOwner(directory) is not null;
        if (LengthOfJournal() == Interlocked.Read(ref _readTo) && isRunning == _wasRunning)
        {
            return false;
        }

        if (!IsOpen)
        {
            // Whoever looks next has it read again.
            (Row, _error) = (null, null);
            return _wasRunning != (_wasRunning = isRunning);
        }

        lock (_lock)
        {
            if (_opening is { IsCompleted: false } || _projection is null)
            {
                return false;
            }

            try
            {
                if (_projection.IsStillThere())
                {
                    return Update(_projection, isRunning, cancellationToken);
                }

                Reopen(cancellationToken);
            }
            catch (Exception e) when (e is JournalException or IOException or UnauthorizedAccessException)
            {
                // A resume has cut what was torn, and writes on from there: it is read again from its beginning.
                Reopen(cancellationToken);
            }

            return true;
        }
    }

    /// <summary>Gives its memory back; its row stays.</summary>
    public void Close()
    {
        lock (_lock)
        {
            if (_opening is null or { IsCompleted: true })
            {
                _projection?.Dispose();
                _projection = null;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private void Reopen(CancellationToken cancellationToken)
    {
        _projection?.Dispose();
        _projection = null;
        Open(cancellationToken);
    }

    private void Open(CancellationToken cancellationToken)
    {
        ExperimentProjection? opened = null;
        try
        {
            opened = new(directory);
            Volatile.Write(ref _projection, opened);
            Update(opened, JournalLock.CurrentOwner(directory) is not null, cancellationToken);
            _error = null;
        }
        catch (Exception e)
        {
            opened?.Dispose();
            Volatile.Write(ref _projection, null);
            if (e is not (JournalException or IOException or UnauthorizedAccessException))
            {
                throw;
            }

            // It is shown with the reason, and does not hide the others.
            _error = e.Message;
        }
        finally
        {
            Interlocked.Exchange(ref _readTo, LengthOfJournal());
        }
    }

    private bool Update(ExperimentProjection projection, bool isRunning, CancellationToken cancellationToken)
    {
        var length = LengthOfJournal();
        var changed = projection.ReadOn(cancellationToken) || isRunning != _wasRunning || Row is null;
        Interlocked.Exchange(ref _readTo, length);
        _wasRunning = isRunning;
        if (changed)
        {
            Row = Json.Of(writer => ExperimentAsJson.Row(writer, id, projection, projection.Results(), isRunning));
        }

        return changed;
    }

    private long LengthOfJournal() => new FileInfo(JournalPath) is { Exists: true } file ? file.Length : -1;
}
