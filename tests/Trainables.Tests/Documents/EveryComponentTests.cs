using System.Security.Cryptography;
using Tuning.Checkpointing;
using Tuning.Tests.Algorithms;

namespace Tuning.Tests.Documents;

/// <summary>What RLlib's <c>Checkpointable</c> promises of each component, for every component of every kind of tree.</summary>
[Trait("Lane", "Slow")]
public sealed class EveryComponentTests : IDisposable
{
    private static readonly Dictionary<string, Func<AlgorithmConfig>> _trees = new()
    {
        ["PPO"] = () => Some.Ppo(),
        ["PPO with two policies"] = () => Some.Ppo("MultiAgentPendulum").Environment(envConfig: ParameterSet.Empty.With("num_agents", 2))
            .MultiAgent(["p0", "p1"], new Dictionary<string, string> { ["0"] = "p0", ["1"] = "p1" }),
        ["DQN"] = () => new DqnConfig
        {
            Options = new()
            {
                Environment = "CartPole-v1",
                Seed = 3,
                StepsBeforeLearningStarts = 32,
                TrainBatchSize = 16,
                MinSampleTimestepsPerIteration = 64,
                Model = new() { HiddenLayers = [8] },
            },
        },
        ["SAC"] = () => new SacConfig
        {
            Options = new()
            {
                Environment = "Pendulum-v1",
                Seed = 3,
                StepsBeforeLearningStarts = 32,
                TrainBatchSize = 16,
                MinSampleTimestepsPerIteration = 64,
                QModelConfig = new() { HiddenLayers = [8] },
                PolicyModelConfig = new() { HiddenLayers = [8] },
            },
        },
    };

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    public static TheoryData<string, string> Components()
    {
        var data = new TheoryData<string, string>();
        foreach (var (name, config) in _trees)
        {
            using var algorithm = config().Build(threads: 1);
            foreach (var (path, _) in Below(algorithm))
            {
                data.Add(name, path);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Components))]
    public void A_branch_makes_a_round_trip_through_memory_and_disk(string tree, string path)
    {
        using var source = _trees[tree]().Build(threads: 1);
        source.Train();
        var node = Below(source).Single(b => b.Path == path).Node;
        var expected = Lines(source.GetState(components: [path]));

        foreach (var restore in (Action<Algorithm>[])
            [
                other => other.SetState(source.GetState(components: [path])),
                other => other.RestoreFromPath(node.SaveToPath(_directory["branch"]), component: path),
                other => other.RestoreFromPath(source.SaveToPath(_directory["whole"]), component: path),
            ])
        {
            using var other = _trees[tree]().Build(threads: 1);
            var others = Lines(other.GetState(notComponents: [path]));

            restore(other);

            Assert.Equal(expected, Lines(other.GetState(components: [path])));
            Assert.Equal(others, Lines(other.GetState(notComponents: [path])));
            Assert.True(other.Train().Number("training_iteration") >= 1);
        }
    }

    [Theory]
    [MemberData(nameof(Components))]
    public void A_branch_says_what_it_is(string tree, string path)
    {
        using var algorithm = _trees[tree]().Build(threads: 1);
        var node = Below(algorithm).Single(b => b.Path == path).Node;

        var saved = new CheckpointDirectory(node.SaveToPath(_directory["branch"]));

        Assert.Equal(node.CheckpointClass.Name, ComponentFiles.ReadClass(saved).Name);
        var metadata = ComponentFiles.ReadMetadata(saved);
        Assert.All(node.GetMetadata(), m => Assert.True(metadata.TryGet(m.Key, out _), m.Key));
        Assert.Equal(node.GetCheckpointableComponents().Select(c => c.Key), ((IEnumerable<object?>)metadata["components"]!).Cast<string>());
        Assert.All(node.GetCheckpointableComponents(), c => Assert.True(Directory.Exists(saved.File(c.Key))));
    }

    [Theory]
    [MemberData(nameof(Components))]
    public void A_wrong_branch_is_named_with_both_classes(string tree, string path)
    {
        using var algorithm = _trees[tree]().Build(threads: 1);
        var nodes = Below(algorithm).ToList();
        var expected = nodes.Single(b => b.Path == path).Node.CheckpointClass.Name;
        var wrong = nodes.First(b => b.Node.CheckpointClass.Name != expected && !b.Path.StartsWith(path + "/", StringComparison.Ordinal)
            && !path.StartsWith(b.Path + "/", StringComparison.Ordinal));
        var before = Lines(algorithm.GetState());

        var e = Assert.Throws<CheckpointException>(() => algorithm.RestoreFromPath(wrong.Node.SaveToPath(_directory["wrong"]), component: path));

        Assert.Contains($"is a checkpoint of '{wrong.Node.CheckpointClass.Name}'; the component '{path}' is '{expected}'", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, Lines(algorithm.GetState()));
    }

    [Fact]
    public void Another_environment_is_said_in_words_of_spaces()
    {
        using var pole = Some.Ppo("CartPole-v1").Build(threads: 1);
        using var pendulum = Some.Ppo().Build(threads: 1);

        var e = Assert.Throws<CheckpointException>(() => pendulum.RestoreFromPath(pole.SaveToPath(_directory["pole"])));

        Assert.StartsWith($"{_directory["pole"]} is of CartPole-v1, where default_policy sees ", e.Message, StringComparison.Ordinal);
        Assert.Contains("and does Discrete(2); here it is Pendulum-v1, where it sees ", e.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<(string Path, ICheckpointable Node)> Below(ICheckpointable node, string prefix = "") =>
        node.GetCheckpointableComponents().SelectMany(c => Below(c.Value, prefix + c.Key + "/").Prepend((prefix + c.Key, c.Value)));

    private static List<string> Lines(ComponentState state, string prefix = "") =>
    [
        .. (state.Values ?? ParameterSet.Empty).Flatten().Select(v => $"{prefix}{v.Key}={v.Value}"),
        .. state.Tensors.Select(t =>
            $"{prefix}{t.Key}={t.Value.Element}:{string.Join(",", t.Value.Shape)}:{Convert.ToHexString(SHA256.HashData(t.Value.Bytes))}"),
        .. state.Components.SelectMany(c => Lines(c.Value, prefix + c.Key + "/")),
    ];
}
