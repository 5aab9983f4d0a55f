using System.Text.Json;

namespace Tuning.Environments;

/// <summary>An environment that takes a walk of random actions, and starts the next episode where one ends.</summary>
internal interface IEnvironmentWalk<in TSelf> : IDisposable
{
    /// <summary>Whether the last step was an episode's last and the next has not begun.</summary>
    bool IsBetweenEpisodes { get; }

    /// <summary>Goes on by one step, or to the start of the next episode, and returns the bytes that the environment allocated.</summary>
    long Move();

    /// <summary>Whether the environment can save its state.</summary>
    bool CanSaveState { get; }

    /// <summary>The state of the environment.</summary>
    JsonElement SaveState();

    /// <summary>Goes on where another walk is, from the state of its environment.</summary>
    void TakeOver(TSelf other, JsonElement state);

    /// <summary>What differs between what two walks saw last; null when nothing does.</summary>
    string? Difference(TSelf other);
}
