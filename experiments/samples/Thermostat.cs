using System.Text.Json;
using Tuning.Environments;
using Tuning.Randomness;

/// <summary>A sample environment: keep a room at a temperature while it is cold outside.</summary>
internal sealed class Thermostat(double target) : IEnvironment
{
    private double _inside;
    private double _outside;

    public Space ObservationSpace { get; } = new Box([-30f, -30f], [60f, 60f]);

    public Space ActionSpace { get; } = new Box([0f], [1f]);

    public void Reset(RandomStream random, Span<float> observation)
    {
        (_inside, _outside) = (15 + (10 * random.NextDouble()), -10 + (20 * random.NextDouble()));
        Show(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        _inside += (0.1 * (_outside - _inside)) + (4 * action.Values[0]);
        Show(observation);
        return new(-Math.Abs(_inside - target));
    }

    public bool CanSaveState => true;

    public JsonElement SaveState() => JsonSerializer.SerializeToElement(new[] { _inside, _outside });

    public void RestoreState(JsonElement state, RandomStream random) => (_inside, _outside) = (state[0].GetDouble(), state[1].GetDouble());

    private void Show(Span<float> observation) => (observation[0], observation[1]) = ((float)_inside, (float)_outside);
}
