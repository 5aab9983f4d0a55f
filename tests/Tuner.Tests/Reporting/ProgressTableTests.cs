using System.Collections.Immutable;
using Spectre.Console;
using Tuning.Reporting;
using static Tuning.Tests.Reporting.SomeProgress;

namespace Tuning.Tests.Reporting;

public sealed class ProgressTableTests
{
    [Fact]
    public void The_table_shows_running_trials_first_and_counts_the_rest()
    {
        var model = new ProgressModel(TimeProvider.System);
        model.Begin(Experiment(30));
        for (var i = 0; i < 28; i++)
        {
            model.Changed(Trial(i, i < 25 ? TrialStatus.Running : TrialStatus.Paused));
        }

        var snapshot = model.Take(20);
        Assert.All(snapshot.Rows, t => Assert.Equal(TrialStatus.Running, t.Status));
        Assert.Equal("… and 5 more running, 3 paused", snapshot.HiddenText());
        Assert.Equal("25 running, 3 paused of 30 trials", snapshot.CountsText());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(47)]
    [InlineData(80)]
    [InlineData(300)]
    public void The_table_fits_any_terminal(int width)
    {
        var model = new ProgressModel(TimeProvider.System);
        model.Begin(Experiment(3) with { Name = "a-[red]name[/]-that-is-longer-than-any-terminal-should-have-to-bear" });
        model.Reported(Trial(0, TrialStatus.Running, 1, 2), new(new(0), 1, default, 1, 1, new() { ["loss"] = 2 }));
        for (var i = 0; i < 3; i++)
        {
            model.Changed(Trial(i, TrialStatus.Running, 12345, 1234567.891) with
            {
                Config = ParameterSet.Empty.With("optimizer", "adam with [brackets] and a very long description of itself").With("lr", 1e-5)
                    .With("model.layers", 4),
                SearchedPaths = ["lr", "model.layers", "optimizer"],
            });
        }

        var writer = new StringWriter();
        var console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = width;
        console.Write(ProgressTable.Render(model.Take(20), width));
        var lines = writer.ToString().Split('\n');
        Assert.All(lines, l => Assert.InRange(l.TrimEnd().Length, 0, width));
        if (width == 300)
        {
            Assert.Contains(lines, l => l.Contains("optimizer", StringComparison.Ordinal) && l.Contains("layers", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_live_view_ends_with_the_last_state_on_the_screen()
    {
        var model = new ProgressModel(TimeProvider.System);
        var writer = new StringWriter();
        model.Begin(Experiment(1));
        using (var view = new LiveView(model, new(), Console(writer, 100, 30)))
        {
            view.Begin(Experiment(1));
            model.Changed(Trial(0));
            model.Changed(Trial(0, TrialStatus.Terminated, 7, 1, "completed"));
            view.End(finished: true);
        }

        Assert.Contains("1 completed", Screen(writer.ToString()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nothing_that_is_not_true_any_more_stays_of_an_experiment_that_was_stopped(bool endIsTold)
    {
        var model = new ProgressModel(TimeProvider.System);
        var writer = new StringWriter();
        model.Begin(Experiment(1));
        using (var view = new LiveView(model, new(), Console(writer, 100, 30)))
        {
            view.Begin(Experiment(1));
            model.Changed(Trial(0));
            if (endIsTold)
            {
                view.End(finished: false);
            }
        }

        Assert.Contains("1 running", writer.ToString(), StringComparison.Ordinal);
        Assert.Equal("", Screen(writer.ToString()).Trim());
    }

    [Fact]
    public void Progress_the_best_and_the_leader_stand_above_the_table()
    {
        var text = Draw(Model(parameters: 2, running: 3), 120);

        Assert.Contains("████████████░░░░░░░░░░░░  50 %", text[1], StringComparison.Ordinal);
        Assert.StartsWith("best 00000 loss=0 with p0=", text[2], StringComparison.Ordinal);
        Assert.StartsWith("leads 00001 loss=1 with p0=", text[3], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    public void The_best_line_is_wrapped_and_never_cut(int width)
    {
        var model = Model(parameters: 20, running: 2);
        var snapshot = model.Take(20);
        var text = Draw(model, width);

        var best = text.SkipWhile(l => !l.StartsWith("best", StringComparison.Ordinal)).TakeWhile(l => l.StartsWith("best", StringComparison.Ordinal)
            || l.StartsWith("  p", StringComparison.Ordinal));
        Assert.Equal(snapshot.BestText(), string.Join(' ', best.Select(l => l.Trim())));
        Assert.Contains("p19=", string.Join(' ', best), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(50, "+7 columns", new[] { "trial", "status", "loss", "p0" })]
    [InlineData(80, "+4 columns", new[] { "trial", "status", "loss", "p0", "p1", "p2", "p3" })]
    [InlineData(200, null, new[] { "trial", "status", "loss", "p0", "p1", "p2", "p3", "p4", "p5", "iter", "time" })]
    public void Searched_parameters_come_first_and_what_does_not_fit_is_counted(int width, string? more, string[] columns)
    {
        var title = Draw(Model(parameters: 6, running: 2), width).Single(l => l.TrimStart().StartsWith("trial", StringComparison.Ordinal));

        Assert.Equal(columns, title.Split(' ', StringSplitOptions.RemoveEmptyEntries).TakeWhile(t => t[0] != '+'));
        Assert.EndsWith(more ?? columns[^1], title, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_computed_stands_behind_what_is_searched()
    {
        var model = new ProgressModel(TimeProvider.System);
        var space = new SearchSpace().Add("a_computed", Domain.Expression("lr * 2")).Add("lr", Domain.Uniform(0, 1));
        model.Begin(Experiment(1) with { Domains = space.Domains });
        model.Changed(Trial(0) with { Config = ParameterSet.Empty.With("lr", 0.1).With("a_computed", 0.2), SearchedPaths = ["a_computed", "lr"] });

        var title = Draw(model, 100).Single(l => l.TrimStart().StartsWith("trial", StringComparison.Ordinal));
        Assert.Equal(["trial", "status", "loss", "lr", "iter", "time", "a_computed"], title.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(12)]
    [InlineData(24)]
    [InlineData(60)]
    public void The_whole_fits_the_height_of_the_terminal(int height)
    {
        var text = Draw(Model(parameters: 30, running: 25), 80, height);

        Assert.True(text.Length <= Math.Max(height, 20), $"{text.Length} lines");
        Assert.Contains(text, l => l.StartsWith("… and ", StringComparison.Ordinal));
    }

    private static ProgressModel Model(int parameters, int running)
    {
        var names = Enumerable.Range(0, parameters).Select(i => $"p{i}").ToImmutableArray();
        var config = names.Aggregate(ParameterSet.Empty, (set, name) => set.With(name, 0.12345));
        var model = new ProgressModel(TimeProvider.System);
        model.Begin(Experiment(2 * (running + 1)) with { Ends = [("training_iteration", 10)] });
        for (var i = 0; i <= running; i++)
        {
            var trial = Trial(i, TrialStatus.Running, 10, i) with { Config = config, SearchedPaths = names };
            model.Reported(trial, new(new(i), 10, default, 1, 1, new() { ["loss"] = i, ["training_iteration"] = 10 }));
        }

        model.Changed(Trial(0, TrialStatus.Terminated, 10, 0) with { Config = config, SearchedPaths = names });
        return model;
    }

    private static string[] Draw(ProgressModel model, int width, int height = 100)
    {
        var writer = new StringWriter();
        Console(writer, width, height).Write(ProgressTable.Render(model.Take(20), width, height));
        return [.. writer.ToString().Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0)];
    }

    private static IAnsiConsole Console(StringWriter writer, int width, int height)
    {
        var console = AnsiConsole.Create(new()
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(writer)
        });
        (console.Profile.Width, console.Profile.Height) = (width, height);
        return console;
    }

    /// <summary>What stays on a screen: cursor up, line erased, and return are what a redrawn table is made of.</summary>
    private static string Screen(string written)
    {
        var lines = new List<string> { "" };
        var row = 0;
        for (var i = 0; i < written.Length; i++)
        {
            if (written[i] == '\u001b' && i + 1 < written.Length && written[i + 1] == '[')
            {
                var end = i + 2;
                while (!char.IsAsciiLetter(written[end]))
                {
                    end++;
                }

                var number = int.TryParse(written.AsSpan(i + 2, end - i - 2), out var given) ? given : 1;
                row = written[end] == 'A' ? Math.Max(0, row - number) : row;
                lines[row] = written[end] == 'K' ? "" : lines[row];
                i = end;
            }
            else if (written[i] == '\n')
            {
                row++;
                lines.AddRange(row == lines.Count ? [""] : []);
            }
            else if (written[i] == '\r')
            {
                lines[row] = "";
            }
            else
            {
                lines[row] += written[i];
            }
        }

        return string.Join('\n', lines);
    }
}
