namespace Tuning.Learning;

/// <summary>Reads the random streams of learners from their states.</summary>
internal static class LearnerStreams
{
    /// <summary>The stream that a state holds under a name.</summary>
    /// <exception cref="CheckpointException">There is none, or it is damaged.</exception>
    public static RandomState Stream(this ComponentState state, string name)
    {
        try
        {
            return RandomState.Parse(state.Value<string>(name));
        }
        catch (FormatException e)
        {
            throw new CheckpointException($"The stream '{name}' of the learner is damaged: {e.Message}", e);
        }
    }
}
