using System.Runtime.InteropServices;

namespace Tuning.CommandLine;

/// <summary>
/// Ctrl-C, SIGTERM and SIGHUP: the first asks for a graceful stop, the second aborts, a third leaves the process at once. A SIGHUP that is ignored when the
/// process starts, as by <c>nohup</c>, stays ignored.
/// </summary>
/// <remarks>Signals come on a thread of their own, also while this is disposed of; the tokens may be read by any.</remarks>
internal sealed partial class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly TextWriter _output;
    private readonly TimeProvider _time;
    private readonly TimeSpan? _grace;
    private readonly List<PosixSignalRegistration> _registrations = [];
    private ITimer? _graceTimer;
    private volatile ProgressReporter? _progress;
    private int _count;

    /// <param name="output">Where it is said that a signal was understood.</param>
    /// <param name="grace">How long a graceful stop may take before it becomes an abort; null for no limit.</param>
    /// <param name="time">The clock.</param>
    public StopSignals(TextWriter output, TimeSpan? grace, TimeProvider? time = null)
    {
        _output = output;
        _grace = grace;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>How long a graceful stop may take; null for no limit.</summary>
    public TimeSpan? Grace => _grace;

    /// <summary>Cancelled when a graceful stop is asked for.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Cancelled when everything is to end now.</summary>
    public CancellationToken Abort => _abort.Token;

    /// <summary>What is recorded as the reason of the stop.</summary>
    public string Reason { get; private set; } = "the process was asked to stop";

    /// <summary>130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP; null before any signal.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>The progress that is shown now: what is said goes above its table. Set by the command, read by the signals' thread.</summary>
    public ProgressReporter? Progress
    {
        get => _progress;
        set => _progress = value;
    }

    /// <summary>Begins to listen.</summary>
    public StopSignals Listen()
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, .. IsHangUpIgnored() ? (PosixSignal[])[] : [PosixSignal.SIGHUP]])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = Receive(context.Signal);
            }));
        }

        return this;
    }

    /// <summary>Handles a signal; false lets it end the process.</summary>
    internal bool Receive(PosixSignal signal)
    {
        var (name, code) = signal switch
        {
            PosixSignal.SIGINT => ("Ctrl-C", 130),
            PosixSignal.SIGHUP => ("SIGHUP", 129),
            _ => ("SIGTERM", 143),
        };
        ExitCode ??= code;
        Reason = $"stopped by {name}";
        switch (Interlocked.Increment(ref _count))
        {
            case 1:
                var within = _grace is { } grace ? Invariant($" within {grace.TotalSeconds:0.#} s") : "";
                Say($"{name}: no new steps; running trials write their checkpoints{within}. Once more aborts.");
                if (_grace is { } limit)
                {
                    var passed = Invariant($"{limit.TotalSeconds:0.#} s have passed: aborting.");
                    _graceTimer = _time.CreateTimer(_ => AbortNow(passed), null, limit, Timeout.InfiniteTimeSpan);
                }

                _stop.Cancel();
                return true;
            case 2:
                AbortNow($"{name} again: aborting. What was reported is safe in the journal.");
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        // The sources have nothing to give back, and a signal that is being handled may still cancel them.
        _graceTimer?.Dispose();
    }

    private void AbortNow(string message)
    {
        Say(message);
        _stop.Cancel();
        _abort.Cancel();
    }

    // What the signal did before comes as the answer to setting it.
    private static bool IsHangUpIgnored()
    {
        if (OperatingSystem.IsWindows())
        {
            return false;
        }

        var before = signal(HangUp, Ignore);
        if (before != Ignore)
        {
            _ = signal(HangUp, before);
        }

        return before == Ignore;
    }

    private const int HangUp = 1;
    private const nint Ignore = 1;

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint signal(int number, nint handler);

    private void Say(string message)
    {
        if (_progress?.Say(message) == true)
        {
            return;
        }

        lock (_output)
        {
            _output.WriteLine();
            _output.WriteLine(message);
            _output.Flush();
        }
    }
}
