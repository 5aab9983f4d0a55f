using System.Diagnostics;
using Tuning.Checkpointing;
using Tuning.Learning;

namespace Tuning.Tests.Algorithms;

[Trait("Lane", "Slow")]
public sealed class ExactnessTests : IDisposable
{
    private const string Variable = "TUNER_TEST_CONTINUE";

    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string> Environments => ["Pendulum-v1", "CartPole-v1", "Acrobot-v1", "MountainCarContinuous-v0"];

    public void Dispose() => _directory.Dispose();

    private static PpoConfig Config(string env) => Some.Ppo(env).Callbacks(
        onTrainResult: (a, r) => a.Metrics.Log("mine/loss", r.Number("learners/default_policy/total_loss")!.Value, window: 3),
        onEpisodeStep: (_, e) => e.Data("rewards").Add(e.Reward),
        onEpisodeEnd: (runner, e) =>
        {
            runner.Metrics.Log("sum", e.Data("rewards").Sum());
            runner.Metrics.Log("return", e.Return);
            runner.Metrics.Log("length", e.Length);
            runner.Metrics.Log("number", e.Number);
        });

    [Theory]
    [MemberData(nameof(Environments))]
    public void Three_iterations_saved_restored_and_three_more_equal_six(string env) => AssertExact(() => Config(env));

    [Theory]
    [InlineData("shared layers, free deviations")]
    [InlineData("no critic, no penalty")]
    [InlineData("bounded gradients, schedules, unshuffled")]
    [InlineData("one runner, no filter, no hidden layer")]
    [InlineData("state-dependent exploration")]
    [InlineData("state-dependent exploration, once per iteration")]
    public void Three_and_three_equal_six_for_other_options(string options) => AssertExact(() => options switch
    {
        "shared layers, free deviations" => Config("Pendulum-v1").Model(fcnetActivation: Activation.Relu, vfShareLayers: true, freeLogStd: true),
        "no critic, no penalty" => Config("CartPole-v1").Training(useCritic: false, useKlLoss: false),
        "bounded gradients, schedules, unshuffled" => Config("Pendulum-v1").Training(
            lr: Schedule.Linear([new(0, 1e-3), new(1800, 0.0)]), clipParam: Schedule.Linear([new(0, 0.3), new(1800, 0.1)]), gradClip: 0.1,
                shuffleBatchPerEpoch: false),
        "state-dependent exploration" => Config("Pendulum-v1").Model(useGsde: true, initialLogStd: -1).Training(gsdeSampleFreq: 7),
        "state-dependent exploration, once per iteration" => Config("MountainCarContinuous-v0").Model(useGsde: true, vfShareLayers: true),
        _ => Config("MountainCar-v0").EnvRunners(numEnvRunners: 0, observationFilter: ObservationFilter.NoFilter).Model(fcnetHiddens: []),
    });

    private void AssertExact(Func<PpoConfig> config)
    {
        using var whole = config().Build(threads: 1);
        var expected = Some.Train(whole, 6);

        using var first = config().Build(threads: 2);
        Some.Train(first, 3);
        var path = first.SaveToPath(_directory["c"]);
        using var second = config().Debugging(seed: 12345).Build(threads: 1);
        second.RestoreFromPath(path);

        Assert.Equal(expected.SkipWhile(l => !l.StartsWith("3:", StringComparison.Ordinal)).Select(l => l[3..]), Some.Train(second, 3).Select(l => l[3..]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_seed_fixes_everything_whatever_the_number_of_threads(bool gsde)
    {
        using var one = Some.Ppo().Model(useGsde: gsde).Build(threads: 1);
        using var two = Some.Ppo().Model(useGsde: gsde).Build(threads: 2);
        using var other = Some.Ppo().Model(useGsde: gsde).Debugging(seed: 12).Build(threads: 1);
        var expected = Some.Train(one, 3);

        Assert.Equal(expected, Some.Train(two, 3));
        Assert.NotEqual(expected, Some.Train(other, 3));
    }

    [Fact]
    public async Task An_experiment_reports_the_same_with_one_cpu_and_with_all()
    {
        var one = await ReportsAsync(1);

        Assert.Equal(5, one.Count);
        Assert.Equal(one, await ReportsAsync(Environment.ProcessorCount));

        async Task<IReadOnlyList<string>> ReportsAsync(int cpu)
        {
            var results = await new Tuner(Some.Ppo(), new RunConfig
            {
                Name = $"cpu-{cpu}",
                StoragePath = _directory[$"storage-{cpu}"],
                CpuPerTrial = cpu,
                Stop = { ["training_iteration"] = 5 },
            }).FitAsync(TestContext.Current.CancellationToken);
            var rows = await Assert.Single(results).ReadHistoryAsync();
            return [.. rows.Select(row => string.Join('\n', Some.Lines(row.Metrics)))];
        }
    }

    [Fact]
    public async Task Another_process_with_another_number_of_threads_continues_exactly()
    {
        using var algorithm = Some.Ppo().Build(threads: 1);
        Some.Train(algorithm, 3);
        var path = algorithm.SaveToPath(_directory["c"]);
        var expected = Some.Train(algorithm, 3);

        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ExactnessTests).Assembly.Location);
        }

        foreach (var argument in (string[])["--filter-method", $"{typeof(ExactnessTests).FullName}.{nameof(Continue_in_this_process)}", "--explicit", "only",
            "--results-directory", _directory["results"]])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[Variable] = path;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        _ = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(process.ExitCode == 0, await output);
        Assert.Equal(expected, await File.ReadAllLinesAsync(path + ".txt", TestContext.Current.CancellationToken));
    }

