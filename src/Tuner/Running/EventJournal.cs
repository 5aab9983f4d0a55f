using Microsoft.Win32.SafeHandles;

namespace Tuning.Running;

/// <summary>
/// The experiment's journal, open for appending: the truth about what happened and what was decided. Append the events of a
/// batch, <see cref="Write"/> them with one call of the operating system, then act on them.
/// </summary>
/// <remarks>
/// Used by one thread, except <see cref="FlushToDisk"/>, which any thread may call. After <see cref="Write"/> a killed process
/// loses nothing; after <see cref="FlushToDisk"/> a machine that loses power does not either.
/// </remarks>
internal sealed class EventJournal : IDisposable
{
    /// <summary>What the names of things have in them that were kept when a journal was cut.</summary>
    public const string BeforeCut = ".before-cut-";

    private readonly JournalLock _lock;
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly JournalBuffer _buffer = new();
    private readonly JournalEncoder _encoder;
    private long _length;

    // Written by the loop, read by whoever flushes.
    private long _flushed;

    // Set by readers that wait for more, taken by the loop.
    private TaskCompletionSource? _awaited;

    private EventJournal(JournalLock held, SafeFileHandle file, string directory, MetricNames names, long length)
    {
        (_lock, _file, _path, _length, _flushed) = (held, file, Path.Combine(directory, JournalReader.FileName), length, length);
        _encoder = new JournalEncoder(_buffer, names);
    }

    /// <summary>How many bytes have been handed to the operating system.</summary>
    public long Length => Volatile.Read(ref _length);

    /// <summary>Whether the file still has its name: false once it, or its directory, was deleted or renamed.</summary>
    public bool IsThere => OperatingSystem.IsWindows() || FileKind.Of(_file) == FileKind.At(_path);

    /// <summary>Whether something has been written since the last flush to disk.</summary>
    public bool IsDirty => Length != Volatile.Read(ref _flushed);

    /// <summary>Begins the journal of a new experiment in a directory that exists and has none.</summary>
    public static EventJournal Create(string directory, JournalHeader header)
    {
        var held = JournalLock.Take(directory);
        EventJournal? journal = null;
        try
        {
            journal = new(held, OwnFiles.Open(Path.Combine(directory, JournalReader.FileName), FileMode.CreateNew, FileShare.Read), directory,
                new MetricNames(), 0);
            header.Write(journal._buffer);
            journal.Write();
            return journal;
        }
        catch
        {
            held.Dispose();
            if (journal is not null)
            {
                // What has no first line has not begun.
                journal.Dispose();
                OwnFiles.Delete(journal._path);
            }

            throw;
        }
    }

    /// <summary>
    /// Takes an experiment over: hands each entry of its journal to <paramref name="replay"/>, cuts a torn last line, and opens it for
    /// appending.
    /// </summary>
    /// <param name="directory">The experiment's directory.</param>
    /// <param name="begin">Told the first line before the entries.</param>
    /// <param name="replay">Told every entry in order.</param>
    /// <param name="upToLine">The last line to keep; the rest is moved to a file beside the journal. Null keeps all.</param>
    /// <exception cref="JournalException">Another process has it, or a line is damaged or does not fit to those before.</exception>
    public static EventJournal Open(string directory, Action<JournalHeader> begin, Action<JournalEntry> replay, long? upToLine = null)
    {
        if (!File.Exists(Path.Combine(directory, JournalReader.FileName)))
        {
            throw new JournalException($"{directory} is not the directory of an experiment: it has no {JournalReader.FileName}.");
        }

        var held = JournalLock.Take(directory);
        SafeFileHandle? file = null;
        try
        {
            using var reader = new JournalReader(directory);
            begin(reader.Header);
            while (reader.Lines < (upToLine ?? long.MaxValue) && reader.Read(replay))
            {
            }

            if (upToLine > reader.Lines)
            {
                throw new JournalException($"{reader.Path} has {reader.Lines} lines; --up-to-line is {upToLine}.");
            }

            file = OwnFiles.Open(reader.Path, FileMode.Open, FileShare.Read);
            var length = RandomAccess.GetLength(file);
            if (length > reader.Position)
            {
                if (upToLine is not null)
                {
                    OwnFiles.Copy(reader.Path, OwnFiles.FreeName(reader.Path, BeforeCut));
                }

                RandomAccess.SetLength(file, reader.Position);
                RandomAccess.FlushToDisk(file);
            }

            return new EventJournal(held, file, directory, reader.Names, reader.Position);
        }
        catch
        {
            file?.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>Adds an event and the recorded ones among its commands to the batch.</summary>
    public void Append(ExperimentEvent happened, IReadOnlyList<ExperimentCommand> commands) => _encoder.Write(happened, commands);

    /// <summary>Hands the batch to the operating system, with one call.</summary>
    public void Write()
    {
        if (_buffer.Length > 0)
        {
            try
            {
                RandomAccess.Write(_file, _buffer.Written, _length);
            }
            catch (IOException)
            {
                // Half of a batch is none; a resume would cut it, too.
                RandomAccess.SetLength(_file, _length);
                throw;
            }

            Volatile.Write(ref _length, _length + _buffer.Length);
            _buffer.Clear();
            if (Volatile.Read(ref _awaited) is not null)
            {
                Interlocked.Exchange(ref _awaited, null)?.TrySetResult();
            }
        }
    }

    /// <summary>Completes once the journal is longer than this; any thread.</summary>
    public Task LongerThanAsync(long length)
    {
        var awaited = Volatile.Read(ref _awaited);
        if (awaited is null)
        {
            var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            awaited = Interlocked.CompareExchange(ref _awaited, mine, null) ?? mine;
        }

        // Looked at after the wish is known: what was written before shows here, what is written later completes it.
        return Length > length ? Task.CompletedTask : awaited.Task;
    }

    /// <summary>Brings what has been written to the disk. Takes milliseconds; any thread.</summary>
    public void FlushToDisk()
    {
        var length = Length;
        if (length != Volatile.Read(ref _flushed))
        {
            RandomAccess.FlushToDisk(_file);
            Volatile.Write(ref _flushed, length);
        }
    }

    /// <summary>Closes the file and gives the directory back. What was appended and not written is dropped.</summary>
    public void Dispose()
    {
        _encoder.Dispose();
        _file.Dispose();
        _lock.Dispose();
    }
}
