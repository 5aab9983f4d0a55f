using System.Runtime.ExceptionServices;

namespace Tuning.Execution;

/// <summary>
/// Exceptions on threads of the user's own, in timers and in <c>async void</c> methods that a trial's code left behind: they are the trial's, and would end
/// the process. The runtime asks one handler in a process; where the application has set its own, they stay unhandled.
/// </summary>
internal static class StrayExceptions
{
    // Flows with the trial's code to whatever it starts.
    private static readonly AsyncLocal<TrialSegment?> _segment = new();
    private static readonly Lazy<bool> _isHandled = new(Install);

    /// <summary>Whatever the caller's code starts from here on belongs to a segment, until the caller returns.</summary>
    public static void BelongTo(TrialSegment segment)
    {
        _ = _isHandled.Value;
        _segment.Value = segment;
    }

    private static bool Install()
    {
        try
        {
            ExceptionHandling.SetUnhandledExceptionHandler(static exception =>
            {
                _segment.Value?.Fault(exception);
                return _segment.Value is not null;
            });
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
