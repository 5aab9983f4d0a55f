using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tuning.Specification;
using Tuning.Training;

namespace Tuning.Tests.Hosting;

/// <summary>What the hooks of a file do for a class of the user's own.</summary>
public sealed class ClassHookTests : IDisposable
{
    private readonly string _storage = Directory.CreateTempSubdirectory("tuner-class-hooks-").FullName;

    public void Dispose() => Directory.Delete(_storage, recursive: true);

    internal sealed record Options
    {
        public int Step { get; init; } = 1;
    }

    internal sealed class Counting(ILogger<Counting> logger) : Trainable<Options>
    {
        private int _sum;

        protected override Metrics Step()
        {
            Assert.NotNull(logger);
            return new() { ["sum"] = _sum += Config.Step };
        }

        protected override void Save(CheckpointDirectory directory) => directory.WriteJson("sum.json", _sum);

        protected override void Load(CheckpointDirectory directory) => _sum = directory.ReadJson<int>("sum.json");
    }

    internal sealed class Forgetful : Trainable<Options>
    {
        protected override Metrics Step() => new() { ["sum"] = 0 };
    }

    private static ImmutableArray<HookSpec> Restore(string path) => [new("on_algorithm_init", "restore_from_path", ParameterSet.Empty.With("path", path))];

    private Task<ResultGrid> Run(TrainableDefinition trainable, double until, ImmutableArray<HookSpec> hooks = default) => new Tuner(
        trainable,
        new RunConfig { StoragePath = _storage, Stop = { ["sum"] = until }, Hooks = hooks.IsDefault ? [] : hooks })
            .FitAsync(TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_class_that_checkpoints_restores_from_a_path_and_goes_on()
    {
        var first = await Run(Trainable.FromClass<Counting>(), 3);

        var second = await Run(Trainable.FromClass<Counting>(), 5, Restore(first[0].Checkpoint!.Path));

        Assert.Null(second[0].Error);
        Assert.Equal((2, 5.0), (second[0].Reports, second[0].Metrics.Number("sum")!.Value));
    }

    [Fact]
    public async Task A_path_that_is_gone_fails_the_trial_and_nothing_is_trained()
    {
        var results = await Run(Trainable.FromClass<Counting>(), 5, Restore(Path.Combine(_storage, "nothing")));

        Assert.Contains("nothing does not exist", results[0].Error, StringComparison.Ordinal);
        Assert.Equal(0, results[0].Reports);
    }

    [Theory]
    [InlineData("counting", true)]
    [InlineData("forgetful", false)]
    public void A_file_may_restore_a_class_that_checkpoints(string run, bool valid)
    {
        var catalog = new ServiceCollection().AddTuner(t => t.AddTrainable<Counting>("counting").AddTrainable<Forgetful>("forgetful")).BuildServiceProvider()
            .GetRequiredService<ComponentCatalog>();

        var result = ExperimentFile.Parse($"a: {{run: {run}, callbacks: {{on_algorithm_init: [{{restore_from_path: {{path: {_storage}}}}}]}}}}",
            Path.Combine(_storage, "a.yaml"), catalog);

        Assert.Equal(valid, result.Problems.Count() == 0);
    }
}
