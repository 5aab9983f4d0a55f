using System.Text.Json;
using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Tests.Environments;

/// <summary>Shows a number; the right action is that number and earns 1. The simplest thing that can be learnt. Ten steps an episode.</summary>
internal sealed class IdentityEnvironment(int choices) : IEnvironment
{
    private RandomStream? _random;
    private int _shown;
    private int _steps;

    public Space ObservationSpace { get; } = new Discrete(choices);

    public Space ActionSpace { get; } = new Discrete(choices);

    public bool CanSaveState => true;

    public void Reset(RandomStream random, Span<float> observation)
    {
        (_random, _steps) = (random, 0);
        Show(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var reward = action.Choice == _shown ? 1 : 0;
        Show(observation);
        return new(reward, Truncated: ++_steps >= 10);
    }

    public JsonElement SaveState() => JsonSerializer.SerializeToElement(new[] { _shown, _steps });

    public void RestoreState(JsonElement state, RandomStream random)
    {
        var numbers = state.Deserialize<int[]>()!;
        (_shown, _steps, _random) = (numbers[0], numbers[1], random);
    }

    private void Show(Span<float> observation)
    {
        _shown = _random!.NextInt32(choices);
        observation[0] = _shown;
    }
}

/// <summary>Shows a number in [-1, 1]; the reward is minus the squared distance of the action from it. Ten steps an episode.</summary>
internal sealed class ContinuousIdentityEnvironment : IEnvironment
{
    private RandomStream? _random;
    private float _shown;
    private int _steps;

    public Space ObservationSpace { get; } = new Box(-1, 1);

    public Space ActionSpace { get; } = new Box(-1, 1);

    public bool CanSaveState => true;

    public void Reset(RandomStream random, Span<float> observation)
    {
        (_random, _steps) = (random, 0);
        Show(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var distance = (double)action.Values[0] - _shown;
        Show(observation);
        return new(-(distance * distance), Truncated: ++_steps >= 10);
    }

    public JsonElement SaveState() => JsonSerializer.SerializeToElement(new[] { _shown, _steps });

    public void RestoreState(JsonElement state, RandomStream random)
    {
        var numbers = state.Deserialize<float[]>()!;
        (_shown, _steps, _random) = (numbers[0], (int)numbers[1], random);
    }

    private void Show(Span<float> observation)
    {
        _shown = (2 * _random!.NextSingle()) - 1;
        observation[0] = _shown;
    }
}
