using System.Text.Json;
using Tuning.Randomness;

namespace Tuning.Environments;

/// <summary>
/// Several copies of one environment. Each draws from a stream of its own, derived by path: copy 3 of the place <c>runner/0</c> from
/// <c>runner/0/env/3</c>.
/// </summary>
/// <remarks>Owned by one thread at a time.</remarks>
internal abstract class EnvironmentCopies<TEnvironment> : IDisposable
    where TEnvironment : class, IRestorableEnvironment
{
    private protected readonly TEnvironment[] _copies;
    private protected readonly RandomStream[] _streams;

    /// <summary>Makes the copies.</summary>
    /// <param name="name">The environment's name.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="seed">The place that the streams are derived from.</param>
    /// <param name="create">Makes one.</param>
    /// <param name="check">Throws when they do not go together; they are disposed of then.</param>
    private protected EnvironmentCopies(string name, int count, SeedPath seed, Func<TEnvironment> create, Action<TEnvironment[]> check)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Name = name;
        _copies = new TEnvironment[count];
        try
        {
            for (var i = 0; i < count; i++)
            {
                _copies[i] = create();
            }

            check(_copies);
        }
        catch
        {
            Dispose();
            throw;
        }

        _streams = [.. Enumerable.Range(0, count).Select(i => (seed / "env" / i).Stream())];
    }

    /// <summary>The environment's name.</summary>
    public string Name { get; }

    /// <summary>How many copies there are.</summary>
    public int Count => _copies.Length;

    /// <summary>The copies.</summary>
    public IReadOnlyList<TEnvironment> Copies => _copies;

    /// <summary>Whether the state of every copy can be saved.</summary>
    public bool CanSaveState => Array.TrueForAll(_copies, c => c.CanSaveState);

    /// <summary>The stream of a copy.</summary>
    public RandomState SaveStream(int copy) => _streams[copy].Save();

    /// <summary>Sets the stream of a copy.</summary>
    public void RestoreStream(int copy, RandomState state) => _streams[copy].Restore(state);

    /// <summary>The state of a copy, null when it cannot save one.</summary>
    public string? SaveState(int copy) => _copies[copy].CanSaveState ? _copies[copy].SaveState().GetRawText() : null;

    /// <summary>Sets the state of a copy.</summary>
    /// <exception cref="ArgumentException">The state is not one of this environment.</exception>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public void RestoreState(int copy, string state)
    {
        using var document = JsonDocument.Parse(state);
        _copies[copy].RestoreState(document.RootElement.Clone(), _streams[copy]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var copy in _copies)
        {
            copy?.Dispose();
        }
    }
}
