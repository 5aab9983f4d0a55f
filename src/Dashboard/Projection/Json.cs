using System.Buffers;
using System.Text.Encodings.Web;

namespace Tuning.Dashboard.Projection;

/// <summary>JSON in UTF-8.</summary>
internal static class Json
{
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Of(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, _options))
        {
            write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
