namespace Tuning.Tests.Algorithms;

/// <summary>Checkpoints of policies and of modules, into algorithms that run.</summary>
public sealed class PolicyRestoreTests : IDisposable
{
    private const string Modules = "learner_group/learner/rl_module";

    private readonly TemporaryDirectory _directory = new();
    private readonly Algorithm _trained = Two(seed: 1);
    private readonly string _checkpoint;

    public PolicyRestoreTests()
    {
        _trained.Train();
        _checkpoint = _trained.SaveToPath(_directory["c"]);
    }

    public void Dispose()
    {
        _trained.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("policies/p0", Modules + "/p0")]
    [InlineData("policies/p1", Modules + "/p0")]
    [InlineData("policies/p1", "policies/p1")]
    [InlineData("policies/p1", "policies/p0")]
    public void A_policy_goes_into_a_module_or_a_policy(string from, string component)
    {
        using var other = Two(seed: 2);
        other.Train();
        var (into, beside) = (component[^2..], component.EndsWith('0') ? "p1" : "p0");
        var kept = Weights(other, beside);

        other.RestoreFromPath(Path.Combine(_checkpoint, from), component);

        Assert.Equal(Weights(_trained, from[^2..]), Weights(other, into));
        Assert.Equal(kept, Weights(other, beside));
        var seen = new[] { 0.3f, -0.4f, 1f };
        var expected = _trained.GetPolicy(from[^2..]).ComputeSingleAction(seen);
        if (component.StartsWith("policies", StringComparison.Ordinal))
        {
            // With its filter it acts as it did.
            Assert.Equal(expected, other.GetPolicy(into).ComputeSingleAction(seen));
        }
        else
        {
            Assert.NotEqual(expected, other.GetPolicy(into).ComputeSingleAction(seen));
        }

        other.Train();
    }

    [Fact]
    public void A_whole_checkpoint_and_a_saved_policy_serve_for_it()
    {
        using var other = Two(seed: 2);

        other.RestoreFromPath(_checkpoint, component: "policies/p1");

        Assert.Equal(Weights(_trained, "p1"), Weights(other, "p1"));
        other.RestoreFromPath(_trained.GetPolicy("p0").ExportCheckpoint(_directory["policy"]), component: "policies/p1");
        Assert.Equal(Weights(_trained, "p0"), Weights(other, "p1"));
    }

    [Fact]
    public void What_does_not_fit_changes_nothing()
    {
        using var other = Some.Ppo("CartPole-v1").Build(threads: 1);
        var before = Weights(other, "default_policy");

        var error = Assert.Throws<CheckpointException>(() =>
            other.RestoreFromPath(Path.Combine(_checkpoint, "policies/p0"), component: Modules + "/default_policy"));

        Assert.Contains("does not fit", error.Message);
        Assert.Equal(before, Weights(other, "default_policy"));
        Assert.Contains("policies/default_policy",
            Assert.Throws<CheckpointException>(() => other.RestoreFromPath(_checkpoint, component: "policies/p7")).Message);
    }

    [Fact]
    public void Modules_of_several_policies_are_named_or_loaded_together()
    {
        var error = Assert.Throws<CheckpointException>(() => RlModule.FromCheckpoint(Path.Combine(_checkpoint, Modules)));

        Assert.Contains("holds the modules p0, p1", error.Message);
        Assert.Contains("AllFromCheckpoint", error.Message);
        var all = RlModule.AllFromCheckpoint(Path.Combine(_checkpoint, Modules));
        Assert.Equal(["p0", "p1"], all.Keys.Order());
        Assert.Equal(Weights(_trained, "p1"), all["p1"].GetState().SelectMany(t => t.Data));
    }

    [Fact]
    public void A_directory_of_one_module_is_that_module()
    {
        using var one = Some.Ppo("CartPole-v1").Build(threads: 1);
        var checkpoint = one.SaveToPath(_directory["one"]);

        Assert.Equal(Weights(one, "default_policy"), RlModule.FromCheckpoint(Path.Combine(checkpoint, Modules)).GetState().SelectMany(t => t.Data));
        Assert.Equal(["default_policy"], RlModule.AllFromCheckpoint(Path.Combine(checkpoint, Modules)).Keys);
        Assert.Contains("no directory of modules", Assert.Throws<CheckpointException>(() => RlModule.AllFromCheckpoint(checkpoint)).Message);
    }

    private static Algorithm Two(long seed) => Some.Ppo("MultiAgentPendulum").Environment(envConfig: ParameterSet.Empty.With("num_agents", 2))
        .MultiAgent(["p0", "p1"], new Dictionary<string, string> { ["0"] = "p0", ["*"] = "p1" }).Debugging(seed).Build(threads: 1);

    private static float[] Weights(Algorithm algorithm, string policy) => [.. algorithm.GetModule(policy).GetState().SelectMany(t => t.Data)];
}
