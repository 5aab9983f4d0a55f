using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Tests.Algorithms;

/// <summary>
/// Two agents who know nothing of each other: <c>copier</c> sees one of three choices at every step and earns 1 for repeating it; <c>follower</c> sees a number
/// at every other step and earns 1 for telling its sign. Sixteen steps: 24 at most.
/// </summary>
internal sealed class TwoLearners : IMultiAgentEnvironment
{
    public const int Best = 24;

    public static readonly Lazy<string> Name = new(() =>
    {
        EnvironmentRegistry.RegisterMultiAgent("two-learners", _ => new TwoLearners(), maxEpisodeSteps: 16);
        return "two-learners";
    });

    private static readonly Discrete _three = new(3);
    private static readonly Box _number = new(-1, 1, 1);
    private static readonly Discrete _two = new(2);
    private RandomStream _random = null!;
    private int _time;
    private int _choice;
    private float _shown;

    public IReadOnlyList<string> Agents { get; } = ["copier", "follower"];

    public Space ObservationSpace(int agent) => agent == 0 ? _three : _number;

    public Space ActionSpace(int agent) => agent == 0 ? _three : _two;

    public bool CanSaveState => true;

    public void Reset(RandomStream random, MultiAgentStep step)
    {
        (_random, _time) = (random, 0);
        Show(step);
    }

    public void Step(MultiAgentStep step)
    {
        step.AddReward(0, step.Action(0).Choice == _choice ? 1 : 0);
        if (step.Acts(1))
        {
            step.AddReward(1, step.Action(1).Choice == (_shown > 0 ? 1 : 0) ? 1 : 0);
        }

        _time++;
        Show(step);
    }

    public System.Text.Json.JsonElement SaveState() => System.Text.Json.JsonSerializer.SerializeToElement(new[] { _time, _choice, _shown });

    public void RestoreState(System.Text.Json.JsonElement state, RandomStream random) =>
        (_time, _choice, _shown, _random) = (state[0].GetInt32(), state[1].GetInt32(), state[2].GetSingle(), random);

    private void Show(MultiAgentStep step)
    {
        step.Observe(0)[0] = _choice = _random.NextInt32(3);
        if (_time % 2 == 0)
        {
            step.Observe(1)[0] = _shown = (2 * _random.NextSingle()) - 1;
        }
    }
}
