using CsvHelper;

namespace Tuning.Loggers;

/// <summary>
/// The experiment's <c>decisions.csv</c>: one row per decision, in the order of the record. Made with the first decision; made
/// anew from the record on resume. Used by one thread at a time.
/// </summary>
internal sealed class DecisionFile(string path) : IDisposable
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "decisions.csv";

    private static readonly string[] _columns = ["time", "decision", "trial", "report", "source", "reason"];

    private readonly MemoryStream _buffer = new(1024);
    private TrialFile? _file;
    private CsvWriter? _writer;

    /// <summary>Appends a decision. It is with the operating system when this returns.</summary>
    public void Append(Decision decision)
    {
        Begin();
        Write(decision);
        Flush();
    }

    /// <summary>Replaces what is there by all decisions of the record. A crash on the way leaves the old file.</summary>
    public void Rewrite(IEnumerable<Decision> decisions)
    {
        Close();
        var anew = path + ".new";
        OwnFiles.Delete(anew);
        using (var file = TrialFile.OpenOrCreate(anew))
        {
            _file = file;
            Begin();
            foreach (var decision in decisions)
            {
                Write(decision);
                if (_buffer.Length > 1 << 16)
                {
                    Flush();
                }
            }

            Flush();
            _file = null;
        }

        OwnFiles.Rename(anew, path);
    }

    /// <summary>Closes the file; the next decision opens it again.</summary>
    public void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        _writer?.Dispose();
        _buffer.Dispose();
    }

    private void Begin()
    {
        _file ??= TrialFile.OpenOrCreate(path);
        _writer ??= CsvWriter.Create(_buffer, new CsvWriterOptions { NewLine = "\n", ValidateFieldCount = false }, leaveOpen: true);
        if (_file.Length == 0)
        {
            _writer.WriteRecord(_columns!);
            Flush();
        }
    }

    private void Write(Decision decision) => _writer!.WriteRecord(
        [
            decision.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            decision.Name,
            decision.Trial?.ToString() ?? "",
            decision.Report > 0 ? decision.Report.ToString(CultureInfo.InvariantCulture) : "",
            decision.Source?.ToString() ?? "",
            decision.Reason,
        ]);

    private void Flush()
    {
        _writer!.Flush();
        _file!.Append(_buffer.GetBuffer().AsSpan(0, (int)_buffer.Length));
        _buffer.SetLength(0);
    }
}
