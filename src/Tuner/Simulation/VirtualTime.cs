namespace Tuning.Simulation;

/// <summary>Virtual time: ticks of 100 ns from a fixed beginning, so that sums are exact.</summary>
internal static class VirtualTime
{
    /// <summary>When every simulated experiment begins.</summary>
    public static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>More than anything lasts: a thousand years and a little less.</summary>
    public const double LongestSeconds = 3.1e10;

    /// <summary>The time stamp of a moment.</summary>
    public static DateTimeOffset At(long ticks) => Epoch.AddTicks(ticks);

    /// <summary>Seconds as ticks, rounded to the nearest.</summary>
    /// <exception cref="InvalidOperationException">They are negative, no number, or more than <see cref="LongestSeconds"/>.</exception>
    public static long Ticks(double seconds) => seconds is >= 0 and <= LongestSeconds
        ? (long)Math.Round(seconds * TimeSpan.TicksPerSecond)
        : throw new InvalidOperationException(
            Invariant($"A step of a learning curve takes {seconds} seconds; it must take at least 0 and less than a thousand years."));
}

/// <summary>A clock that stands at a moment of virtual time until it is put to another.</summary>
internal sealed class VirtualClock : TimeProvider
{
    /// <summary>The moment, in ticks from the beginning.</summary>
    public long Ticks { get; set; }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => VirtualTime.At(Ticks);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => Ticks;
}
