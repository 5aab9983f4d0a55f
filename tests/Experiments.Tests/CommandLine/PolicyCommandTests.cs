using Tuning.Checkpointing;
using Tuning.Environments;
using Tuning.Policies;

namespace Tuning.Tests.CommandLine;

/// <summary>The commands about checkpoints and the policies in them.</summary>
[Trait("Lane", "Slow")]
public sealed class PolicyCommandTests : IDisposable
{
    private readonly CommandRun _run = new() { HasPolicies = true };

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task A_policy_is_evaluated_in_the_environment_of_its_checkpoint()
    {
        var checkpoint = Trained("checkpoint_000003");
        var expected = new PolicyEvaluation { Episodes = 20, Seed = 1 }.Run(Policy.FromCheckpoint(checkpoint), EnvironmentRegistry.Get("CartPole-v1"));

        Assert.Equal(0, await _run.RunAsync("evaluate", checkpoint, "--episodes", "20", "--seed", "1"));

        Assert.Equal("CartPole-v1: 20 episodes, seeds 1 to 20, likeliest actions", _run.OutputLines[0]);
        Assert.Contains(FormattableString.Invariant($"  mean                {expected.Mean:#,0.00}"), _run.OutputLines);
        Assert.Contains(FormattableString.Invariant($"  standard deviation  {expected.StandardDeviation:#,0.00}"), _run.OutputLines);
        Assert.Contains(_run.OutputLines, l =>
            l.StartsWith(FormattableString.Invariant($"  interquartile mean  {expected.InterquartileMean:#,0.00}   95 % between "), StringComparison.Ordinal));
        var output = _run.Output;

        // The policy by itself, and the trial's directory, are the same.
        Assert.Equal(0, await _run.RunAsync("evaluate", Path.Combine(checkpoint, "policies", "default_policy"), "--episodes", "20", "--seed", "1"));
        Assert.Equal(output, _run.Output);
        Trained("checkpoint_000001", iterations: 0);
        Assert.Equal(0, await _run.RunAsync("evaluate", _run.Directory, "--episodes", "20", "--seed", "1", "--policy", "default_policy"));
        Assert.Equal(output, _run.Output);
    }

