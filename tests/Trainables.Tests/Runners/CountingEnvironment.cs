using System.Text.Json;
using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Tests.Runners;

/// <summary>Shows how many steps its episode has; ends after <paramref name="length"/> of them; the reward is the number of the step.</summary>
internal sealed class CountingEnvironment(int length, bool canSave = true, int poisonAt = -1) : IEnvironment
{
    private int _steps;

    public Space ObservationSpace { get; } = new Box(0, 10000, 1);

    public Space ActionSpace { get; } = new Discrete(2);

    public bool CanSaveState => canSave;

    public void Reset(RandomStream random, Span<float> observation)
    {
        _steps = 0;
        observation[0] = 0;
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        observation[0] = ++_steps == poisonAt ? float.NaN : _steps;
        return new(_steps, _steps >= length);
    }

    public JsonElement SaveState() => canSave ? JsonSerializer.SerializeToElement(_steps) : throw new NotSupportedException();

    public void RestoreState(JsonElement state, RandomStream random) => _steps = state.GetInt32();
}
