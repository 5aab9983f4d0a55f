using Spectre.Console;
using Spectre.Console.Rendering;

namespace Tuning.Reporting;

/// <summary>Progress as a table that is redrawn in place by a thread of its own, a few times per second.</summary>
internal sealed class LiveView : ProgressView
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);

    private readonly ProgressModel _model;
    private readonly ProgressOptions _options;
    private readonly IAnsiConsole _console;
    private readonly ManualResetEventSlim _end = new();
    private Thread? _thread;

    // Set before the last drawing; what it would leave on the screen of an experiment that was stopped is not true any more.
    private volatile bool _stays;

    public LiveView(ProgressModel model, ProgressOptions options, IAnsiConsole? console = null)
    {
        _model = model;
        _options = options;
        _console = console ?? AnsiConsole.Console;
    }

    /// <inheritdoc/>
    public override void Begin(ExperimentInfo experiment)
    {
        _thread = new Thread(Draw) { IsBackground = true, Name = "progress" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public override void Changed(TrialView trial, string what, string? error)
    {
        // What fails may not scroll out of the table unseen.
        if (error is not null)
        {
            Say($"{trial.Id} {what}: {Readable.OneLine(error)}");
        }
    }

    /// <inheritdoc/>
    public override void Reported(TrialView trial, TrialReport report)
    {
    }

    /// <inheritdoc/>
    public override void Say(string text) => Try(() => _console.Write(new Text(Readable.Harmless(text) + "\n")));

    /// <inheritdoc/>
    public override void End(bool finished)
    {
        _stays = finished;
        Dispose();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _end.Set();
        _thread?.Join();
        _thread = null;
        _end.Dispose();
    }

    private void Draw()
    {
        var live = _console.Live(new Text("")).Overflow(VerticalOverflow.Crop).Cropping(VerticalOverflowCropping.Bottom);
        Try(() => live.Start(context =>
        {
            bool last;
            do
            {
                last = _end.Wait(_pause);
                context.UpdateTarget(Render());
            }
            while (!last);

            live.AutoClear = !_stays;
        }));
    }

    private static void Try(Action draw)
    {
        try
        {
            draw();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // The terminal has gone. The experiment goes on without a display.
        }
    }

    // One line less than the terminal has, so that redrawing never scrolls.
    private IRenderable Render() => ProgressTable.Render(
        _model.Take(_options.MaxRows), _console.Profile.Width, _console.Profile.Height - 1, _console.Profile.Capabilities.Unicode);
}
