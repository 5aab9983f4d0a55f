namespace Tuning.Specification;

/// <summary>What trainables are told beside their parameters, as trees and as records.</summary>
internal static class TrainableSettings
{
    /// <summary>The keys beside <c>run</c>; empty for a trainable without settings.</summary>
    public static IReadOnlyList<string> Names(TrainableDefinition trainable) =>
        trainable.SettingsType is { } type ? [.. OptionSchema.Of(type).Options.Select(o => o.Name)] : [];

    /// <summary>The settings that a trainable has, as a tree.</summary>
    public static ParameterSet Of(TrainableDefinition trainable) =>
        trainable.Settings is { } settings ? OptionSchema.Of(settings.GetType()).ToParameters(settings) : ParameterSet.Empty;

    /// <summary>The trainable with settings, or what is wrong with them.</summary>
    /// <param name="trainable">The trainable.</param>
    /// <param name="settings">The tree; ignored by a trainable without settings.</param>
    /// <param name="directory">What relative paths in it are relative to.</param>
    /// <param name="with">The trainable with them; as it was, where something is wrong.</param>
    public static IReadOnlyList<ParameterIssue> Read(TrainableDefinition trainable, ParameterSet settings, string directory, out TrainableDefinition with)
    {
        with = trainable;
        if (trainable.SettingsType is not { } type)
        {
            return [];
        }

        var issues = OptionSchema.Of(type).Read(settings, out var read);
        with = issues.Count == 0 ? trainable.With(read!, directory) : trainable;
        return issues;
    }
}
