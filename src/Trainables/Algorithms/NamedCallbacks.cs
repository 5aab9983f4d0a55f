namespace Tuning.Algorithms;

/// <summary>Callbacks and what messages call them.</summary>
internal sealed record NamedCallbacks(AlgorithmCallbacks Callbacks, string Name)
{
    /// <summary>Calls a hook of all, in order. Whatever a hook throws gets the hook's name, a cancellation of its own too. Allocates nothing.</summary>
    /// <param name="all">The callbacks.</param>
    /// <param name="hook">The hook's name.</param>
    /// <param name="arguments">What it is called with.</param>
    /// <param name="call">Calls it; static, so that it is made once.</param>
    public static void Call<TArguments>(NamedCallbacks[] all, string hook, TArguments arguments, Action<AlgorithmCallbacks, TArguments> call)
    {
        foreach (var each in all)
        {
            try
            {
                call(each.Callbacks, arguments);
            }
            catch (Exception e)
            {
                var message = $"The hook {hook} of {each.Name} failed: {e.Message}";
                throw e is TrialConfigurationException ? new TrialConfigurationException(message, e) : new HookException(message, e);
            }
        }
    }
}
