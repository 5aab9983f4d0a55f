using Tuning.Environments;

namespace Tuning;

/// <summary>What stands between a policy's module and an environment. Immutable.</summary>
/// <param name="Observations">What the environment shows.</param>
/// <param name="Actions">What the environment takes.</param>
/// <param name="ObservationFilter"><c>NoFilter</c> or <c>MeanStdFilter</c>.</param>
/// <param name="NormalizeActions">Whether the module's −1 to 1 is stretched to the bounds of the action space.</param>
/// <param name="ClipActions">Whether actions are cut off at these bounds.</param>
public sealed record PolicySpaces(Space Observations, Space Actions, string ObservationFilter, bool NormalizeActions, bool ClipActions)
{
    internal ParameterSet ToParameters() => ParameterSet.From(
    [
        new("observation_space", Observations.ToParameters()),
        new("action_space", Actions.ToParameters()),
        new("observation_filter", ObservationFilter),
        new("normalize_actions", NormalizeActions),
        new("clip_actions", ClipActions),
    ]);

    /// <exception cref="CheckpointException">It is something else.</exception>
    internal static PolicySpaces Parse(ParameterSet arguments)
    {
        try
        {
            return new(
                Space.Parse((ParameterSet)arguments["observation_space"]!),
                Space.Parse((ParameterSet)arguments["action_space"]!),
                arguments.Get<string>("observation_filter"),
                arguments.Get<bool>("normalize_actions"),
                arguments.Get<bool>("clip_actions"));
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or KeyNotFoundException or InvalidCastException)
        {
            throw new CheckpointException($"The spaces of the policy in the checkpoint cannot be read: {e.Message}", e);
        }
    }
}
