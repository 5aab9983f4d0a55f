using System.Text;
using Google.Protobuf.WellKnownTypes;
using Tuning.Loggers.TensorBoard;
using Tuning.Loggers.TensorBoard.Messages;
using Tuning.Trials;

namespace Tuning.Tests.Loggers.TensorBoard;

public sealed class TensorBoardLoggerTests
{
    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("123456789", 0xE3069283u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x22620404u)]
    public void Crc32C_of_known_texts(string text, uint expected)
    {
        Assert.Equal(expected, Records.Crc32C(Encoding.ASCII.GetBytes(text)));
        Assert.Equal(expected, EventFileReader.Crc(Encoding.ASCII.GetBytes(text)));
    }

    [Fact]
    public void Crc32C_of_the_vectors_of_rfc_3720()
    {
        Assert.Equal(0x8A9136AAu, Records.Crc32C(new byte[32]));
        Assert.Equal(0x62A8AB43u, Records.Crc32C(Enumerable.Repeat((byte)0xff, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Records.Crc32C(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()));
    }

    [Fact]
    public void A_file_is_a_version_and_one_event_per_report_with_all_its_scalars()
    {
        var events = Events(LoggerRun.Reports());
        Assert.Equal("brain.Event:2", events[0].FileVersion);
        Assert.Equal(5, events.Count);
        var first = events[1];
        Assert.Equal(1, first.Step);
        Assert.Equal(LoggerRun.Start.AddSeconds(10).ToUnixTimeSeconds(), first.WallTime);
        Assert.Equal(
            [("ray/tune/loss", 0.5f), ("ray/tune/env/return/mean", -1200.25f), ("ray/tune/env/steps", 4096), ("ray/tune/good", 1),
                ("ray/tune/time_this_iter_s", 10)],
            first.Summary.Value.Select(v => (v.Tag, v.SimpleValue)));

        // NaN has no point in a chart, a text none either.
        Assert.DoesNotContain("ray/tune/loss", events[2].Summary.Value.Select(v => v.Tag));
        Assert.DoesNotContain("ray/tune/note", events[3].Summary.Value.Select(v => v.Tag));
    }

    [Theory]
    [InlineData(new[] { "timesteps_total" }, 500)]
    [InlineData(new[] { "num_env_steps_sampled_lifetime" }, 500)]
    [InlineData(new[] { "other" }, 7)]
    public void The_step_is_environment_steps_where_they_are_counted(string[] names, long step)
    {
        var metrics = new Metrics { ["training_iteration"] = 7 };
        foreach (var name in names)
        {
            metrics[name] = 500;
        }

        Assert.Equal(step, Events([LoggerRun.Report(1, metrics)])[1].Step);
    }

    [Fact]
    public void A_count_of_zero_steps_is_none()
    {
        Assert.Equal(3, Events([LoggerRun.Report(1, new() { ["timesteps_total"] = 0, ["training_iteration"] = 3 })])[1].Step);
    }

    [Fact]
    public void A_report_without_numbers_is_an_event_all_the_same()
    {
        var events = Events([LoggerRun.Report(1, new() { ["text"] = "a", ["time_this_iter_s"] = double.NaN }), LoggerRun.Report(2, new() { ["x"] = 1 })]);
        Assert.Equal(3, events.Count);
        Assert.Empty(events[1].Summary.Value);
    }

    [Fact]
    public void An_array_is_a_histogram_whose_counts_and_sums_are_right()
    {
        var random = (Randomness.SeedPath.Of(7) / "histogram").Stream();
        var numbers = Enumerable.Range(0, 1000).Select(_ => (float)((random.NextDouble() * 4) - 2)).Append(0).Append(float.NaN).Append(1e30f).ToArray();
        var value = Events([LoggerRun.Report(1, new() { ["weights"] = numbers })])[1].Summary.Value.Single(v => v.Tag == "ray/tune/weights");
        var finite = numbers.Where(float.IsFinite).Select(n => (double)n).ToArray();
        var histogram = value.Histo;
        Assert.Equal(finite.Length, histogram.Num);
        Assert.Equal(finite.Sum(), histogram.Sum);
        Assert.Equal(finite.Sum(n => n * n), histogram.SumSquares);
        Assert.Equal((finite.Min(), finite.Max()), (histogram.Min, histogram.Max));
        Assert.Equal(histogram.BucketLimit.Count, histogram.Bucket.Count);
        Assert.Equal(finite.Length, histogram.Bucket.Sum());
        var lower = double.NegativeInfinity;
        for (var i = 0; i < histogram.Bucket.Count; i++)
        {
            var limit = histogram.BucketLimit[i];
            Assert.True(limit > lower);
            Assert.Equal(finite.Count(n => n >= lower && n < limit), histogram.Bucket[i]);
            lower = limit;
        }
    }

    [Fact]
    public void An_array_without_numbers_is_left_out()
    {
        var tags = Events([LoggerRun.Report(1,
            new() { ["none"] = System.Array.Empty<float>(), ["nan"] = new[] { float.NaN }, ["x"] = 1 })])[1].Summary.Value.Select(v => v.Tag);
        Assert.Equal(["ray/tune/x", "ray/tune/time_this_iter_s"], tags);
    }

    [Fact]
    public void The_end_of_a_trial_says_its_parameters_and_metrics_for_the_hparams_tab()
    {
        using var run = new LoggerRun();
        using var logger = new TensorBoardLogger();
        logger.Setup(run.Experiment);
        LoggerRun.Live(logger, LoggerRun.Reports(), "stop");
        logger.OnTrialComplete(LoggerRun.Trial(4, TrialStatus.Terminated, "stop"));
        var end = EventFileReader.Read(run.EventFile)[5..].Select(e => e.Summary.Value.Single()).ToArray();
        Assert.Equal(["_hparams_/experiment", "_hparams_/session_start_info", "_hparams_/session_end_info"], end.Select(v => v.Tag));
        Assert.All(end, v => Assert.Equal(("hparams", DataClass.Tensor), (v.Metadata.PluginData.PluginName, v.Metadata.DataClass)));
        var data = end.Select(v => HParamsPluginData.Parser.ParseFrom(v.Metadata.PluginData.Content)).ToArray();

        var experiment = data[0].Experiment;
        Assert.Equal(["activation", "bias", "layers", "lr", "model.units"], experiment.HparamInfos.Select(h => h.Name));
        Assert.Equal([DataType.String, DataType.Bool, DataType.Float64, DataType.Float64, DataType.String], experiment.HparamInfos.Select(h => h.Type));
        Assert.Equal("ray/tune/loss", experiment.MetricInfos[0].Name.Tag);
        Assert.Contains("ray/tune/later", experiment.MetricInfos.Select(m => m.Name.Tag));

        var start = data[1].SessionStartInfo;
        Assert.Equal(LoggerRun.Start.AddSeconds(1).ToUnixTimeSeconds(), start.StartTimeSecs);
        Assert.Equal(Value.ForNumber(0.01), start.Hparams["lr"]);
        Assert.Equal(Value.ForBool(true), start.Hparams["bias"]);
        Assert.Equal(Value.ForString("relu"), start.Hparams["activation"]);
        Assert.Equal(Value.ForString("[64,64]"), start.Hparams["model.units"]);
        Assert.Equal(Status.Success, data[2].SessionEndInfo.Status);
    }

    [Fact]
    public void Every_trial_describes_the_whole_space_because_TensorBoard_reads_the_first_it_finds()
    {
        using var run = new LoggerRun();
        using var logger = new TensorBoardLogger();
        logger.Setup(run.Experiment with
        {
            Domains =
            [
                new("activation", Domain.Choice("relu", "tanh")),
                new("bias", Domain.GridSearch(true, false)),
                new("lr", Domain.LogUniform(1e-5, 1e-2)),
                new("momentum", Domain.Uniform(0, 0.99).When("activation == \"tanh\"")),
                new("optimizer", Domain.Choice(ParameterSet.Parse("""{"name": "sgd", "nesterov": true}"""), ParameterSet.Parse("""{"name": "adam"}"""))),
                new("width", Domain.Choice(64, Domain.RandInt(1, 9))),
                new("total", Domain.Expression("layers * 2")),
            ],
        });
        LoggerRun.Live(logger, LoggerRun.Reports(), "stop");
        logger.OnTrialComplete(LoggerRun.Trial(4, TrialStatus.Terminated, "stop"));
        var content = EventFileReader.Read(run.EventFile)[5].Summary.Value[0].Metadata.PluginData.Content;
        var infos = HParamsPluginData.Parser.ParseFrom(content).Experiment.HparamInfos.ToDictionary(h => h.Name);

        Assert.Equal(["activation", "bias", "layers", "lr", "model.units", "momentum", "optimizer.name", "optimizer.nesterov"],
            infos.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["relu", "tanh"], infos["activation"].DomainDiscrete.Values.Select(v => v.StringValue));
        Assert.Equal((DataType.Bool, 2), (infos["bias"].Type, infos["bias"].DomainDiscrete.Values.Count));
        Assert.Equal((DataType.Float64, 1e-5, 1e-2), (infos["lr"].Type, infos["lr"].DomainInterval.MinValue, infos["lr"].DomainInterval.MaxValue));
        Assert.Equal((DataType.Float64, 0.99), (infos["momentum"].Type, infos["momentum"].DomainInterval.MaxValue));
        Assert.Equal(["sgd", "adam"], infos["optimizer.name"].DomainDiscrete.Values.Select(v => v.StringValue));
        Assert.Equal(HParamInfo.DomainOneofCase.None, infos["layers"].DomainCase);
    }

    [Fact]
    public void A_failed_trial_is_a_failed_session()
    {
        using var run = new LoggerRun();
        using var logger = new TensorBoardLogger();
        logger.Setup(run.Experiment);
        LoggerRun.Live(logger, LoggerRun.Reports()[..1], null);
        logger.OnTrialError(LoggerRun.Trial(1, TrialStatus.Failed, "boom"), "boom");
        var content = EventFileReader.Read(run.EventFile)[^1].Summary.Value[0].Metadata.PluginData.Content;
        Assert.Equal(Status.Failure, HParamsPluginData.Parser.ParseFrom(content).SessionEndInfo.Status);
    }

    [Fact]
    public void A_byte_that_was_flipped_ends_what_is_kept()
    {
        using var run = new LoggerRun();
        using var logger = new TensorBoardLogger();
        logger.Setup(run.Experiment);
        LoggerRun.Live(logger, LoggerRun.Reports(), null);
        logger.OnExperimentEnd(false, "killed");
        var bytes = File.ReadAllBytes(run.EventFile);
        bytes[^20] ^= 1;
        File.WriteAllBytes(run.EventFile, bytes);
        Assert.Equal(3, logger.Recover(LoggerRun.Trial(4, TrialStatus.Pending)));
        Assert.Equal(4, EventFileReader.Read(run.EventFile).Count);
    }

    [Fact]
    public void The_file_is_named_for_its_time_and_host()
    {
        using var run = new LoggerRun();
        using var logger = new TensorBoardLogger();
        logger.Setup(run.Experiment);
        LoggerRun.Live(logger, LoggerRun.Reports()[..1], null);
        Assert.Equal($"events.out.tfevents.{LoggerRun.Start.AddSeconds(10).ToUnixTimeSeconds()}.{Environment.MachineName}", Path.GetFileName(run.EventFile));
    }

    private static List<Event> Events(TrialReport[] reports)
    {
        using var run = new LoggerRun();
        using var logger = new TensorBoardLogger();
        logger.Setup(run.Experiment);
        LoggerRun.Live(logger, reports, null);
        return EventFileReader.Read(run.EventFile);
    }
}
