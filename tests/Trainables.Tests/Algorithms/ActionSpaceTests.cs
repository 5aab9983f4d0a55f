using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Tests.Algorithms;

/// <summary>What an algorithm cannot act in is refused before anything runs, and in all else it trains: a table, so that a new space or algorithm is a
/// row.</summary>
public sealed class ActionSpaceTests
{
    private static readonly Dictionary<string, Space> _spaces = new()
    {
        ["choice"] = new Discrete(3),
        ["choices"] = new MultiDiscrete(2, 3),
        ["bounded"] = new Box([-2, 0], [2, 1]),
        ["unbounded"] = new Box(float.NegativeInfinity, float.PositiveInfinity, 2),
        ["half bounded"] = new Box([-1, float.NegativeInfinity], [1, 3]),
        ["too wide"] = new Box(-3e38f, 3e38f, 1),
    };

    static ActionSpaceTests()
    {
        foreach (var (name, space) in _spaces)
        {
            EnvironmentRegistry.Register("acts in " + name, _ => new Acting(space), maxEpisodeSteps: 5);
        }
    }

    public static TheoryData<string, string, bool, string?> All
    {
        get
        {
            var rows = new TheoryData<string, string, bool, string?>();
            foreach (var name in _spaces.Keys)
            {
                foreach (var normalizes in (bool[])[true, false])
                {
                    var wide = name == "too wide" && normalizes ? "goes from -3E+38 to 3E+38; the difference of the two must be a finite number" : null;
                    rows.Add("PPO", name, normalizes, wide);
                    rows.Add("DQN", name, normalizes, name == "choice" ? null : "DQN chooses among the numbers of a Discrete action space");
                    rows.Add("SAC", name, normalizes, name switch
                    {
                        "choices" => "SAC takes the numbers of a Box or a choice of a Discrete action space",
                        "unbounded" or "half bounded" when normalizes => "Give the box bounds, or set normalize_actions to false",
                        _ => wide,
                    });
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void An_algorithm_trains_or_says_before_why_it_does_not(string algorithm, string space, bool normalizes, string? refusal)
    {
        AlgorithmConfig config = algorithm switch
        {
            "PPO" => new PpoConfig().Environment("acts in " + space, normalizeActions: normalizes).Training(trainBatchSize: 20, minibatchSize: 10, numEpochs: 1)
                .Model(fcnetHiddens: [4]),
            "DQN" => new DqnConfig().Environment("acts in " + space, normalizeActions: normalizes)
                .Training(trainBatchSize: 8, numStepsSampledBeforeLearningStarts: 8).Model(fcnetHiddens: [4]),
            _ => new SacConfig().Environment("acts in " + space, normalizeActions: normalizes)
                .Training(trainBatchSize: 8, numStepsSampledBeforeLearningStarts: 8).Networks(new() { HiddenLayers = [4] }, new() { HiddenLayers = [4] }),
        };
        var problems = config.ToTrainable().Validate(config.ToParameters()).Select(p => $"{p.Path} {p.Message}").ToList();

        if (refusal is not null)
        {
            Assert.Contains(refusal, Assert.Single(problems), StringComparison.Ordinal);
            Assert.Contains(refusal, Assert.ThrowsAny<ArgumentException>(() => config.Build(threads: 1)).Message, StringComparison.Ordinal);
            return;
        }

        Assert.Empty(problems);
        using var trained = config.Build(threads: 1);
        for (var i = 0; i < 12; i++)
        {
            trained.Train();
        }
    }

    // Takes whatever its space contains, and nothing else where it is bounded.
    private sealed class Acting(Space actions) : IEnvironment
    {
        public Space ObservationSpace { get; } = new Box(-1, 1);

        public Space ActionSpace => actions;

        public void Reset(RandomStream random, Span<float> observation) => observation[0] = 0.5f;

        public StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            foreach (var value in action.Values)
            {
                Assert.True(float.IsFinite(value));
            }

            observation[0] = 0.5f;
            return new(action.Choices.Length + action.Values.Length);
        }
    }
}
