using Microsoft.Extensions.Configuration;

namespace Tuning.Logging;

/// <summary>A program's <c>appsettings.json</c>.</summary>
internal static class SettingsFile
{
    private const long Longest = 1 << 24;

    /// <summary>What it says; null where there is none. It may be a link, as mounted configurations are.</summary>
    /// <exception cref="SpecificationException">It is no regular file, or no JSON of settings.</exception>
    public static IConfigurationRoot? TryRead(string file)
    {
        if (!Path.Exists(file))
        {
            return null;
        }

        try
        {
            return new ConfigurationBuilder().AddJsonStream(new MemoryStream(OwnFiles.ReadBytes(OwnFiles.Resolve(file), Longest))).Build();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or InvalidDataException or JsonException)
        {
            throw new SpecificationException($"{file} cannot be read: {e.Message}", e);
        }
    }
}
