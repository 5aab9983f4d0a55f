namespace Tuning;

/// <summary>What a <see cref="MetricValue"/> holds.</summary>
public enum MetricKind
{
    /// <summary>A number: <see cref="double"/>, or a whole number that a double holds exactly.</summary>
    Number,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>Text.</summary>
    Text,

    /// <summary>Numbers for a histogram. Travels to loggers only; it is never journaled.</summary>
    Array,
}

/// <summary>One reported value: a number, a flag, a text, or an array of numbers for loggers. Immutable.</summary>
public readonly struct MetricValue : IEquatable<MetricValue>
{
    private static readonly object _whole = new();
    private static readonly object _flag = new();

    // null: a floating point number; _whole: a whole number; _flag: a flag; string or float[]: itself.
    private readonly object? _content;
    private readonly double _number;

    private MetricValue(object? content, double number)
    {
        _content = content;
        _number = number;
    }

    /// <summary>What this value holds.</summary>
    public MetricKind Kind => _content switch
    {
        null => MetricKind.Number,
        string => MetricKind.Text,
        float[] => MetricKind.Array,
        _ => ReferenceEquals(_content, _flag) ? MetricKind.Flag : MetricKind.Number,
    };

    /// <summary>Whether this is a number that was given as a whole one; such numbers are written without a fraction.</summary>
    public bool IsWhole => ReferenceEquals(_content, _whole);

    /// <summary>The number, a flag as 0 or 1, else null.</summary>
    public double? Number => Kind is MetricKind.Number or MetricKind.Flag ? _number : null;

    /// <summary>The flag, else null.</summary>
    public bool? Flag => Kind == MetricKind.Flag ? _number != 0 : null;

    /// <summary>The text, else null.</summary>
    public string? Text => _content as string;

    /// <summary>The numbers of an array, else empty.</summary>
    public ReadOnlySpan<float> Array => _content as float[];

    /// <summary>A number.</summary>
    public static implicit operator MetricValue(double value) => new(null, value);

    /// <summary>A whole number.</summary>
    public static implicit operator MetricValue(long value) => new(_whole, value);

    /// <summary>A whole number.</summary>
    public static implicit operator MetricValue(int value) => new(_whole, value);

    /// <summary>A flag.</summary>
    public static implicit operator MetricValue(bool value) => new(_flag, value ? 1 : 0);

    /// <summary>A text.</summary>
    public static implicit operator MetricValue(string value) => new(value ?? throw new ArgumentNullException(nameof(value)), 0);

    /// <summary>Numbers for a histogram. The array must not be changed afterwards.</summary>
    public static implicit operator MetricValue(float[] values) => new(values ?? throw new ArgumentNullException(nameof(values)), 0);

    /// <summary>Same kind and same content; NaN equals NaN, arrays compare by element.</summary>
    public bool Equals(MetricValue other) =>
        Kind == other.Kind && IsWhole == other.IsWhole && _number.Equals(other._number) && Kind switch
        {
            MetricKind.Text => Text == other.Text,
            MetricKind.Array => Array.SequenceEqual(other.Array),
            _ => true,
        };

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is MetricValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, _number, Text);

    /// <summary>Same kind and same content.</summary>
    public static bool operator ==(MetricValue left, MetricValue right) => left.Equals(right);

    /// <summary>Another kind or another content.</summary>
    public static bool operator !=(MetricValue left, MetricValue right) => !left.Equals(right);

    /// <summary>The value as text, numbers in their shortest exact form.</summary>
    public override string ToString() => Kind switch
    {
        MetricKind.Text => Text!,
        MetricKind.Flag => Flag!.Value ? "true" : "false",
        MetricKind.Array => $"[{Array.Length} numbers]",
        _ => _number.ToString("R", CultureInfo.InvariantCulture),
    };
}
