using Tuning.Environments;
using Tuning.Testing;

namespace Tuning.Tests.Documents;

/// <summary>What docs/multi-agent.md says is so.</summary>
public sealed class MultiAgentDocumentTests : IDisposable
{
    private const string File = "docs/multi-agent.md";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Policies_of_two_agents_train_and_one_begins_with_weights_for_one_agent()
    {
        using var single = new PpoConfig().Environment("Pendulum-v1").Training(trainBatchSize: 200, minibatchSize: 100, numEpochs: 1).Build();
        var checkpoint = single.SaveToPath(Path.Combine(_folder.Path, "single"));
        var ppo = MultiAgentSnippets.Configure().Training(numEpochs: 1);
        MultiAgentSnippets.Inject(ppo, checkpoint);
        using var algorithm = ppo.Build();

        Assert.Equal(single.Module.ForwardInference([0.5f, 0.5f, 1]), algorithm.GetModule("p1").ForwardInference([0.5f, 0.5f, 1]));
        Assert.Equal(1040, algorithm.Train().Number("env_runners/num_module_steps_sampled/p1"));
    }

    [Fact]
    public void An_environment_of_ones_own_passes_the_checker_and_trains()
    {
        Assert.Empty(MultiAgentSnippets.Register());
        using var algorithm = new PpoConfig().Environment("chase").MultiAgent(["a", "b"], new Dictionary<string, string> { ["hunter"] = "a", ["hare"] = "b" })
            .Training(trainBatchSize: 200, minibatchSize: 50, numEpochs: 1).Build();
        var metrics = algorithm.Train();

        Assert.Equal(200, metrics.Number("env_runners/num_agent_steps_sampled/hunter"));
        Assert.True(metrics.Number("env_runners/num_module_steps_sampled/b") < 150);
        Assert.Equal(["0", "1", "2"], EnvironmentRegistry.CreateMultiAgent("many-cars", ParameterSet.Empty.With("num_agents", 3)).Agents);
    }

    [Fact]
    public void Results_and_environments_stand_in_their_tables()
    {
        using var algorithm = new PpoConfig().Environment("TicTacToe").MultiAgent(["p0", "p1"], new Dictionary<string, string> { ["x"] = "p0", ["o"] = "p1" })
            .Training(trainBatchSize: 200, minibatchSize: 50, numEpochs: 1).Build();
        var known = Document.Text(File) + Document.Text("docs/ppo.md");
        foreach (var (key, _) in algorithm.Train())
        {
            var place = key.Replace("learners/p0/", "learners/default_policy/", StringComparison.Ordinal)
                .Replace("learners/p1/", "learners/default_policy/", StringComparison.Ordinal);
            place = place.EndsWith("/x", StringComparison.Ordinal) || place.EndsWith("/o", StringComparison.Ordinal) ? place[..^1] + "<agent>" : place;
            place = place.EndsWith("/p0", StringComparison.Ordinal) || place.EndsWith("/p1", StringComparison.Ordinal) ? place[..^2] + "<policy>" : place;
            Assert.Contains($"`{place}`", known, StringComparison.Ordinal);
        }

        Assert.All(EnvironmentRegistry.Names.Where(n => n is "TicTacToe" || n.StartsWith("MultiAgent", StringComparison.Ordinal)),
            n => Assert.Contains($"| `{n}` |", Document.Text(File), StringComparison.Ordinal));
    }
}
