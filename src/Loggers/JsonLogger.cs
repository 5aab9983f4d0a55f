using System.Buffers;

namespace Tuning.Loggers;

/// <summary>
/// Writes each trial's configuration to <c>params.json</c> and each of its reports to one line of <c>result.json</c>: strict JSON,
/// <c>a/b</c> nested as Ray does, NaN and infinities as null, the configuration as <c>config</c>. The last line of a trial that has ended
/// has <c>done: true</c> and its <c>stop_reason</c>. A metric below one of the automatic fields, <c>done/x</c>, keeps its path as its name.
/// </summary>
/// <remarks>
/// Arrays are left to <see cref="TensorBoard.TensorBoardLogger"/>. A line is with the operating system before the next report is
/// handled. Called by one thread at a time; holds nothing of a trial that does not run.
/// </remarks>
public sealed class JsonLogger : LoggerCallback, IDisposable
{
    /// <summary>The name of the file with the reports.</summary>
    public const string FileName = "result.json";

    private readonly Dictionary<TrialId, TrialFile> _open = [];
    private readonly ResultLineWriter _lines = new();
    private readonly ParameterFile _parameters = new();
    private ExperimentInfo? _experiment;

    /// <inheritdoc/>
    public override string Name => "json";

    /// <inheritdoc/>
    public override void Setup(ExperimentInfo experiment) => _experiment = experiment;

    /// <inheritdoc/>
    public override void OnTrialStart(TrialView trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        _parameters.Write(Experiment, trial);
        if (trial.Reports > 0 && OpenExisting(trial.Id) is { } file)
        {
            // The experiment was extended, or a trial that was to end was tried again.
            MarkRunning(file);
        }
    }

    /// <inheritdoc/>
    public override void OnTrialExploit(TrialView trial, CheckpointRef source)
    {
        ArgumentNullException.ThrowIfNull(trial);
        _parameters.Write(Experiment, trial);
    }

    /// <inheritdoc/>
    public override void OnTrialResult(TrialView trial, TrialReport report, string? stopReason)
    {
        ArgumentNullException.ThrowIfNull(trial);
        ArgumentNullException.ThrowIfNull(report);
        if (!_open.TryGetValue(trial.Id, out var file))
        {
            _open.Add(trial.Id, file = TrialFile.OpenOrCreate(PathOf(trial.Id)));
        }

        file.Append(_lines.Line(report, trial.Config, stopReason ?? (trial.IsLastOfEnded(report) ? trial.EndReason() : null)));
        if (!trial.IsActive() && report.Number >= trial.Reports)
        {
            Close(trial.Id);
        }
    }

    /// <inheritdoc/>
    public override void OnTrialPause(TrialView trial) => Close(trial?.Id ?? throw new ArgumentNullException(nameof(trial)));

    /// <inheritdoc/>
    public override void OnTrialRecover(TrialView trial, string error) => Close(trial?.Id ?? throw new ArgumentNullException(nameof(trial)));

    /// <inheritdoc/>
    public override void OnTrialComplete(TrialView trial) => End(trial ?? throw new ArgumentNullException(nameof(trial)), trial.EndReason());

    /// <inheritdoc/>
    public override void OnTrialError(TrialView trial, string error) => End(trial ?? throw new ArgumentNullException(nameof(trial)), trial.Reason ?? error);

    /// <inheritdoc/>
    public override void OnExperimentEnd(bool finished, string reason) => CloseAll();

    /// <inheritdoc/>
    public override int Recover(TrialView trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        Close(trial.Id);
        _parameters.Write(Experiment, trial);
        using var file = TrialFile.OpenExisting(PathOf(trial.Id));
        if (file is null)
        {
            return 0;
        }

        var held = KeepWholeLines(file, trial.Reports);
        if (held == trial.Reports && held > 0)
        {
            if (trial.HasEnded())
            {
                MarkEnded(file, trial.EndReason());
            }
            else
            {
                MarkRunning(file);
            }
        }

        return held;
    }

    /// <summary>Closes all files.</summary>
    public void Dispose()
    {
        CloseAll();
        _lines.Dispose();
        _parameters.Dispose();
    }

    private void CloseAll()
    {
        foreach (var file in _open.Values)
        {
            file.Dispose();
        }

        _open.Clear();
    }

    private ExperimentInfo Experiment => _experiment ?? throw new InvalidOperationException("Setup has not been called.");

    // The reports that are whole, at most `limit`; what follows them is cut off.
    private static int KeepWholeLines(TrialFile file, int limit)
    {
        long end = 0, lineBefore = 0, position = 0;
        var held = 0;
        var chunk = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            for (int read; held < limit && (read = file.Read(position, chunk)) > 0; position += read)
            {
                for (int at = 0, next; held < limit && (next = chunk.AsSpan(at, read - at).IndexOf((byte)'\n')) >= 0; at += next + 1)
                {
                    lineBefore = end;
                    end = position + at + next + 1;
                    held++;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        // A crash while the end of the last line was replaced may have left it whole but wrong.
        if (held > 0 && !IsObject(file.Slice(lineBefore, end)))
        {
            held--;
            end = lineBefore;
        }

        file.Truncate(end);
        return held;
    }

    private static bool IsObject(byte[] line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void End(TrialView trial, string reason)
    {
        if (trial.Reports > 0 && OpenExisting(trial.Id) is { } file)
        {
            MarkEnded(file, reason);
        }

        Close(trial.Id);
    }

    private void MarkEnded(TrialFile file, string reason)
    {
        Span<byte> tail = stackalloc byte[ResultLineWriter.OpenEnd.Length];
        var at = file.Length - tail.Length;
        if (at > 0 && file.Read(at, tail) == tail.Length && tail.SequenceEqual(ResultLineWriter.OpenEnd))
        {
            file.ReplaceTail(at, _lines.ClosedEnd(reason));
        }
    }

    private static void MarkRunning(TrialFile file)
    {
        // The last line ends in ,"done":true,"stop_reason":"…"}; quotes inside the reason are escaped, so the text is found only once.
        for (var size = 512L; ; size *= 8)
        {
            var from = Math.Max(0, file.Length - size);
            var tail = file.Slice(from, file.Length);
            var lineStart = tail.AsSpan(0, Math.Max(0, tail.Length - 1)).LastIndexOf((byte)'\n') + 1;
            var at = tail.AsSpan(lineStart).LastIndexOf(ResultLineWriter.ClosedStart);
            if (at >= 0)
            {
                file.ReplaceTail(from + lineStart + at + 1, ResultLineWriter.OpenEnd);
                return;
            }

            if (from == 0 || lineStart > 0 || tail.AsSpan().EndsWith(ResultLineWriter.OpenEnd))
            {
                return;
            }
        }
    }

    private TrialFile? OpenExisting(TrialId trial)
    {
        if (!_open.TryGetValue(trial, out var file) && (file = TrialFile.OpenExisting(PathOf(trial))) is not null)
        {
            _open.Add(trial, file);
        }

        return file;
    }

    private string PathOf(TrialId trial) => Path.Combine(Experiment.TrialDirectory(trial), FileName);

    private void Close(TrialId trial)
    {
        if (_open.Remove(trial, out var file))
        {
            file.Dispose();
        }
    }
}
