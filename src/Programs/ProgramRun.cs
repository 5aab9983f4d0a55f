using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tuning.Checkpointing;
using Tuning.Execution;
using Tuning.Execution.Remote;
using Tuning.Training;

namespace Tuning.Programs;

/// <summary>A program from its start to its end: what it reports goes to the trial one by one, what it prints into files, and it is ended when the trial
/// is.</summary>
/// <remarks>The trial's thread reports and stops; others read what the program says. It waits where nobody takes its reports yet.</remarks>
internal sealed partial class ProgramRun : IAsyncDisposable
{
    // Where the state of a program stands in a checkpoint.
    private const string State = "program";

    private const string LateReports = "late_reports.jsonl";

    private readonly ProgramOptions _options;
    private readonly TrialContext _trial;
    private readonly Channel<ProgramReport> _reports = Channel.CreateBounded<ProgramReport>(1);
    private readonly RotatingLog _output;
    private readonly RotatingLog _errors;
    private readonly ReportSocket _socket;
    private readonly SupervisedProgram _program;
    private readonly Task<string?> _ended;
    private readonly TimeSpan _grace;
    private TimeSpan _saving;
    private string? _fault;

    public ProgramRun(ProgramOptions options, TrialContext trial, string scratch)
    {
        (_options, _trial, _grace) = (options, trial, TimeSpan.FromSeconds(options.Grace));
        var variables = Variables(trial, options, scratch);
        OwnFiles.Replace(variables[ProgramVariables.Config], trial.Parameters.ToString());
        (_output, _errors) = (Log("stdout.log"), Log("stderr.log"));
        _socket = new(variables[ProgramVariables.Socket], _reports.Writer, Refuse);
        _program = SupervisedProgram.Start(scratch, options.Cwd ?? Environment.CurrentDirectory, Words(), variables, trial.Directory, trial.Share);
        _ended = _program.WaitAsync();
        Sources = ReadAsync(new(variables[ProgramVariables.MetricsFile], _ended));
    }

    private Task Sources { get; }

    /// <summary>Reports what the program reports until it ends.</summary>
    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        await using var cancelled = cancellationToken.Register(() => _ = EndAsync());
        while (await _reports.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (_reports.Reader.TryRead(out var report))
            {
                try
                {
                    await _trial.ReportAsync(report.Metrics, SaveOf(report));
                }
                catch (TrialEndedException e)
                {
                    report.Client?.Answer("stop", e.Message);
                    await StopAsync(report.Client is null ? TimeSpan.Zero : _grace - _saving);
                    throw;
                }

                report.Client?.Answer("continue", null);
            }
        }

        // Its state was there while it waited for answers, and has gone with it.
        _trial.ForgetSave();
        await Sources;
        cancellationToken.ThrowIfCancellationRequested();
        if (_fault is not null)
        {
            throw new InvalidOperationException($"What the program reports cannot be read: {_fault}");
        }

        if (await _ended is { } wrong)
        {
            var said = _errors.Tail is { Length: > 0 } tail ? tail : _output.Tail;
            throw new InvalidOperationException($"The program {_options.Command.Words[0]} {wrong}." + (said.Length > 0 ? "\n" + said : ""));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _reports.Writer.TryComplete();
        await _program.DisposeAsync().ConfigureAwait(false);
        await Sources.ConfigureAwait(false);
        _output.Dispose();
        _errors.Dispose();
    }

    // Whoever sleeps or computes when its trial is to stop has the grace to end by itself.
    private async Task EndAsync()
    {
        _program.Terminate();
        await Task.WhenAny(_ended, Task.Delay(_grace, TimeProvider.System)).ConfigureAwait(false);
        _program.Kill();
    }

    // Ends a program that the schedule is through with; what it says from here on is counted and kept apart.
    private async Task StopAsync(TimeSpan patience)
    {
        var late = CountLateAsync();
        if (patience <= TimeSpan.Zero || await Task.WhenAny(_ended, Task.Delay(patience, TimeProvider.System)).ConfigureAwait(false) != _ended)
        {
            _program.Terminate();
            await Task.WhenAny(_ended, Task.Delay(_grace, TimeProvider.System)).ConfigureAwait(false);
        }

        _program.Kill();
        await _ended.ConfigureAwait(false);
        await Sources.ConfigureAwait(false);
        if (await late.ConfigureAwait(false) is var count and > 0)
        {
            LogNotice(_trial.Logger, _trial.Id,
                string.Create(CultureInfo.InvariantCulture,
                    $"{count} reports came after the decision to stop; they are in {LateReports} and count for nothing."));
        }
    }

    private async Task<int> CountLateAsync()
    {
        var count = 0;
        var path = Path.Combine(_trial.Directory, LateReports);
        await foreach (var report in _reports.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            report.Client?.Answer("stop", "the trial has ended");
            if (count++ < 1000)
            {
                OwnFiles.Append(path, JsonSerializer.Serialize(report.Metrics.ToDictionary(m => m.Key, m => m.Value.ToString())) + "\n");
            }
        }

        return count;
    }

    private async Task ReadAsync(FileTail tail)
    {
        await Task.WhenAll(
            ReadAsync(_options.Metrics, buffer => CopyAsync(_program.Output, buffer, _output)),
            ReadAsync(ProgramMetrics.Reported, buffer => CopyAsync(_program.Errors, buffer, _errors)),
            ReadAsync(ProgramMetrics.StandardOutput, tail.ReadAsync),
            CloseSocketAsync()).ConfigureAwait(false);
        _reports.Writer.TryComplete();
    }

