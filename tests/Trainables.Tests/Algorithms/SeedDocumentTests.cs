namespace Tuning.Tests.Algorithms;

/// <summary>What the documents on checkpoints do with one agent, line by line, through the <c>Tuner</c> where they do.</summary>
public sealed class SeedDocumentTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    // As new PpoConfig().Environment("Pendulum-v1"), with a smaller batch, fewer epochs and smaller networks, to be quick.
    private static PpoConfig Quick() =>
        new PpoConfig().Environment("Pendulum-v1").Training(trainBatchSize: 4000, minibatchSize: 500, numEpochs: 1).Model(fcnetHiddens: [8]);

    [Fact]
    public async Task A_checkpoint_of_4000_steps_continues_to_8000_under_a_Tuner()
    {
        var config = Quick();
        using var ppo = config.Build(threads: 1);
        Assert.Equal(4000, ppo.Train().Number("num_env_steps_sampled_lifetime"));
        var checkpointDirectory = ppo.SaveToPath(_directory["c"]);
        config.Callbacks(onAlgorithmInit: algorithm => algorithm.RestoreFromPath(checkpointDirectory));

        var results = await new Tuner(config, new RunConfig { Stop = { ["num_env_steps_sampled_lifetime"] = 8000 }, StoragePath = _directory.Path })
            .FitAsync(TestContext.Current.CancellationToken);

        var trial = Assert.Single(results);
        Assert.Null(trial.Error);
        Assert.Equal(8000, trial.Metrics.Number("num_env_steps_sampled_lifetime"));
        Assert.Equal(2, trial.Metrics.Number("training_iteration"));
        using var continued = Algorithm.FromCheckpoint(trial.Checkpoint!.Path);
        Assert.Equal(8000, continued.NumEnvStepsSampledLifetime);
    }

    [Fact]
    public async Task A_path_that_does_not_exist_fails_the_trial_with_that_message()
    {
        var config = Quick().Callbacks(onAlgorithmInit: algorithm => algorithm.RestoreFromPath(_directory["nothing"]));

        var results = await new Tuner(config, new RunConfig
        {
            Stop = { ["num_env_steps_sampled_lifetime"] = 8000 },
            StoragePath = _directory.Path,
            Failure = new() { MaxFailures = 3 }
        }).FitAsync(TestContext.Current.CancellationToken);

        var trial = Assert.Single(results);
        Assert.Contains(_directory["nothing"] + " does not exist", trial.Error, StringComparison.Ordinal);
        Assert.Equal(0, trial.Reports);
    }

    [Fact]
    public async Task A_space_over_the_options_wins_over_the_configuration()
    {
        var ppo = Quick();

        var results = await new Tuner(
            ppo,
            ppo.Space().Add(c => c.LearningRate, Domain.GridSearch(0.25, 0.5)),
            run: new RunConfig { Stop = { ["training_iteration"] = 1 }, StoragePath = _directory.Path }).FitAsync(TestContext.Current.CancellationToken);

        Assert.Equal([0.25, 0.5], results.Select(r => r.Metrics.Number("learners/default_policy/default_optimizer_learning_rate")!.Value).Order());
    }
}
