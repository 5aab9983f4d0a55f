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
        var console = AnsiConsole.Create(new() { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 100;
        console.Profile.Height = 30;
        model.Begin(Experiment(1));
        using (var view = new LiveView(model, new(), console))
        {
            view.Begin(Experiment(1));
            model.Changed(Trial(0));
            model.Changed(Trial(0, TrialStatus.Terminated, 7, 1, "completed"));
        }

        Assert.Contains("1 terminated", writer.ToString(), StringComparison.Ordinal);
    }
}