    [Fact(Explicit = true)]
    public void Continue_in_this_process()
    {
        var path = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(path is null, $"{nameof(Another_process_with_another_number_of_threads_continues_exactly)} starts this one.");
        using var algorithm = Algorithm.FromCheckpoint(path!);
        using var threaded = ((PpoConfig)algorithm.Config).Build(threads: 3);
        threaded.RestoreFromPath(path!);
        File.WriteAllLines(path + ".txt", Some.Train(threaded, 3));
    }

    [Fact]
    public void Dropping_any_part_of_the_state_is_noticed()
    {
        using var algorithm = Config("Pendulum-v1").Build(threads: 1);
        Some.Train(algorithm, 3);
        var state = algorithm.GetState();
        using var other = Config("Pendulum-v1").Debugging(seed: 999).Build(threads: 1);
        Some.Train(other, 2);
        var foreign = other.GetState();
        var expected = Continue(state);
        Assert.Equal(expected, Continue(state));

        var unnoticed = new List<string>();
        var mutations = Mutations(state, foreign, "").ToList();
        foreach (var (name, mutated) in mutations)
        {
            if (Continue(mutated).SequenceEqual(expected))
            {
                unnoticed.Add(name);
            }
        }

        Assert.True(mutations.Count > 80, $"only {mutations.Count} parts");

        // What the state says of its origin is compared, not taken over.
        Assert.Empty(unnoticed);
    }

    // Another seed, so that what is not restored differs.
    private static IReadOnlyList<string> Continue(ComponentState state)
    {
        using var algorithm = Config("Pendulum-v1").Debugging(seed: 777).Build(threads: 1);
        try
        {
            algorithm.SetState(state);
        }
        catch (CheckpointException e)
        {
            return [e.Message];
        }

        return Some.Train(algorithm, 3);
    }

    private static IEnumerable<(string Name, ComponentState State)> Mutations(ComponentState state, ComponentState foreign, string path)
    {
        foreach (var (name, value) in state.Values!.Flatten())
        {
            yield return ($"{path}{name} removed", state with { Values = Without(state.Values, name) });
            if (foreign.Values!.TryGet(name, out var other) && !Equals(other, value))
            {
                yield return ($"{path}{name} replaced", state with { Values = state.Values.With(name, other) });
                foreach (var (below, mutated) in Parts(value, other))
                {
                    yield return ($"{path}{name}{below} replaced", state with { Values = state.Values.With(name, mutated) });
                }
            }
        }

        foreach (var (name, tensor) in state.Tensors)
        {
            yield return ($"{path}{name} removed", state with { Tensors = state.Tensors.Remove(name) });
            if (foreign.Tensors.TryGetValue(name, out var other) && !other.Bytes.SequenceEqual(tensor.Bytes))
            {
                yield return ($"{path}{name} replaced", state with { Tensors = state.Tensors.SetItem(name, other) });
            }
        }

        foreach (var (name, inner) in state.Components)
        {
            if (HasState(inner))
            {
                yield return ($"{path}{name} removed", state with { Components = state.Components.Remove(name) });
            }

            foreach (var (below, mutated) in Mutations(inner, foreign.Components[name], path + name + "/"))
            {
                yield return (below, state with { Components = state.Components.SetItem(name, mutated) });
            }
        }
    }

    // Each number and text in lists and maps that differs, for itself: the stream of the second copy of the first runner, its return so far, …
    private static IEnumerable<(string Name, object? Value)> Parts(object? value, object? foreign)
    {
        if (value is ParameterList list && foreign is ParameterList others)
        {
            for (var i = 0; i < list.Count; i++)
            {
                var items = list.ToList();
                var at = i;
                foreach (var (below, mutated) in Leaves(list[i], others[i]))
                {
                    items[at] = mutated;
                    yield return ($"[{at}]{below}", items.ToList());
                }
            }
        }
        else if (value is ParameterSet set && foreign is ParameterSet other)
        {
            foreach (var (name, inner) in set)
            {
                foreach (var (below, mutated) in Leaves(inner, other[name]))
                {
                    yield return ($".{name}{below}", set.With(name, mutated));
                }
            }
        }

        static IEnumerable<(string Name, object? Value)> Leaves(object? value, object? foreign) =>
            Equals(value, foreign) ? [] : value is ParameterList or ParameterSet ? Parts(value, foreign) : [("", foreign)];
    }

    private static bool HasState(ComponentState state) => state.Values is { Count: > 0 } || !state.Tensors.IsEmpty || state.Components.Values.Any(HasState);

    private static ParameterSet Without(ParameterSet set, string name) => ParameterSet.From(set.Where(p => p.Key != name));
}
