using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Tuning.Algorithms;

/// <summary>Where the hooks of an algorithm come from, in order. Immutable; instances are made per algorithm and runner.</summary>
internal sealed class HookSources
{
    private static readonly string[] _episodeHooks = [.. typeof(IEpisodeHooks).GetMethods().Select(m => m.Name)];

    private readonly ImmutableArray<Source> _sources;

    private HookSources(ImmutableArray<Source> sources) => _sources = sources;

    /// <summary>Without hooks.</summary>
    public static HookSources Empty { get; } = new([]);

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _sources.IsEmpty;

    /// <summary>Adds a class whose constructor gets its arguments from the host.</summary>
    public HookSources Add<TCallbacks>()
        where TCallbacks : AlgorithmCallbacks => new(_sources.Add(new(services => ActivatorUtilities.CreateInstance<TCallbacks>(services),
            typeof(TCallbacks).Name, OverridesEpisodeHooks(typeof(TCallbacks)))));

    /// <summary>Adds a function that makes instances.</summary>
    public HookSources Add(Func<IServiceProvider, AlgorithmCallbacks> factory) => new(_sources.Add(new(factory, null, true)));

    /// <summary>Adds functions.</summary>
    public HookSources Add(DelegateCallbacks delegates) => new(_sources.Add(new(_ => delegates, "a function", delegates.HasEpisodeHooks)));

    /// <summary>The hooks of one algorithm.</summary>
    public HookPipeline Create(IServiceProvider services)
    {
        var owned = new List<IDisposable>();
        NamedCallbacks[] callbacks;
        try
        {
            callbacks = [.. _sources.Select(s => s.Make(services, owned))];
        }
        catch
        {
            owned.ForEach(o => o.Dispose());
            throw;
        }

        return new(
            callbacks,
            _sources.Any(s => s.HasEpisodeHooks) ? () =>
                new EpisodeHookPipeline([.. _sources.Where(s => s.HasEpisodeHooks).Select(s => s.Make(services, owned))]) : null,
            owned);
    }

    private static bool OverridesEpisodeHooks(Type type) => type.GetMethods(BindingFlags.Public | BindingFlags.Instance)
        .Any(m => m.IsVirtual && _episodeHooks.Contains(m.Name) && m.DeclaringType != typeof(AlgorithmCallbacks));

    /// <summary>One entry.</summary>
    private sealed record Source(Func<IServiceProvider, AlgorithmCallbacks> Factory, string? Name, bool HasEpisodeHooks)
    {
        public NamedCallbacks Make(IServiceProvider services, List<IDisposable> owned)
        {
            AlgorithmCallbacks callbacks;
            try
            {
                callbacks = Factory(services) ?? throw new InvalidOperationException("the function returned null");
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new HookException($"The callbacks {Name ?? "of a function"} could not be made: {e.Message}", e);
            }

            // What a function of the user's made may be shared, and is the user's to close.
            if (Name is not null && callbacks is IDisposable disposable)
            {
                owned.Add(disposable);
            }

            return new(callbacks, Name ?? callbacks.GetType().Name);
        }
    }
}
