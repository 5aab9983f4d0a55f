using System.Threading.Channels;

namespace Tuning.Running;

/// <summary>
/// Brings the journal to the disk beside the loop: at once after a checkpoint, at least every second while there is something new,
/// and before a checkpoint is deleted, so that a machine that loses power never has a journal older than its deletions.
/// </summary>
internal sealed class JournalKeeper : IAsyncDisposable
{
    /// <summary>What a checkpoint's name ends in, after a dot at its beginning, while it is deleted.</summary>
    public const string DeletedSuffix = ".deleted.tmp";

    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    private readonly EventJournal _journal;
    private readonly string _directory;
    private readonly ILogger _logger;
    private readonly Action<Exception> _failed;
    private readonly ITimer _timer;
    private readonly Task _worker;

    // The worker's alone: what has been written since may be in directories that are not on the disk by name.
    private bool _hasNames;

    // An entry is a checkpoint to delete; null asks for a flush only.
    private readonly Channel<CheckpointRef?> _work = Channel.CreateUnbounded<CheckpointRef?>(new UnboundedChannelOptions { SingleReader = true });

    public JournalKeeper(EventJournal journal, string directory, TimeProvider time, ILogger logger, Action<Exception> failed)
    {
        (_journal, _directory, _logger, _failed) = (journal, directory, logger, failed);
        _worker = Task.Run(WorkAsync);
        Flush();
        _timer = time.CreateTimer(
            static keeper => ((JournalKeeper)keeper!).Look(),
            this,
            _interval,
            _interval);
    }

    /// <summary>The error of an experiment whose directory is not where it was.</summary>
    public static IOException Gone(string directory) =>
        new($"{directory} was deleted or renamed while the experiment ran: what was written since went with it.");

    /// <summary>Asks for a flush. Returns at once.</summary>
    public void Flush() => _work.Writer.TryWrite(null);

    /// <summary>Deletes a checkpoint once the journal is on the disk. Returns at once.</summary>
    public void Delete(CheckpointRef checkpoint) => _work.Writer.TryWrite(checkpoint);

    /// <summary>Does what was asked for, and a last flush.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        _work.Writer.TryComplete();
        await _worker.ConfigureAwait(false);
        _journal.FlushToDisk();
    }

    private void Look()
    {
        if (!_journal.IsThere)
        {
            _failed(Gone(_directory));
        }
        else if (_journal.IsDirty)
        {
            Flush();
        }
    }

    private async Task WorkAsync()
    {
        await foreach (var item in _work.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                _journal.FlushToDisk();
                if (!_hasNames)
                {
                    DiskFlush.Directory(_directory);
                    DiskFlush.Directory(Path.GetDirectoryName(_directory) ?? _directory);
                    _hasNames = true;
                }

                if (item is { } checkpoint)
                {
                    Delete(_directory, checkpoint);
                }
            }
            catch (Exception e) when (e is IOException && (item is null || MachineFault.Of(e) is not null))
            {
                _failed(MachineFault.Of(e) ?? e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Log.KeeperFailed(_logger, item?.RelativePath ?? JournalReader.FileName, e.Message);
            }
        }
    }

    /// <summary>Deletes a checkpoint's directory if it is there; a link in its place, or in that of its trial's directory, is left.</summary>
    public static void Delete(string directory, CheckpointRef checkpoint)
    {
        var path = Path.Combine(directory, checkpoint.RelativePath);
        if (Directory.Exists(path) && !OwnFiles.IsLink(path) && !OwnFiles.IsLink(Path.GetDirectoryName(path)!))
        {
            // Renamed first: half a checkpoint under its own name would look like a damaged one.
            var doomed = Path.Combine(Path.GetDirectoryName(path)!, "." + checkpoint.DirectoryName + DeletedSuffix);
            OwnFiles.Clear(doomed);
            Directory.Move(path, doomed);
            OwnFiles.DeleteDirectory(doomed);
        }
    }
}
