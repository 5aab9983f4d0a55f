using System.Reflection;

namespace Tuning;

/// <summary>Makes trainables of functions and classes.</summary>
/// <remarks>
/// A configuration is an object whose properties in PascalCase are the parameters in snake_case: <c>Lr</c> is <c>lr</c>. Take
/// <see cref="ParameterSet"/> as <c>TConfig</c> to read parameters by name. Functions are called by several trials at once.
/// </remarks>
public static class Trainable
{
    /// <summary>
    /// An asynchronous function that reports as it goes: <c>async (trial, cancel) => { … await trial.ReportAsync(…); }</c>.
    /// </summary>
    /// <typeparam name="TConfig">Its configuration.</typeparam>
    /// <param name="name">The name that <c>run:</c> gives.</param>
    /// <param name="function">The function. What follows an <c>await</c> runs on the trial's own thread again.</param>
    /// <param name="checkpoints">Whether it passes <c>save:</c> at its reports and begins from <c>trial.Checkpoint</c>.</param>
    /// <param name="objective">What it optimises where the experiment does not say.</param>
    /// <remarks>Preferred where a lambda never comes to its end, <c>(trial, cancel) => { while (true) { trial.Report(…); } }</c>, and so fits every return
    /// type.</remarks>
    [OverloadResolutionPriority(1)]
    public static TrainableDefinition FromFunction<TConfig>(
        string name, Func<TrialContext<TConfig>, CancellationToken, Task> function, bool checkpoints = false, Objective? objective = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new FunctionDefinition<TConfig>(name, (trial, cancel) => new ValueTask(function(trial, cancel)), checkpoints, objective);
    }

    /// <summary>A blocking function that reports as it goes: <c>(trial, cancel) => { … trial.Report(…); }</c>.</summary>
    /// <typeparam name="TConfig">Its configuration.</typeparam>
    /// <param name="name">The name that <c>run:</c> gives.</param>
    /// <param name="function">The function; it has a thread of its own.</param>
    /// <param name="checkpoints">Whether it passes <c>save:</c> at its reports and begins from <c>trial.Checkpoint</c>.</param>
    /// <param name="objective">What it optimises where the experiment does not say.</param>
    public static TrainableDefinition FromFunction<TConfig>(
        string name, Action<TrialContext<TConfig>, CancellationToken> function, bool checkpoints = false, Objective? objective = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (AsyncVoid.Is(function.Method))
        {
            throw new ArgumentException("The function is async void, so that nobody can tell when it is done: have it return Task.", nameof(function));
        }

        return new FunctionDefinition<TConfig>(name, (trial, cancel) =>
        {
            using var synchronous = new SynchronousCode();
            function(trial, cancel);
            return ValueTask.CompletedTask;
        }, checkpoints, objective);
    }

    /// <summary>A function that yields its reports. When the trial ends it is simply not asked for the next one; its <c>finally</c> blocks run.</summary>
    /// <typeparam name="TConfig">Its configuration.</typeparam>
    /// <param name="name">The name that <c>run:</c> gives.</param>
    /// <param name="function">The function.</param>
    /// <param name="objective">What it optimises where the experiment does not say.</param>
    public static TrainableDefinition FromFunction<TConfig>(
        string name, Func<TrialContext<TConfig>, CancellationToken, IAsyncEnumerable<Metrics>> function, Objective? objective = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new FunctionDefinition<TConfig>(name, async (trial, cancel) =>
        {
            // Not ConfigureAwait(false): the function goes on on the trial's own thread.
            await foreach (var metrics in function(trial, cancel))
            {
                await trial.ReportAsync(metrics);
            }
        }, checkpoints: false, objective);
    }

    /// <summary>A function of the configuration that is evaluated once: <c>config => new() { ["loss"] = … }</c>.</summary>
    /// <typeparam name="TConfig">Its configuration.</typeparam>
    /// <param name="name">The name that <c>run:</c> gives.</param>
    /// <param name="function">The function.</param>
    /// <param name="objective">What it optimises where the experiment does not say.</param>
    public static TrainableDefinition FromFunction<TConfig>(string name, Func<TConfig, Metrics> function, Objective? objective = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new FunctionDefinition<TConfig>(name, (trial, _) =>
        {
            Metrics metrics;
            using (new SynchronousCode())
            {
                metrics = function(trial.Config);
            }

            return trial.ReportAsync(metrics);
        }, checkpoints: false, objective);
    }

    /// <summary>A function of the configuration with one number as its result: <c>("loss", config => …, Mode.Min)</c>.</summary>
    /// <typeparam name="TConfig">Its configuration.</typeparam>
    /// <param name="name">The name that <c>run:</c> gives.</param>
    /// <param name="function">The function.</param>
    /// <param name="metric">The name of the number; it is what is optimised where the experiment does not say.</param>
    /// <param name="mode">Which direction is better.</param>
    public static TrainableDefinition FromFunction<TConfig>(string name, Func<TConfig, double> function, string metric, Mode mode)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentException.ThrowIfNullOrEmpty(metric);
        return FromFunction<TConfig>(name, config => new Metrics(1) { [metric] = function(config) }, new Objective(metric, mode));
    }

    /// <summary>A class that trains step by step; each trial has an instance of its own, built by dependency injection.</summary>
    /// <typeparam name="T">A class that derives from <see cref="Trainable{TConfig}"/>.</typeparam>
    /// <param name="name">The name that <c>run:</c> gives; null is the name of the class.</param>
    /// <param name="objective">What it optimises where the experiment does not say.</param>
    /// <exception cref="ArgumentException">It overrides one of Save and Load and not the other.</exception>
    public static TrainableDefinition FromClass<T>(string? name = null, Objective? objective = null)
        where T : ClassTrainable => new ClassDefinition<T>(name ?? typeof(T).Name, objective);

    // The parameters that a configuration class takes, by dotted path, so that a misspelt one is found before the first trial.
    internal static IReadOnlyCollection<string> ParametersOf(Type config) =>
        config == typeof(ParameterSet) || config.IsPrimitive || config.IsValueType && !config.GetProperties().Any(p => p.CanWrite)
            ? []
            : [.. config.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(p => p.GetIndexParameters().Length == 0 && (p.CanWrite || p.GetMethod is not null) && p.Name != "EqualityContract")
                .Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name))];
}
