namespace Tuning.Environments;

/// <summary>Observations in messages.</summary>
internal static class ObservationText
{
    private const int MostNumbers = 8;

    /// <summary>The first numbers of an observation.</summary>
    public static string Of(ReadOnlySpan<float> values) =>
        string.Join(", ", values[..Math.Min(MostNumbers, values.Length)].ToArray().Select(v => v.ToString(CultureInfo.InvariantCulture)))
        + (values.Length > MostNumbers ? ", …" : "");
}
