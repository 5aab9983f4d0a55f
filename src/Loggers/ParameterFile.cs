using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tuning.Trials;

namespace Tuning.Loggers;

/// <summary>A trial's configuration in <c>params.json</c>: indented, names in order. Used by one thread at a time.</summary>
internal sealed class ParameterFile : IDisposable
{
    public const string FileName = "params.json";

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _writer;

    public ParameterFile() => _writer = new(_buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    /// <summary>Writes the file where it is missing or holds another configuration. A reader sees the old or the new one, never a part.</summary>
    public void Write(ExperimentInfo experiment, TrialView trial)
    {
        var directory = experiment.TrialDirectory(trial.Id);
        var path = Path.Combine(directory, FileName);
        _buffer.ResetWrittenCount();
        _writer.Reset(_buffer);
        trial.Config.WriteTo(_writer);
        _writer.Flush();
        _buffer.Write("\n"u8);
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(_buffer.WrittenSpan))
        {
            return;
        }

        Directory.CreateDirectory(directory);
        var temporary = path + ".new";
        using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, _buffer.WrittenSpan, 0);
        }

        File.Move(temporary, path, overwrite: true);
    }

    public void Dispose() => _writer.Dispose();
}
