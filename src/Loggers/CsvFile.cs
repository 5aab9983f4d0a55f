using System.Buffers;
using CsvHelper;

namespace Tuning.Loggers;

/// <summary>A <c>progress.csv</c> that is open: its columns, and the file.</summary>
internal sealed class CsvFile : IDisposable
{
    private const string TemporarySuffix = ".new";

    private readonly string _path;
    private TrialFile _file;
    private long _lastRow = -1;

    private CsvFile(string path, TrialFile file, CsvHeader header) => (_path, _file, Header) = (path, file, header);

    public CsvHeader Header { get; private set; }

    /// <summary>Opens a file, with the columns that it has or, where it is new or empty, these ones.</summary>
    public static CsvFile Open(string path, CsvHeader header, CsvRowWriter rows)
    {
        var file = TrialFile.OpenOrCreate(path);
        if (file.Length > 0 && ReadHeader(file) is { } existing)
        {
            return new(path, file, existing);
        }

        file.Truncate(0);
        file.Append(rows.Header(header));
        return new(path, file, header);
    }

    /// <summary>Opens a file that is there and has a header; null where there is none.</summary>
    public static CsvFile? OpenExisting(string path)
    {
        var file = TrialFile.OpenExisting(path);
        if (file is not null && ReadHeader(file) is { } header)
        {
            return new(path, file, header);
        }

        file?.Dispose();
        return null;
    }

    /// <summary>Cuts what a crash tore, and rows beyond <paramref name="limit"/>; says how many rows are left.</summary>
    public static int Recover(string path, int limit)
    {
        using var file = TrialFile.OpenExisting(path);
        if (file is null)
        {
            return 0;
        }

        OwnFiles.Delete(path + TemporarySuffix);
        var records = 0;
        var end = Records(file, maximum: limit + 1, (_, _) => records++);
        file.Truncate(end);
        return Math.Max(0, records - 1);
    }

    public void Append(ReadOnlySpan<byte> row)
    {
        _lastRow = _file.Length;
        _file.Append(row);
    }

    /// <summary>Says in the last row whether the trial has ended with it.</summary>
    public void Mark(bool isDone, CsvRowWriter rows)
    {
        if (_lastRow < 0)
        {
            Records(_file, int.MaxValue, (from, _) => _lastRow = from);
        }

        if (_lastRow > 0 && Header.Has(AutoFields.Done))
        {
            _file.ReplaceTail(_lastRow, rows.Done(Header, _file.Slice(_lastRow, _file.Length), isDone));
        }
    }

    /// <summary>
    /// Gives the file more columns: a new file with blank cells for the rows that exist takes the place of the old one. A crash
    /// leaves the one or the other, whole.
    /// </summary>
    public void Widen(CsvHeader header, CsvRowWriter rows)
    {
        var temporary = _path + TemporarySuffix;
        OwnFiles.Delete(temporary);
        var wider = TrialFile.OpenOrCreate(temporary);
        var blanks = Encoding.UTF8.GetBytes(new string(',', header.Columns.Length - Header.Columns.Length) + "\n");
        var gathered = new ArrayBufferWriter<byte>(64 * 1024);
        gathered.Write(rows.Header(header));
        var first = true;
        Records(_file, int.MaxValue, (from, to) =>
        {
            if (first)
            {
                first = false;
                return;
            }

            _file.Read(from, gathered.GetSpan((int)(to - 1 - from))[..(int)(to - 1 - from)]);
            gathered.Advance((int)(to - 1 - from));
            gathered.Write(blanks);
            if (gathered.WrittenCount >= 64 * 1024)
            {
                wider.Append(gathered.WrittenSpan);
                gathered.ResetWrittenCount();
            }
        });
        wider.Append(gathered.WrittenSpan);
        wider.Dispose();
        _file.Dispose();
        OwnFiles.Rename(temporary, _path);
        _file = TrialFile.OpenOrCreate(_path);
        _lastRow = -1;
        Header = header;
    }

    public void Dispose() => _file.Dispose();

    private static CsvHeader? ReadHeader(TrialFile file)
    {
        long end = 0;
        Records(file, 1, (_, to) => end = to);
        if (end == 0)
        {
            return null;
        }

        using var reader = CsvReader.Create(file.Slice(0, end), new CsvReaderOptions { Separator = ',' });
        reader.ReadHeader();
        return new([.. reader.Headers]);
    }

    // Calls `found` for each whole record, first to last, and returns where the last of them ends. A line feed inside quotes ends none.
    private static long Records(TrialFile file, int maximum, Action<long, long> found)
    {
        long start = 0, position = 0;
        var quoted = false;
        var count = 0;
        var chunk = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            for (int read; count < maximum && (read = file.Read(position, chunk)) > 0; position += read)
            {
                for (int at = 0, next; count < maximum && (next = chunk.AsSpan(at, read - at).IndexOfAny((byte)'\n', (byte)'"')) >= 0; at += next + 1)
                {
                    if (chunk[at + next] == '"')
                    {
                        quoted = !quoted;
                    }
                    else if (!quoted)
                    {
                        var end = position + at + next + 1;
                        found(start, end);
                        start = end;
                        count++;
                    }
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        return start;
    }
}
