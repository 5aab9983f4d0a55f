using Tuning.Specification;
using Tuning.Training;

namespace Tuning.Tests.Specification;

public sealed class UnknownMetricsTests
{
    private static readonly ExperimentSpec _experiment = new()
    {
        Name = "a",
        Run = "train",
        Space = new SearchSpace(),
        StoragePath = "/r",
        Stop = [new("lss", 0.1), new("training_iteration", 10)],
        Objectives = [new("lss", Mode.Min)],
        Checkpoints = new() { CheckpointScoreAttribute = "accuracy" },
        Stoppers = [new("all", ParameterSet.Empty.With("stoppers",
            new[] { ParameterSet.Empty.With("type", "trial_plateau").With("metric", "validation/loss") }))],
    };

    [Fact]
    public void Warnings_name_each_unknown_metric_once_with_the_nearest()
    {
        var warnings = UnknownMetrics.Warnings(_experiment, new Plain(), new Metrics { ["loss"] = 1, ["accuracy"] = 0.5 });

        Assert.Equal(2, warnings.Count);
        Assert.Contains("'lss' (stop.lss, tune.metric)", warnings[0]);
        Assert.Contains("Did you mean 'loss'?", warnings[0]);
        Assert.Contains("'validation/loss' (tune.stoppers[0].stoppers[0].metric)", warnings[1]);
    }

    [Fact]
    public void Declared_metrics_may_come_later() =>
        Assert.Empty(UnknownMetrics.Warnings(_experiment, new Plain { Declared = ["lss", "accuracy", "validation/*"] }, new Metrics { ["loss"] = 1 }));

    private sealed class Plain : TrainableDefinition
    {
        public string[] Declared { get; init; } = [];

        public override string Name => "train";

        public override bool Checkpoints => false;

        public override IReadOnlyCollection<string> DeclaredMetrics => Declared;

        public override ITrainable Create(IServiceProvider services) => throw new NotSupportedException();
    }
}
