using System.Text.Json;
using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Tests.Algorithms;

/// <summary>The action that equals the observation gives 1, any other 0; sixteen steps make an episode.</summary>
internal sealed class IdentityEnvironment : IEnvironment
{
    public const int Steps = 16;

    private RandomStream? _random;
    private int _shown;

    public Space ObservationSpace { get; } = new Discrete(3);

    public Space ActionSpace { get; } = new Discrete(3);

    public bool CanSaveState => true;

    public void Reset(RandomStream random, Span<float> observation)
    {
        _random = random;
        Show(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var reward = action.Choice == _shown ? 1.0 : 0.0;
        Show(observation);
        return new(reward);
    }

    public JsonElement SaveState() => JsonSerializer.SerializeToElement(_shown);

    public void RestoreState(JsonElement state, RandomStream random) => (_shown, _random) = (state.GetInt32(), random);

    private void Show(Span<float> observation) => observation[0] = _shown = _random!.NextInt32(3);
}
