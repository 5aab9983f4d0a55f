using Tuning.Checkpointing;
using Tuning.Connectors;
using Tuning.Environments;
using Tuning.Tests.Algorithms;
using Tuning.Training;

namespace Tuning.Tests.Connectors;

public sealed class ObservationConnectorTests
{
    private static readonly Lazy<bool> _registered = new(() =>
    {
        ConnectorRegistry.Register("test-doubled", spec => new Doubled(spec.InputSize));
        ConnectorRegistry.Register("test-largest", spec => new Largest(spec.InputSize));
        ConnectorRegistry.Register("test-wrong-size", spec => new Doubled(spec.InputSize + 1));
        return true;
    });

    public ObservationConnectorTests() => _ = _registered.Value;

    [Fact]
    public void Connectors_stand_in_their_order_after_choices_and_before_the_filter()
    {
        var box = EnvToModulePipeline.Build(new Box([-1f, -1f], [1f, 1f]), ObservationFilter.MeanStdFilter, ["test-doubled", "test-largest"]);
        Assert.Equal(["000_Doubled", "001_Largest", "002_MeanStdFilter"], box.GetCheckpointableComponents().Select(c => c.Key));
        Assert.Equal((2, 5), (box.InputSize, box.OutputSize));

        var choice = EnvToModulePipeline.Build(new Discrete(3), ObservationFilter.NoFilter, ["test-doubled"]);
        var result = new float[6];
        choice.Apply([1], result, learn: false);
        Assert.Equal([0, 1, 0, 0, 2, 0], result);
    }

    [Fact]
    public void A_connector_of_another_size_or_name_is_named()
    {
        Assert.Contains("Doubled takes observations of 3 numbers, but is given 2",
            Assert.Throws<ArgumentException>(() => EnvToModulePipeline.Build(new Box([0f, 0f], [1f, 1f]), connectors: ["test-wrong-size"])).Message);
        Assert.Contains("No connector is registered as 'none'",
            Assert.Throws<ArgumentException>(() => ConnectorRegistry.Create("none", new(new Discrete(2), 2))).Message);
        Assert.Throws<InvalidOperationException>(() => ConnectorRegistry.Register("test-doubled", spec => new Doubled(spec.InputSize)));
        var issues = ((TrainableDefinition)new PpoConfig().Environment("CartPole-v1"))
            .Validate(ParameterSet.Parse("""{"env_to_module_connectors": ["test-double"]}"""));
        Assert.Contains(issues, i => i.Path == "env_to_module_connectors"
            && i.Message.StartsWith("names 'test-double', which is not registered; registered are:", StringComparison.Ordinal));
    }

    [Fact]
    public void Statistics_of_all_runners_come_together_and_stay_in_checkpoints()
    {
        using var directory = new TemporaryDirectory();
        using var algorithm = Config().Build(threads: 2);
        algorithm.Train();
        var path = algorithm.SaveToPath(directory["c"]);
        var observation = new[] { 0.5f, 0.2f, 0.1f };
        var action = algorithm.GetPolicy().ComputeSingleAction(observation);

        Assert.True(Directory.Exists(Path.Combine(path, "env_runner", "env_to_module_connector", "001_Largest")));
        Assert.Equal(action, Policy.FromCheckpoint(path).ComputeSingleAction(observation));
        using var restored = Algorithm.FromCheckpoint(path);
        Assert.Equal(action, restored.GetPolicy().ComputeSingleAction(observation));
        using var whole = Config().Build(threads: 1);
        whole.Train();
        Assert.Equal(Some.Train(whole, 2), Some.Train(restored, 2));
    }

    private static PpoConfig Config() => Some.Ppo().EnvRunners(envToModuleConnectors: ["test-doubled", "test-largest"]);

    /// <summary>Each number, and its double.</summary>
    private sealed class Doubled(int size) : ObservationConnector(size, 2 * size)
    {
        public override void Apply(ReadOnlySpan<float> observation, Span<float> result, bool learn)
        {
            for (var i = 0; i < InputSize; i++)
            {
                (result[i], result[InputSize + i]) = (observation[i], 2 * observation[i]);
            }
        }
    }

    /// <summary>Adds the largest number that was ever seen.</summary>
    private sealed class Largest(int size) : ObservationConnector(size, size + 1)
    {
        private float _largest;

        public override void Apply(ReadOnlySpan<float> observation, Span<float> result, bool learn)
        {
            if (learn)
            {
                foreach (var value in observation)
                {
                    _largest = Math.Max(_largest, value);
                }
            }

            observation.CopyTo(result);
            result[^1] = _largest;
        }

        public override void Merge(ObservationConnector runner) => _largest = Math.Max(_largest, ((Largest)runner)._largest);

        public override ComponentState CaptureState() => ComponentState.Empty with { Values = ParameterSet.From([new("largest", _largest)]) };

        public override void ApplyState(ComponentState state) => _largest = state.Value<float>("largest");
    }
}
