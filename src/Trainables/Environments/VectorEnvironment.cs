using System.Runtime.CompilerServices;
using System.Text.Json;
using Tuning.Randomness;

namespace Tuning.Environments;

/// <summary>
/// Several copies of one environment, stepped one by one in their order. Each draws from a stream of its own, derived by path:
/// copy 3 of the place <c>runner/0</c> from <c>runner/0/env/3</c>.
/// </summary>
/// <remarks>
/// It never resets by itself: the owner sees the last observation of an episode, and resets in the same step (Gymnasium's
/// same-step mode). Owned by one thread at a time. No call but saving and restoring allocates.
/// </remarks>
internal sealed class VectorEnvironment : IDisposable
{
    private readonly IEnvironment[] _copies;
    private readonly RandomStream[] _streams;
    private readonly int[] _choices;

    /// <summary>Makes the copies.</summary>
    /// <param name="definition">The environment.</param>
    /// <param name="config">Its <c>env_config</c>.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="seed">The place that the streams are derived from.</param>
    /// <exception cref="InvalidOperationException">A copy has other spaces than the first.</exception>
    public VectorEnvironment(EnvironmentDefinition definition, ParameterSet config, int count, SeedPath seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Name = definition.Name;
        _copies = new IEnvironment[count];
        try
        {
            for (var i = 0; i < count; i++)
            {
                _copies[i] = definition.Create(config);
                if (!_copies[i].ObservationSpace.Equals(_copies[0].ObservationSpace) || !_copies[i].ActionSpace.Equals(_copies[0].ActionSpace))
                {
                    throw new InvalidOperationException($"Copy {i} of the environment {Name} has other spaces than copy 0; the same env_config must give the same spaces.");
                }
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        _streams = [.. Enumerable.Range(0, count).Select(i => (seed / "env" / i).Stream())];
        ObservationSpace = _copies[0].ObservationSpace;
        ActionSpace = _copies[0].ActionSpace;
        _choices = new int[ActionSpace.IsDiscrete ? ActionSpace.Size : 0];
    }

    /// <summary>The environment's name.</summary>
    public string Name { get; }

    /// <summary>How many copies there are.</summary>
    public int Count => _copies.Length;

    /// <summary>The copies.</summary>
    public IReadOnlyList<IEnvironment> Copies => _copies;

    /// <summary>What observations look like.</summary>
    public Space ObservationSpace { get; }

    /// <summary>What actions look like.</summary>
    public Space ActionSpace { get; }

    /// <summary>Whether the state of every copy can be saved.</summary>
    public bool CanSaveState => Array.TrueForAll(_copies, c => c.CanSaveState);

    /// <summary>Starts an episode of a copy.</summary>
    public void Reset(int copy, Span<float> observation) => _copies[copy].Reset(_streams[copy], observation);

    /// <summary>Steps a copy.</summary>
    /// <param name="copy">Which one.</param>
    /// <param name="action">The action as floats, choices as whole numbers.</param>
    /// <param name="observation">Receives the observation, also an episode's last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public StepResult Step(int copy, ReadOnlySpan<float> action, Span<float> observation)
    {
        if (_choices.Length == 0)
        {
            return _copies[copy].Step(new EnvironmentAction(action), observation);
        }

        for (var i = 0; i < _choices.Length; i++)
        {
            _choices[i] = (int)action[i];
        }

        return _copies[copy].Step(new EnvironmentAction(_choices), observation);
    }

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
