using System.Globalization;
using System.Text.Json;

namespace Tuning.Tests.CommandLine;

/// <summary>What <c>validate</c> says of files that are valid, and of others to programs.</summary>
public sealed class ValidateCommandTests : IDisposable
{
    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Trials_components_and_the_cost_are_said_with_grids_multiplied_out()
    {
        var file = _run.Toy("""
              num_samples: 3
              stop: {training_iteration: 40, loss: {"<=": 0.1}}
            """);
        Assert.Equal(0, await _run.RunAsync("validate", file));

        Assert.Equal(
        [
            $"toy: 6 trials (3 samples × 2 by grid_search) of toy, 1 trial at once, into {Path.Combine(_run.Storage, "toy")}",
            "  searches:  lr",
            "  searcher:  random",
            "  scheduler: fifo (every trial runs to its stop)",
            "  stop:      training_iteration >= 40, or loss <= 0.1",
            "  at most:   6 × 40 training_iteration = 240 training_iteration",
            $"{file} is valid: 1 experiment.",
        ], _run.OutputLines);
        Assert.False(Directory.Exists(_run.Storage));
    }

    [Fact]
    public async Task What_is_printed_does_not_follow_the_culture_of_the_process()
    {
        var file = _run.Toy("""
              num_samples: -3
              failure_config: {max_failures: -5, INFO: 1}
              checkpoint_config: {checkpoint_frequency: -7, num_to_keep: -1.5}
              stop: {training_iteration: 0.5, loss: {"<=": -1234.5}}
            """);
        Assert.Equal(2, await _run.RunAsync("validate", file));
        var expected = _run.Error;
        var before = CultureInfo.CurrentCulture;
        try
        {
            // A machine may know no other culture than the invariant one: this one is made by hand.
            var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (other.NumberFormat.NegativeSign, other.NumberFormat.NumberDecimalSeparator, other.NumberFormat.NumberGroupSeparator) = ("\u2212", ",", ".");
            CultureInfo.CurrentCulture = other;
            Assert.Equal(2, await _run.RunAsync("validate", file));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.NotEmpty(expected);
        Assert.Equal(expected, _run.Error);
    }

    [Theory]
    [InlineData("tune.scheduler={type: asha, max_t: 9}", "scheduler: asha (max_t: 9)", "2 × 9 training_iteration = 18 training_iteration")]
    [InlineData("tune.scheduler={type: hyperband, max_t: 27}", "scheduler: hyperband (max_t: 27)", "2 × 27 training_iteration = 54")]
    [InlineData("tune.scheduler={type: asha, max_t: 9, stop_last_trials: false}", "asha", "no limit is set: a trial ends when toy ends it by itself")]
    [InlineData("tune.stoppers=[{type: maximum_iterations, max_iter: 5}]", "stop:      maximum_iterations (max_iter: 5)", "2 × 5 training_iteration = 10")]
    [InlineData("stop.loss={\"<=\": 0.1}", "stop:      loss <= 0.1", "no limit is set: a trial ends when the above holds, or toy ends it by itself")]
    [InlineData("stop.time_total_s=90", "stop:      time_total_s >= 90", "2 × 1:30 of training = 3:00 of training")]
    [InlineData("tune.time_budget_s=3600", "stop:      none", "1:00:00 of running time")]
    [InlineData("num_samples=-1", "trials without limit of toy", "no limit is set")]
    [InlineData("tune.search_alg={type: repeater, repeat: 4, searcher: random}", "searcher:  repeater (repeat: 4, searcher: random)", "8 trials")]
    public async Task Every_end_is_counted(string set, string component, string cost)
    {
        Assert.Equal(0, await _run.RunAsync("validate", _run.Toy(), "--set", set));

        Assert.Contains(component, _run.Output, StringComparison.Ordinal);
        Assert.Contains(cost, _run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_would_run_is_also_said_to_programs()
    {
        Assert.Equal(0, await _run.RunAsync("validate", _run.Toy(), "--json", "--set", "stop.training_iteration=40"));

        using var said = JsonDocument.Parse(_run.Output);
        var experiment = said.RootElement.GetProperty("experiments")[0];
        Assert.True(said.RootElement.GetProperty("valid").GetBoolean());
        Assert.Equal(2, experiment.GetProperty("trials").GetInt64());
        Assert.Equal("random", experiment.GetProperty("searcher").GetProperty("type").GetString());
        Assert.Equal(0, said.RootElement.GetProperty("problems").GetArrayLength());
    }

    public static TheoryData<string, string, string, int?> Refusals => new()
    {
        { "toy: {run: toi}", "name", "toy.run", 1 },
        { "toy:\n  config: {lr: 1.0}", "missing", "toy", 1 },
        { "toy:\n  run: toy\n  nmu_samples: 3", "name", "toy.nmu_samples", 3 },
        { "toy:\n  run: toy\n  num_samples: many", "value", "toy.num_samples", 3 },
        { "toy:\n  run: toy\n  tune: {scheduler: {type: asha, max_tt: 3}, metric: loss, mode: min}", "name", "toy.tune.scheduler.max_tt", 3 },
        { "toy:\n  run: toy\n  tune: {search_alg: randum}", "name", "toy.tune.search_alg", 3 },
        { "toy:\n  run: toy\n  tune: {stoppers: [{type: maximum_iterations}]}", "missing", "toy.tune.stoppers[0]", 3 },
        { "toy:\n  run: toy\n  callbacks: {on_nothing: []}", "name", "toy.callbacks.on_nothing", 3 },
        { "toy:\n\trun: toy", "syntax", "", 2 },
        { "toy: {run: toy, run: toy}", "syntax", "", 1 },
        { "", "value", "", null },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Every_refusal_has_a_code_a_path_and_a_line(string text, string code, string path, int? line)
    {
        Assert.Equal(2, await _run.RunAsync("validate", _run.Write("bad.yaml", text), "--json"));

        var problem = Assert.Single(Problems());
        Assert.Equal((code, path, line), (problem.Code, problem.Path, problem.Line));
        Assert.Equal("", _run.Error);
    }

    [Theory]
    [InlineData("none.yaml", "", "file")]
    [InlineData("toy.yaml", "--only other", "option")]
    [InlineData("toy.yaml", "--set nothing", "option")]
    [InlineData("toy.yaml", "--name a/b", "option")]
    public async Task Refusals_of_the_command_line_have_a_code_too(string file, string options, string code)
    {
        _run.Toy();
        Assert.Equal(2, await _run.RunAsync(["validate", Path.Combine(_run.Directory, file), "--json",
            .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]));

        Assert.Contains(Problems(), p => p.Code == code && p.Line is null);
    }

    [Fact]
    public async Task A_misspelt_run_does_not_hide_what_else_is_wrong()
    {
        var file = _run.Write("bad.yaml", "count:\n  run: countr\n  config: {steps: 3, nothing: 4, by: much}\n");
        Assert.Equal(2, await _run.RunAsync("validate", file, "--json"));

        Assert.Equal(["count.run", "count.config.nothing", "count.config.by"], Problems().Select(p => p.Path));
    }

    private List<(string Code, string Path, int? Line)> Problems()
    {
        using var said = JsonDocument.Parse(_run.Output);
        Assert.False(said.RootElement.GetProperty("valid").GetBoolean());
        return [.. said.RootElement.GetProperty("problems").EnumerateArray()
            .Select(p => (p.GetProperty("code").GetString()!, p.GetProperty("path").GetString()!,
            p.GetProperty("line").ValueKind == JsonValueKind.Null ? (int?)null : p.GetProperty("line").GetInt32()))];
    }
}
