namespace Tuning.Schedulers.Population;

/// <summary>Explores as PBT does: each parameter for itself, by chance.</summary>
internal sealed class MutationExplorer(IReadOnlyList<Mutation> mutations, ExploreRules rules, Func<ParameterSet, ParameterSet>? custom) : IExplorer
{
    /// <inheritdoc/>
    public ExploredConfig Explore(ExploreRequest request)
    {
        var config = request.Config;
        var changes = new List<ParameterChange>();
        foreach (var mutation in mutations)
        {
            // What the source does not have is a parameter that its other values switch off.
            if (config.TryGet(mutation.Path, out var value))
            {
                var (next, how) = mutation.Explore(value, rules, request.Random);
                config = config.With(mutation.Path, next);
                changes.Add(new(mutation.Path, ParameterSet.Normalize(next), how));
            }
        }

        return custom is null ? new(config, changes) : Customize(config, changes, custom);
    }

    private static ExploredConfig Customize(ParameterSet explored, List<ParameterChange> changes, Func<ParameterSet, ParameterSet> custom)
    {
        var config = custom(explored) ?? throw new InvalidOperationException("The custom_explore_fn returned null; it must return a configuration.");
        var told = changes.ToDictionary(c => c.Path);
        foreach (var (path, value) in config.Flatten())
        {
            if (!explored.TryGet(path, out var before) || !Equals(before, value))
            {
                told[path] = new(path, value, "by custom_explore_fn");
            }
        }

        return new(config, [.. told.Values.Where(c => config.TryGet(c.Path, out _)).OrderBy(c => c.Path, StringComparer.Ordinal)]);
    }
}
