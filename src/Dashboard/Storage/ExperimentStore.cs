using System.Collections.Concurrent;
using Tuning.Running;

namespace Tuning.Dashboard.Storage;

/// <summary>
/// The experiments of a storage, or the one of a directory. What a request names is looked up among those that were found on the disk: no part of a request
/// becomes part of a path.
/// </summary>
/// <remarks>Safe on any thread.</remarks>
internal sealed class ExperimentStore : IAsyncDisposable
{
    private const int MostOpen = 12;

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(500);

    private readonly string _directory;
    private readonly TimeProvider _time;
    private readonly Action<Exception> _failed;
    private readonly ConcurrentDictionary<string, StoredExperiment> _known = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _following;
    private TaskCompletionSource<string> _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _uses;

    /// <param name="directory">A storage, or an experiment.</param>
    /// <param name="time">The clock.</param>
    /// <param name="failed">Told of what goes wrong where no request waits.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    public ExperimentStore(string directory, TimeProvider time, Action<Exception> failed)
    {
        (_directory, _time, _failed) = (Checkpointing.OwnFiles.Resolve(directory), time, failed);
        if (!Directory.Exists(_directory))
        {
            throw new DirectoryNotFoundException($"There is no directory {directory}. Name the storage that holds experiments, or an experiment's directory.");
        }

        IsOne = File.Exists(Path.Combine(_directory, JournalReader.FileName));
        Find();
        _following = Task.Run(FollowAsync);
    }

    /// <summary>The directory that is shown.</summary>
    public string DirectoryPath => _directory;

    /// <summary>The clock.</summary>
    public TimeProvider Time => _time;

    /// <summary>Cancelled when nothing is shown any more.</summary>
    public CancellationToken End => _end.Token;

    /// <summary>Whether the directory is that of an experiment.</summary>
    public bool IsOne { get; }

    /// <summary>Ends with the next change.</summary>
    public Task<string> NextChange => Volatile.Read(ref _change).Task;

    /// <summary>All experiments, by name.</summary>
    public IReadOnlyList<StoredExperiment> All()
    {
        Find();
        return [.. _known.Values.OrderBy(e => e.Id, StringComparer.Ordinal)];
    }

    /// <summary>An experiment by its name; null where there is none.</summary>
    public StoredExperiment? Get(string id)
    {
        if (!_known.ContainsKey(id))
        {
            // It may have begun a moment ago.
            Find();
        }

        return _known.GetValueOrDefault(id);
    }

    /// <summary>The number of a use, for what is closed first.</summary>
    public long NextUse() => Interlocked.Increment(ref _uses);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var experiment in _known.Values)
        {
            experiment.Dispose();
        }

        _end.Dispose();
    }

    private void Find()
    {
        if (IsOne)
        {
            Add(_directory);
            return;
        }

        var found = Directory.Exists(_directory)
            ? Directory.EnumerateDirectories(_directory).Where(d => File.Exists(Path.Combine(d, JournalReader.FileName))).ToList() : [];
        found.ForEach(Add);
        var names = found.Select(d => Path.GetFileName(d)).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _known.Values.Where(e => !names.Contains(e.Id)).ToList())
        {
            _known.TryRemove(gone.Id, out _);
            gone.Dispose();
        }

        void Add(string directory) => _known.GetOrAdd(Path.GetFileName(directory), static (id, d) => new(id, d), directory);
    }

    private async Task FollowAsync()
    {
        using var timer = new PeriodicTimer(_interval, _time);
        var rounds = 0;
        do
        {
            try
            {
                Round(rounds++ % 4 == 0);
                await ReadNextRowAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The border of the thread that follows: what it could not do it tries again.
                _failed(e);
            }
        }
        while (await timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false));
    }

    private void Round(bool looksForNew)
    {
        var count = _known.Count;
        if (looksForNew)
        {
            Find();
        }

        foreach (var experiment in _known.Values)
        {
            if (experiment.Follow(_end.Token))
            {
                Tell(experiment.Id);
            }
        }

        if (_known.Count != count)
        {
            Tell("");
        }

        foreach (var old in _known.Values.Where(e => e.IsOpen).OrderByDescending(e => e.UsedAt).Skip(MostOpen))
        {
            old.Close();
        }
    }

    // The rows of experiments that nobody has looked at, one at a time.
    private async Task ReadNextRowAsync()
    {
        while (_known.Values.OrderBy(e => e.Id, StringComparer.Ordinal).FirstOrDefault(e => e is { Row: null, Error: null, IsOpen: false }) is { } next)
        {
            await next.OpenAsync(_end.Token).ConfigureAwait(false);
            Tell(next.Id);
            if (_known.Values.Count(e => e.IsOpen) > MostOpen)
            {
                next.Close();
            }
        }
    }

    private void Tell(string id) =>
        Interlocked.Exchange(ref _change, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult(id);
}
