using System.Runtime.CompilerServices;
using Tuning.Randomness;

namespace Tuning.Environments;

/// <summary>Several copies of one environment, stepped one by one in their order.</summary>
/// <remarks>
/// It never resets by itself: the owner sees the last observation of an episode, and resets in the same step (Gymnasium's
/// same-step mode). Owned by one thread at a time. No call but saving and restoring allocates.
/// </remarks>
internal sealed class VectorEnvironment : EnvironmentCopies<IEnvironment>
{
    private readonly int[] _choices;

    /// <summary>Makes the copies.</summary>
    /// <param name="definition">The environment.</param>
    /// <param name="config">Its <c>env_config</c>.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="seed">The place that the streams are derived from.</param>
    /// <exception cref="InvalidOperationException">A copy has other spaces than the first.</exception>
    public VectorEnvironment(EnvironmentDefinition definition, ParameterSet config, int count, SeedPath seed)
        : base(definition.Name, count, seed, () => definition.Create(config), copies => Check(definition.Name, copies))
    {
        ObservationSpace = _copies[0].ObservationSpace;
        ActionSpace = _copies[0].ActionSpace;
        _choices = new int[ActionSpace.IsDiscrete ? ActionSpace.Size : 0];
    }

    /// <summary>What observations look like.</summary>
    public Space ObservationSpace { get; }

    /// <summary>What actions look like.</summary>
    public Space ActionSpace { get; }

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

    private static void Check(string name, IEnvironment[] copies)
    {
        for (var i = 0; i < copies.Length; i++)
        {
            if (!copies[i].ObservationSpace.Equals(copies[0].ObservationSpace) || !copies[i].ActionSpace.Equals(copies[0].ActionSpace))
            {
                throw new InvalidOperationException($"Copy {i} of the environment {name} has other spaces than copy 0; the same env_config must give the same spaces.");
            }
        }
    }
}
