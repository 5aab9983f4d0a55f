namespace Tuning.Environments;

/// <summary>
/// What an observation or an action may be: a <see cref="Box"/> of real numbers, a <see cref="Discrete"/> choice, or a
/// <see cref="MultiDiscrete"/> row of choices. Immutable, compared by content.
/// </summary>
/// <remarks>Everywhere a value of a space is a row of <see cref="Size"/> floats; choices are whole numbers in it.</remarks>
public abstract class Space
{
    private protected Space()
    {
    }

    /// <summary>How many numbers a value has: the product of a box's shape, 1 for a choice, one per part for several.</summary>
    public abstract int Size { get; }

    /// <summary>How many numbers a network sees of it: as <see cref="Size"/> for a box; choices count one number per alternative (one-hot).</summary>
    public abstract int EncodedSize { get; }

    /// <summary>Whether values are choices, so that an action travels as <see cref="EnvironmentAction.Choices"/>.</summary>
    public abstract bool IsDiscrete { get; }

    /// <summary>Whether a value belongs to the space: right length, within bounds (inclusive), whole where it is a choice. NaN never does.</summary>
    public abstract bool Contains(ReadOnlySpan<float> value);

    /// <summary>Draws a value.</summary>
    /// <param name="random">Where to draw from.</param>
    /// <param name="value">Receives the value; <see cref="Size"/> numbers.</param>
    public abstract void Sample(RandomStream random, Span<float> value);

    /// <summary>The space as configuration, to be read by <see cref="Parse"/>. Written into checkpoints.</summary>
    public abstract ParameterSet ToParameters();

    /// <summary>Reads what <see cref="ToParameters"/> gave.</summary>
    /// <exception cref="ArgumentException">The kind is none of box, discrete, multi_discrete.</exception>
    public static Space Parse(ParameterSet parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return parameters.Get<string>("kind") switch
        {
            "box" => new Box(parameters.Get<float[]>("low"), parameters.Get<float[]>("high"), parameters.Get<int[]>("shape")),
            "discrete" => new Discrete(parameters.Get<int>("n")),
            "multi_discrete" => new MultiDiscrete(parameters.Get<int[]>("n")),
            var kind => throw new ArgumentException($"There is no space of kind '{kind}'; there are: box, discrete, multi_discrete.", nameof(parameters)),
        };
    }

    private protected static bool IsChoice(float value, int count) => value >= 0 && value < count && value == MathF.Floor(value);
}
