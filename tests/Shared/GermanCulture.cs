using System.Globalization;

namespace Tuning.Testing;

/// <summary>
/// Until it is disposed of, numbers and dates of this thread and what it awaits look as in Germany; made by hand, since machines need not know countries.
/// </summary>
public sealed class GermanCulture : IDisposable
{
    private readonly CultureInfo _before = CultureInfo.CurrentCulture;

    public GermanCulture()
    {
        var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (german.NumberFormat.NumberDecimalSeparator, german.NumberFormat.NumberGroupSeparator) = (",", ".");
        (german.NumberFormat.PercentDecimalSeparator, german.NumberFormat.PercentGroupSeparator) = (",", ".");
        (german.NumberFormat.NegativeSign, german.NumberFormat.PositiveInfinitySymbol, german.NumberFormat.NaNSymbol) = ("−", "∞", "keine Zahl");
        german.DateTimeFormat.ShortDatePattern = "dd.MM.yyyy";
        CultureInfo.CurrentCulture = german;
    }

    public void Dispose() => CultureInfo.CurrentCulture = _before;
}
