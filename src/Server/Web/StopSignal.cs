using System.Runtime.InteropServices;

namespace Tuning.Server.Web;

/// <summary>Ctrl-C and SIGTERM. Further ones change nothing: the stop takes some seconds at most, and some send two.</summary>
internal sealed class StopSignal : IDisposable
{
    private readonly TaskCompletionSource _came = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignal() => _registrations =
    [
        .. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM]).Select(signal => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            _came.TrySetResult();
        })),
    ];

    /// <summary>Ends with the first.</summary>
    public Task Came => _came.Task;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }
}
