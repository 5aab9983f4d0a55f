using System.Text.Json;
using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Tests.Algorithms;

/// <summary>The closer the action is to what is shown, the less it costs; sixteen steps make an episode.</summary>
internal sealed class TargetEnvironment : IEnvironment
{
    public static readonly Lazy<string> Name = new(() =>
    {
        EnvironmentRegistry.Register("target", _ => new TargetEnvironment(), IdentityEnvironment.Steps);
        return "target";
    });

    private RandomStream? _random;
    private float _target;

    public Space ObservationSpace { get; } = new Box([-1f], [1f]);

    public Space ActionSpace { get; } = new Box([-3f], [3f]);

    public bool CanSaveState => true;

    public void Reset(RandomStream random, Span<float> observation)
    {
        _random = random;
        Show(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var distance = action.Values[0] - (2 * _target);
        Show(observation);
        return new(-distance * distance);
    }

    public JsonElement SaveState() => JsonSerializer.SerializeToElement(_target);

    public void RestoreState(JsonElement state, RandomStream random) => (_target, _random) = (state.GetSingle(), random);

    private void Show(Span<float> observation) => observation[0] = _target = (2 * _random!.NextSingle()) - 1;
}
