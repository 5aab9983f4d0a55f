namespace Tuning.Environments;

/// <summary>
/// An action on its way into an environment. It holds <see cref="Values"/> for a <see cref="Box"/>, and
/// <see cref="Choices"/> for a <see cref="Discrete"/> (one) or a <see cref="MultiDiscrete"/> (one per part).
/// </summary>
/// <remarks>A view of the caller's memory, valid during the call; copy what has to live longer.</remarks>
public readonly ref struct EnvironmentAction
{
    /// <summary>An action in a <see cref="Box"/>.</summary>
    /// <param name="values">Its numbers, in row-major order.</param>
    public EnvironmentAction(ReadOnlySpan<float> values) => Values = values;

    /// <summary>An action in a <see cref="Discrete"/> or a <see cref="MultiDiscrete"/>.</summary>
    /// <param name="choices">One whole number per part.</param>
    public EnvironmentAction(ReadOnlySpan<int> choices) => Choices = choices;

    /// <summary>The numbers of an action in a <see cref="Box"/>, else empty.</summary>
    public ReadOnlySpan<float> Values { get; }

    /// <summary>The choices of an action in a <see cref="Discrete"/> or <see cref="MultiDiscrete"/>, else empty.</summary>
    public ReadOnlySpan<int> Choices { get; }

    /// <summary>The choice of an action in a <see cref="Discrete"/>: 0 … n-1.</summary>
    /// <exception cref="IndexOutOfRangeException">The action belongs to a <see cref="Box"/>.</exception>
    public int Choice => Choices[0];
}
