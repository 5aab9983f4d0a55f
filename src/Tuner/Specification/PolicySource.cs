namespace Tuning.Specification;

/// <summary>
/// Reads the file that a scheduler's options name into the options: schedulers read no files, and an experiment can be resumed and verified
/// whatever became of the file.
/// </summary>
internal static class PolicySource
{
    /// <summary>The options with what their file says; the same where they name none, hold it already, or it cannot be read, which is said when they are
    /// checked.</summary>
    public static SchedulerOptions Filled(SchedulerOptions options)
    {
        if (options is not PopulationBasedTrainingReplayOptions { Policy.IsDefaultOrEmpty: true } replay)
        {
            return options;
        }

        try
        {
            return replay with
            {
                Policy = [.. OwnFiles.ReadText(OwnFiles.Resolve(replay.PolicyFile)).Split('\n', StringSplitOptions.TrimEntries)
                .Where(l => !string.IsNullOrWhiteSpace(l))]
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return options;
        }
    }

    /// <summary>The same for a component that is known by its name.</summary>
    public static ComponentSpec Filled(ComponentSet<SchedulerOptions> set, ComponentSpec component)
    {
        var options = set.Bind(component);
        return Filled(options) is var filled && ReferenceEquals(filled, options) ? component : set.Describe(filled)!;
    }
}
