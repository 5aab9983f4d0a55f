namespace Tuning.CommandLine;

/// <summary>Durations as people write them: <c>30s</c>, <c>1.5m</c>, <c>2h</c>, <c>45</c> (seconds), <c>1:30</c> (minutes and seconds).</summary>
internal static class DurationText
{
    private static readonly (string Unit, double Seconds)[] _units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        text = text.Trim();
        var unit = _units.FirstOrDefault(u => text.EndsWith(u.Unit, StringComparison.Ordinal));
        var seconds = 0.0;
        foreach (var part in (unit.Unit is null ? text : text[..^unit.Unit.Length]).Split(':'))
        {
            if (!double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            {
                duration = default;
                return false;
            }

            seconds = (seconds * 60) + value;
        }

        seconds *= unit.Unit is null ? 1 : unit.Seconds;
        var fits = seconds < 1e9 && text.Count(c => c == ':') <= 2 && (unit.Unit is null || !text.Contains(':', StringComparison.Ordinal));
        duration = fits ? TimeSpan.FromSeconds(seconds) : default;
        return fits;
    }
}
