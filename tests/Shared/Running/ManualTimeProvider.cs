using Microsoft.Extensions.Time.Testing;

namespace Tuning.Testing;

/// <summary>A clock that stands still at the beginning of 2026 until a test moves it; timers fire on the thread that moves it.</summary>
public sealed class ManualTimeProvider() : FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