    private async Task ReadAsync(ProgramMetrics metrics, Func<Memory<byte>, ValueTask<int>> read)
    {
        try
        {
            var lines = new ReportLines(metrics, _reports.Writer, text => LogNotice(_trial.Logger, _trial.Id, text));
            await lines.ReadAsync(new(read, ReportLines.LongestLine)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FormatException or IOException)
        {
            Refuse(e.Message);
        }
        catch (ChannelClosedException)
        {
            // Why, is known.
        }
    }

    private async Task CloseSocketAsync()
    {
        await _ended.ConfigureAwait(false);
        await _socket.DisposeAsync().ConfigureAwait(false);
    }

    private void Refuse(string why)
    {
        _fault ??= why;
        _reports.Writer.TryComplete();
        _program.Kill();
    }

    private Action<CheckpointDirectory>? SaveOf(ProgramReport report)
    {
        if (!_options.Checkpoints || report is { Checkpoint: null, Saves: false })
        {
            return null;
        }

        return directory =>
        {
            var target = directory.File(State);
            OwnFiles.MakeDirectory(target);
            if (report.Checkpoint is { } source)
            {
                Copy(new DirectoryInfo(Path.GetFullPath(source, _options.Cwd ?? Environment.CurrentDirectory)), target);
            }
            else
            {
                Ask(report.Client!, target);
            }
        };
    }

    private void Ask(IReportClient client, string target)
    {
        var began = TimeProvider.System.GetTimestamp();
        var saved = client.Save(target, _trial.EndsNow ? _grace : null);
        _saving = _trial.EndsNow ? TimeProvider.System.GetElapsedTime(began) : TimeSpan.Zero;
        if (saved is null)
        {
            throw new UnsavedException(_saving < _grace ? "the program ended, or closed its connection, while it saved."
                : string.Create(CultureInfo.InvariantCulture, $"the program was told to end and to save before, and had not saved after {_options.Grace} s; "
                    + $"'grace' gives it more time."));
        }

        if (!saved.Value)
        {
            OwnFiles.DeleteDirectory(target);
        }
    }

    // Files and directories, nothing else: what a link leads to is not the program's state.
    private static void Copy(DirectoryInfo source, string target)
    {
        foreach (var entry in source.EnumerateFileSystemInfos())
        {
            var path = Path.Combine(target, entry.Name);
            if ((entry.Attributes & FileAttributes.ReparsePoint) != 0)
            {
                throw new IOException($"The checkpoint has the link {entry.FullName}; only files and directories are taken.");
            }

            if (entry is DirectoryInfo below)
            {
                OwnFiles.MakeDirectory(path);
                Copy(below, path);
            }
            else
            {
                File.Copy(entry.FullName, path);
            }
        }
    }

    private static async ValueTask<int> CopyAsync(Stream stream, Memory<byte> buffer, RotatingLog log)
    {
        var read = await stream.ReadAsync(buffer).ConfigureAwait(false);
        log.Write(buffer.Span[..read]);
        return read;
    }

    private RotatingLog Log(string name) => new(Path.Combine(_trial.Directory, name), _options.MaxLogSize * 1_000_000L);

    private IReadOnlyList<string> Words() => _options.Shell ? ["/bin/sh", "-c", _options.Command.Line ?? string.Join(' ', _options.Command.Words)]
        : [.. _options.Command.Words.Select(w => Placeholders.Fill(w, Value))];

    private string Value(string name) => name switch
    {
        "trial_dir" => _trial.Directory,
        "trial_id" => _trial.Id.ToString(),
        "checkpoint" => CheckpointPath(_trial) ?? "",
        "seed" => Seed(_trial),
        _ => _trial.Parameters.TryGet(name, out var value) ? Placeholders.Text(value) : "",
    };

    // Null also where the program had nothing to save.
    private static string? CheckpointPath(TrialContext trial) => trial.Checkpoint?.File(State) is { } path && Directory.Exists(path) ? path : null;

    private static string Seed(TrialContext trial) => ((int)((trial.Seed / "program").Seed >> 33)).ToString(CultureInfo.InvariantCulture);

    private Dictionary<string, string> Variables(TrialContext trial, ProgramOptions options, string scratch)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        foreach (var (name, value) in ShareVariables.Of(trial.Share, trial.Cpus))
        {
            variables[name] = value;
        }

        foreach (var (name, value) in Placeholders.Leaves(trial.Parameters))
        {
            variables[Placeholders.Variable(name)] = Placeholders.Text(value);
        }

        foreach (var (name, value) in options.Env)
        {
            variables[name] = Placeholders.Fill(value, Value);
        }

        variables.Remove(ProgramVariables.Checkpoint);
        if (CheckpointPath(trial) is { } checkpoint)
        {
            variables[ProgramVariables.Checkpoint] = checkpoint;
        }

        // After what the user has there, so that a tuner.py of his own wins.
        var python = PythonFile.WriteInto(scratch);
        variables[PythonFile.SearchPath] = variables.TryGetValue(PythonFile.SearchPath, out var paths) && paths.Length > 0 ? $"{paths}:{python}" : python;
        variables[ProgramVariables.Config] = Path.Combine(scratch, "config.json");
        variables[ProgramVariables.Socket] = Path.Combine(scratch, "socket");
        variables[ProgramVariables.MetricsFile] = Path.Combine(scratch, "metrics.jsonl");
        variables[ProgramVariables.TrialDirectory] = trial.Directory;
        variables[ProgramVariables.TrialId] = trial.Id.ToString();
        variables[ProgramVariables.Seed] = Seed(trial);
        variables[ProgramVariables.Token] = trial.Directory;
        return variables;
    }

    [LoggerMessage(1700, LogLevel.Warning, "Trial {Trial}: {Text}")]
    private static partial void LogNotice(ILogger logger, TrialId trial, string text);
}
