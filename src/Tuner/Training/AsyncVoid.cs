using System.Reflection;

namespace Tuning.Training;

/// <summary>Methods and lambdas that are <c>async void</c>: whoever calls them cannot tell when they are done, nor that they failed.</summary>
internal static class AsyncVoid
{
    /// <summary>Whether a method is one.</summary>
    public static bool Is(MethodInfo method) => method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute), inherit: false);
}
