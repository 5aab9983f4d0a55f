using System.Diagnostics;
using System.Net.Sockets;

namespace Tuning.Execution.Remote;

/// <summary>
/// A process that runs the segments of an experiment for the process that it belongs to: one after another, or several at once, each on a thread of its own.
/// It reports over a socket, writes checkpoints where the other would, and ends when the socket closes.
/// </summary>
internal sealed class TrialWorker : InProcessExecutor, ISegmentMailbox
{
    /// <summary>The environment variable that makes a process one: the path of the socket.</summary>
    public const string Variable = "TUNER_TRIAL_PROCESS";

    private static readonly TimeSpan _endOfSegment = TimeSpan.FromMilliseconds(250), _endOfServices = TimeSpan.FromSeconds(5);

    private readonly FrameConnection _connection;
    private readonly SegmentThreads _threads;

    private TrialWorker(FrameConnection connection, SegmentEnvironment environment)
        : base(environment)
    {
        _connection = connection;
        _threads = new(((ISegmentMailbox)this).Failed);
    }

    /// <summary>Whether this process was started to run segments, and does not yet.</summary>
    public static bool IsWanted => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    /// <summary>Runs segments until nobody wants any more.</summary>
    /// <param name="environment">Makes what they share of the setup that comes; given what writes the log. What is wrong with it is told as the message of its
    /// exception.</param>
    public static async Task ServeAsync(Func<RemoteSetup, ILoggerProvider, SegmentEnvironment> environment)
    {
        var path = Environment.GetEnvironmentVariable(Variable)!;

        // What is started from here is no part of this: an experiment inside a trial has processes of its own.
        Environment.SetEnvironmentVariable(Variable, null);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        // Not asynchronously: a socket that ever was is read by way of a thread more.
        socket.Connect(new UnixDomainSocketEndPoint(path));
        using var connection = new FrameConnection(new NetworkStream(socket, ownsSocket: true));
        if (connection.Read() is not RemoteSetup setup)
        {
            return;
        }

        TrialWorker worker;
        try
        {
            worker = new(connection, environment(setup, new RemoteLogger(connection)));
            await worker.StartAsync(worker, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The border of the process: who started it shows the message.
            connection.Send(new RemoteReady(Environment.ProcessId, TrialError.OneLine(e)));
            return;
        }

        connection.Send(new RemoteReady(Environment.ProcessId, null));
        worker.Serve();
        new Thread(worker.EndByForce) { IsBackground = true, Name = "end of trials" }.Start();
        await worker.DisposeAsync().ConfigureAwait(false);
    }

    // Nobody wants anything any more. A segment that still runs would train for nobody, and threads that trials left behind would keep the process for
    // ever, and who else would end it may be gone.
    private void EndByForce()
    {
        using var never = new ManualResetEventSlim();
        never.Wait(_endOfSegment);
        if (!IsBusy)
        {
            never.Wait(_endOfServices);
        }

        using var self = Process.GetCurrentProcess();
        self.Kill();
    }

    private void Serve()
    {
        while (_connection.Read() is { } message)
        {
            switch (message)
            {
                case SegmentCommand command:
                    Send(command);
                    break;
                case RemoteSuspend suspend:
                    Suspend(suspend.Reason);
                    break;
                case RemoteAbort:
                    Abort();
                    break;
                default:
                    throw new InvalidDataException($"a process of trials was sent {message.GetType().Name}");
            }
        }
    }

    void ISegmentMailbox.Post(SegmentEvent message) => _connection.Send(message);

    void ISegmentMailbox.Alive(SegmentId segment) => _connection.Send(new RemoteAlive(segment));

    void ISegmentMailbox.Failed(MachineFault fault) => _connection.Send(new RemoteFault(fault.Message));

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _threads.Dispose();
        return base.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override void Place(TrialId trial) => _ = _threads.TryRunWithState(_ => RunAsync(trial), null).AsTask();
}
