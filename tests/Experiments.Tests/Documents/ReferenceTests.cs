using Tuning.CommandLine;
using Tuning.Specification;

namespace Tuning.Tests.Documents;

/// <summary>The tables of the documents have everything that there is, with the defaults that it has.</summary>
public sealed class ReferenceTests
{
    private const string Ppo = "docs/ppo.md";
    private const string Sac = "docs/sac.md";
    private const string Files = "docs/experiment-files.md";

    /// <summary>Each algorithm: made ready to train for a moment.</summary>
    public static TheoryData<string> Algorithms => ["PPO", "DQN"];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Old_names_of_results_stand_beside_those_of_today(string name)
    {
        var (rows, vocabulary) = (RowsOf(name), Config(name).Fresh.ToTrainable().Vocabulary);
        Assert.All(vocabulary.Metrics, pair => Assert.Contains(rows, r => Names(r[0]).Contains(pair.Key) && Names(r[1]).Contains(pair.Value)));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Results_of_an_algorithm_stand_in_their_tables(string name)
    {
        using var algorithm = Config(name).Quick.Build();
        var known = RowsOf(name).SelectMany(r => Names(r[0])).ToHashSet();
        foreach (var (key, _) in algorithm.Train())
        {
            Assert.Contains(key, known);
        }
    }

    [Fact]
    public void Old_names_of_the_results_of_sac_stand_beside_those_of_today()
    {
        var vocabulary = new SacConfig().ToTrainable().Vocabulary;
        string[][] rows = [.. Rows(Sac), .. Rows(Ppo)];
        Assert.All(vocabulary.Metrics, pair => Assert.Contains(rows, r => Names(r[0]).Contains(pair.Key) && Names(r[1]).Contains(pair.Value)));
    }

    [Fact]
    public void Results_of_sac_stand_in_its_tables_or_in_those_of_ppo()
    {
        using var sac = new SacConfig().Environment("CartPole-v1").Training(trainBatchSize: 16, numStepsSampledBeforeLearningStarts: 10)
            .Networks(new() { HiddenLayers = [8] }, new() { HiddenLayers = [8] }).Build();
        var known = Rows(Sac).Concat(Rows(Ppo)).SelectMany(r => Names(r[0])).ToHashSet();
        foreach (var (key, _) in sac.Train())
        {
            Assert.Contains(key, known);
        }
    }

    [Fact]
    public void Old_keys_of_experiments_stand_beside_those_of_today()
    {
        Assert.All(OldNames.Keys, pair => Assert.Contains(Rows(Files), r => Names(r[0]).Contains(pair.Old) && Names(r[1]).Contains(pair.Today)));
        Assert.All(OldNames.Ignored, pair => Assert.Contains($"`{pair.Key}`", Document.Text(Files), StringComparison.Ordinal));
    }

    [Fact]
    public void Options_of_the_command_line_stand_in_their_tables()
    {
        var root = CommandTree.Make(["--help"], Commands.Context);
        foreach (var command in root.Subcommands)
        {
            var section = Document.Text("docs/command-line.md").Split("\n## ").Single(s => s.StartsWith($"`{command.Name}`", StringComparison.Ordinal));
            Assert.All(command.Options, option => Assert.Contains($"`{option.Name}", section, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Environments_and_domains_stand_in_their_tables()
    {
        Assert.All(
            new[] { "Pendulum-v1", "CartPole-v0", "CartPole-v1", "MountainCar-v0", "MountainCarContinuous-v0", "Acrobot-v1", "FrozenLake-v1",
                "FrozenLake8x8-v1" },
            name => Assert.Contains(Rows(Ppo), r => Names(r[0]).Contains(name)));
        Assert.All(
            new[] { "uniform", "quniform", "loguniform", "qloguniform", "randn", "qrandn", "randint", "lograndint", "qrandint", "qlograndint", "choice",
                "grid_search", "expr" },
            name => Assert.Contains(Rows("docs/search-spaces.md"), r => r[0].StartsWith($"`{name}:", StringComparison.Ordinal)));
    }

    private static (AlgorithmConfig Fresh, AlgorithmConfig Quick) Config(string name) => name switch
    {
        "PPO" => (new PpoConfig(), new PpoConfig().Environment("CartPole-v1").Training(trainBatchSize: 200, minibatchSize: 100, numEpochs: 1)),
        _ => (new DqnConfig(), new DqnConfig().Environment("CartPole-v1").Training(numStepsSampledBeforeLearningStarts: 900)),
    };

    private static string Page(string algorithm) => $"docs/{algorithm.ToLowerInvariant()}.md";

    // What all algorithms share stands with PPO.
    private static IEnumerable<string[]> RowsOf(string algorithm) => [.. Rows(Page(algorithm)), .. Rows(Ppo)];

    private static IEnumerable<string[]> Rows(string file) => Document.Prose(file).Split('\n')
        .Where(l => l.StartsWith('|'))
        .Select(l => l.Trim('|').Split('|', StringSplitOptions.TrimEntries));

    private static string[] Names(string cell) => [.. cell.Split('`').Where((_, i) => i % 2 == 1)];
}