    [Fact]
    public async Task Several_agents_are_evaluated_with_their_own_policies_or_all_with_one()
    {
        using var algorithm = new PpoConfig().Environment("MultiAgentCartPole", ParameterSet.Empty.With("num_agents", 2))
            .MultiAgent(["p0", "p1"], new Dictionary<string, string> { ["0"] = "p0", ["*"] = "p1" })
            .Training(trainBatchSize: 64, minibatchSize: 32, numEpochs: 1).Model(fcnetHiddens: [8]).Debugging(seed: 1).Build(threads: 1);
        var checkpoint = algorithm.SaveToPath(Path.Combine(_run.Directory, "two"));
        var expected = new PolicyEvaluation { Episodes = 5, Seed = 1 }.Run(agent => algorithm.GetPolicy(agent == "0" ? "p0" : "p1"),
            EnvironmentRegistry.Get("MultiAgentCartPole"), ParameterSet.Empty.With("num_agents", 2));

        Assert.Equal(0, await _run.RunAsync("evaluate", checkpoint, "--episodes", "5", "--seed", "1"));
        Assert.Equal("MultiAgentCartPole: 5 episodes, seeds 1 to 5, likeliest actions", _run.OutputLines[0]);
        Assert.Contains(FormattableString.Invariant($"  mean                {expected.Mean:#,0.00}"), _run.OutputLines);

        Assert.Equal(0, await _run.RunAsync("evaluate", checkpoint, "--episodes", "5", "--policy", "p1"));
        Assert.EndsWith("likeliest actions, all agents follow p1", _run.OutputLines[0], StringComparison.Ordinal);
        Assert.Equal(0, await _run.RunAsync("evaluate", Path.Combine(checkpoint, "policies", "p1"), "--episodes", "5"));
        Assert.Equal(0, await _run.RunAsync("export", checkpoint, "--policy", "p1", "--output", Path.Combine(_run.Directory, "p1.onnx")));
        Assert.Equal(2, await _run.RunAsync("export", checkpoint, "--output", Path.Combine(_run.Directory, "p.onnx")));
        Assert.Contains("has the policies p0, p1: name one with --policy.", _run.Error, StringComparison.Ordinal);
        Assert.Equal(2, await _run.RunAsync("evaluate", checkpoint, "--env", "CartPole-v1"));
        Assert.Contains("has the policies p0, p1: name one with --policy.", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mapping_that_was_a_function_is_told_again()
    {
        using var algorithm = new PpoConfig().Environment("MultiAgentCartPole", ParameterSet.Empty.With("num_agents", 2))
            .MultiAgent(["p0", "p1"], (agent, _) => agent == "0" ? "p0" : "p1")
            .Training(trainBatchSize: 64, minibatchSize: 32, numEpochs: 1).Model(fcnetHiddens: [8]).Debugging(seed: 1).Build(threads: 1);
        algorithm.Train();
        var checkpoint = algorithm.SaveToPath(Path.Combine(_run.Directory, "told"));
        var expected = new PolicyEvaluation { Episodes = 5, Seed = 1 }.Run(agent => algorithm.GetPolicy(agent == "0" ? "p0" : "p1"),
            EnvironmentRegistry.Get("MultiAgentCartPole"), ParameterSet.Empty.With("num_agents", 2));

        Assert.Equal(2, await _run.RunAsync("evaluate", checkpoint));
        Assert.Contains("the agent '0' follows: a function said so. Say it with --mapping 0=p0,…, or name one for all agents with --policy.", _run.Error,
            StringComparison.Ordinal);
        foreach (var mapping in (string[])["0=p0,1=p1", "*=p1,0=p0"])
        {
            Assert.Equal(0, await _run.RunAsync("evaluate", checkpoint, "--episodes", "5", "--seed", "1", "--mapping", mapping));
            Assert.Contains(FormattableString.Invariant($"  mean                {expected.Mean:#,0.00}"), _run.OutputLines);
        }

        foreach (var (arguments, problem) in ((string[], string)[])
        [
            (["--mapping", "0=p0,1=px,2"], "there is no policy 'px', there are: p0, p1"),
            (["--mapping", "0=p0"], "the agent '1' follows. Say it with --mapping"),
            (["--mapping", "0=p0,1=p1,2=p1"], "--mapping names '2', which is no agent of MultiAgentCartPole; its agents are: 0, 1."),
            (["--mapping", "0=p0,1=p1", "--policy", "p0"], "give one of the two"),
            (["--mapping", "0=p0", "--env", "CartPole-v1"], "it has one agent, which needs no mapping"),
        ])
        {
            Assert.Equal(2, await _run.RunAsync(["evaluate", checkpoint, .. arguments]));
            Assert.Contains(problem, _run.Error, StringComparison.Ordinal);
        }

        Assert.Equal(2, await _run.RunAsync("evaluate", Path.Combine(checkpoint, "policies", "p0"), "--mapping", "0=p0"));
        Assert.Contains("one of a single policy", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Episodes_are_cut_as_in_training()
    {
        using var algorithm = new PpoConfig { Options = new PpoConfig().Options with { Horizon = 7 } }.Environment("CartPole-v1")
            .Training(trainBatchSize: 64, minibatchSize: 32, numEpochs: 1).Model(fcnetHiddens: [8]).Debugging(seed: 1).Build(threads: 1);
        var checkpoint = algorithm.SaveToPath(Path.Combine(_run.Directory, "cut"));
        foreach (var path in (string[])[checkpoint, Path.Combine(checkpoint, "policies", "default_policy")])
        {
            Assert.Equal(0, await _run.RunAsync("evaluate", path, "--episodes", "3"));
            Assert.Contains("  steps per episode   7.00", _run.OutputLines);
        }
    }

    [Fact]
    public async Task What_cannot_be_evaluated_is_said_with_a_hint()
    {
        var checkpoint = Trained("c");

        Assert.Equal(2, await _run.RunAsync("evaluate", checkpoint, "--env", "CartPole-v2"));
        Assert.Contains("There is no environment 'CartPole-v2'; did you mean 'CartPole-v0'?", _run.Error, StringComparison.Ordinal);
        Assert.Equal(2, await _run.RunAsync("evaluate", checkpoint, "--env", "Pendulum-v1"));
        Assert.Contains("Pendulum-v1 shows Box(", _run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", _run.Error, StringComparison.Ordinal);
        Assert.Equal(2, await _run.RunAsync("evaluate", checkpoint, "--episodes", "0"));
        Assert.Contains("--episodes is 0; it must be 1 to", _run.Error, StringComparison.Ordinal);
        Assert.Equal(2, await _run.RunAsync("evaluate", checkpoint, "--policy", "p1"));
        Assert.Contains("has no policy 'p1'; it has: default_policy.", _run.Error, StringComparison.Ordinal);
        Assert.Equal(2, await _run.RunAsync("evaluate", _run.Directory));
        Assert.Contains("is no checkpoint: it has no manifest.json. It holds: c/.", _run.Error, StringComparison.Ordinal);
        Assert.Equal(2, await _run.RunAsync("evaluate", checkpoint + "x"));
        Assert.Contains("does not exist", _run.Error, StringComparison.Ordinal);
        Assert.Equal(2, await _run.RunAsync("evalute", checkpoint));
        Assert.Contains("Did you mean 'evaluate'?", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_is_exported_as_a_model_and_as_weights()
    {
        var checkpoint = Trained("c");
        string model = Path.Combine(_run.Directory, "out/policy.onnx"), weights = Path.Combine(_run.Directory, "policy.safetensors"),
            other = Path.Combine(_run.Directory, "policy.bin");

        Assert.Equal(0, await _run.RunAsync("export", checkpoint, "--format", "onnx", "--output", model));
        Assert.StartsWith($"Written: {model}, ONNX with operator set 17: obs in Box(", _run.Output, StringComparison.Ordinal);
        Assert.Equal(0, await _run.RunAsync("export", checkpoint, "--output", weights));
        Assert.Equal(0, await _run.RunAsync("export", checkpoint, "--format", "safetensors", "--output", other, "--policy", "default_policy"));
        Assert.Equal(2, await _run.RunAsync("export", checkpoint, "--format", "pickle", "--output", other));

        Assert.Contains("--format is 'pickle'; it must be one of: onnx, safetensors.", _run.Error, StringComparison.Ordinal);
        Assert.Equal(2, await _run.RunAsync("export", checkpoint, "--output", _run.Directory));
        Assert.EndsWith($"{_run.Directory} cannot be written: {_run.Directory} is a directory; name a file in it." + Environment.NewLine, _run.Error,
            StringComparison.Ordinal);
        Assert.True(new FileInfo(model).Length > 500);
        Assert.Contains("pi.net.mlp.0.weight", Safetensors.Read(weights).Keys);
        Assert.Equal(File.ReadAllBytes(weights), File.ReadAllBytes(other));
    }

    [Fact]
    public async Task A_checkpoint_is_shown_and_verified()
    {
        var checkpoint = Trained("c");

        Assert.Equal(0, await _run.RunAsync("inspect", checkpoint));

        Assert.Contains("PPO, format 2, Tuner ", _run.OutputLines[0], StringComparison.Ordinal);
        Assert.Contains(_run.OutputLines, l => l.TrimStart().StartsWith("default_policy/  Policy, format 2", StringComparison.Ordinal));
        Assert.Contains(_run.OutputLines,
            l => l.Contains("encoder.actor_encoder.net.mlp.0.weight", StringComparison.Ordinal) && l.EndsWith("F32 [8, 4]", StringComparison.Ordinal));
        Assert.Contains(_run.OutputLines,
            l => l.Contains("module_state.safetensors", StringComparison.Ordinal) && l.Contains("kB  sha256 ", StringComparison.Ordinal));
        Assert.StartsWith("All is whole: ", _run.OutputLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_checkpoint_fails_with_all_that_is_wrong()
    {
        var checkpoint = Trained("c");
        var weights = Path.Combine(checkpoint, "learner_group/learner/rl_module/default_policy/module_state.safetensors");
        var bytes = File.ReadAllBytes(weights);
        bytes[^1] ^= 1;
        File.WriteAllBytes(weights, bytes);
        File.Delete(Path.Combine(checkpoint, "state.json"));
        File.WriteAllText(Path.Combine(checkpoint, "env_runner", "notes.txt"), "");

        Assert.Equal(1, await _run.RunAsync("inspect", checkpoint));

        Assert.Contains($"{weights} is damaged: its SHA-256 is ", _run.Error, StringComparison.Ordinal);
        Assert.Contains("lacks the file 'state.json'", _run.Error, StringComparison.Ordinal);
        Assert.Contains("has a file 'notes.txt' that its manifest does not name", _run.Error, StringComparison.Ordinal);
        Assert.EndsWith("is damaged: 3 problems." + Environment.NewLine, _run.Error, StringComparison.Ordinal);
        Assert.Equal(2, await _run.RunAsync("export", checkpoint, "--output", Path.Combine(_run.Directory, "x.onnx")));
    }

    private string Trained(string name, int iterations = 1)
    {
        using var algorithm = new PpoConfig().Environment("CartPole-v1").Training(trainBatchSize: 64, minibatchSize: 32, numEpochs: 1).Model(fcnetHiddens: [8])
            .Debugging(seed: 1).Build(threads: 1);
        for (var i = 0; i < iterations; i++)
        {
            algorithm.Train();
        }

        return algorithm.SaveToPath(Path.Combine(_run.Directory, name));
    }
}
