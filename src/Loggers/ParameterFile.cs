using System.Buffers;
using System.Text.Encodings.Web;

namespace Tuning.Loggers;

/// <summary>A trial's configuration in <c>params.json</c>: indented, names in order. Used by one thread at a time.</summary>
internal sealed class ParameterFile : IDisposable
{
    public const string FileName = "params.json";

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _writer;

    public ParameterFile() =>
        _writer = new(_buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    /// <summary>Writes the file where it is missing or holds another configuration. A reader sees the old or the new one, never a part.</summary>
    public void Write(ExperimentInfo experiment, TrialView trial)
    {
        var path = Path.Combine(experiment.TrialDirectory(trial.Id), FileName);
        _buffer.ResetWrittenCount();
        _writer.Reset(_buffer);
        trial.Config.WriteTo(_writer);
        _writer.Flush();
        _buffer.Write("\n"u8);
        using (var file = TrialFile.OpenExisting(path))
        {
            if (file is not null && file.Length == _buffer.WrittenCount && file.Slice(0, file.Length).AsSpan().SequenceEqual(_buffer.WrittenSpan))
            {
                return;
            }
        }

        OwnFiles.Replace(path, _buffer.WrittenSpan);
    }

    public void Dispose() => _writer.Dispose();
}
