namespace Tuning.Running;

/// <summary>
/// Reads a journal line by line, also while another process writes it. A last line that was not written to its end is not
/// read; <see cref="Position"/> is where it begins.
/// </summary>
/// <remarks>Used by one thread. Memory does not grow with the journal.</remarks>
internal sealed class JournalReader : IDisposable
{
    /// <summary>The name of the journal in an experiment's directory.</summary>
    public const string FileName = "journal.jsonl";

    // The bytes of the longest line: the first one of an experiment with all trials of its warm start.
    private const int LongestLine = 1 << 26;

    private readonly FileStream _file;
    private readonly JournalDecoder _decoder;
    private byte[] _bytes = new byte[256 * 1024];
    private int _start, _end;

    /// <summary>Opens the journal of an experiment's directory and reads its first line.</summary>
    /// <exception cref="JournalException">There is none, or its first line cannot be read.</exception>
    public JournalReader(string directory)
    {
        Path = System.IO.Path.Combine(directory, FileName);
        if (OwnFiles.IsLink(Path))
        {
            throw new JournalException($"{Path} is a link; an experiment's journal is a file of its own directory. Name the directory in which the file is.");
        }

        Names = new MetricNames();
        _decoder = new JournalDecoder(Names);
        try
        {
            _file = OwnFiles.OpenRead(Path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new JournalException($"{directory} is not the directory of an experiment: it has no {FileName}.", e);
        }

        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"The journal cannot be read: {e.Message}", e);
        }

        try
        {
            if (!NextLine(out var line))
            {
                throw new JournalException($"{Path} ends within its first line: the experiment had not begun. Delete {directory} and run it again.")
                {
                    Line =
                    1
                };
            }

            Header = JournalHeader.Read(line, Path);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>The journal's path.</summary>
    public string Path { get; }

    /// <summary>The first line.</summary>
    public JournalHeader Header { get; }

    /// <summary>The names of metrics read so far.</summary>
    public MetricNames Names { get; }

    /// <summary>How many bytes have been read as whole lines.</summary>
    public long Position { get; private set; }

    /// <summary>How many lines have been read, the first included.</summary>
    public long Lines { get; private set; }

    /// <summary>The next entry; null at the end, or where the last line is torn.</summary>
    /// <exception cref="JournalException">The line is damaged; the message has its number and the way out.</exception>
    public JournalEntry? Read()
    {
        return NextLine(out var line) ? Decode(line) : null;
    }

    /// <summary>The next entry of a resume; those between are not looked into. Null at the end. Read nothing else with this reader.</summary>
    /// <exception cref="JournalException">The line is damaged.</exception>
    public JournalEntry? ReadResume()
    {
        while (NextLine(out var line))
        {
            if (line.StartsWith("{\"e\":\"resumed\""u8))
            {
                return Decode(line);
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>The command that goes on from this line.</summary>
    public string ResumeUpTo(long line) => Invariant($"resume {ShellWord.Of(System.IO.Path.GetDirectoryName(Path)!)} --up-to-line {line}");

    private string ResumeBefore(long line) => $"{ResumeUpTo(line - 1)} (the rest is kept in a file beside the journal).";

    private JournalEntry Decode(ReadOnlySpan<byte> line)
    {
        try
        {
            return _decoder.Read(Lines, line);
        }
        catch (FormatException e)
        {
            throw new JournalException($"{Path}, line {Lines} is damaged: {e.Message}. To go on from the lines before it: {ResumeBefore(Lines)}", e)
            { Line = Lines };
        }
    }

    /// <summary>Hands the next entry on; false at the end.</summary>
    /// <param name="apply">Told the entry.</param>
    /// <exception cref="JournalException">The line is damaged, or does not fit to those before.</exception>
    public bool Read(Action<JournalEntry> apply)
    {
        if (Read() is not { } entry)
        {
            return false;
        }

        try
        {
            apply(entry);
            return true;
        }
        catch (Exception e) when (e is not (JournalException or OperationCanceledException or OutOfMemoryException))
        {
            // Whatever it is: the line says what cannot have happened, as one that was doubled, dropped or exchanged does.
            throw new JournalException(
                $"{Path}, line {entry.Line} does not fit to the lines before: {e.Message} To go on from those: {ResumeBefore(entry.Line)}", e)
            { Line = entry.Line };
        }
    }

    /// <summary>What has become of the experiment, from its record alone.</summary>
    /// <param name="plan">What its specification says.</param>
    /// <param name="keepsCurves">Whether the values of the first objective are kept.</param>
    /// <param name="before">Told each entry with the state before it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JournalException">A line is damaged, or does not fit to those before.</exception>
    public ExperimentState ReadState(ExperimentPlan plan, bool keepsCurves = false, Action<JournalEntry, ExperimentState>? before = null,
        CancellationToken cancellationToken = default)
    {
        var state = new ExperimentState(plan, keepsCurves);
        ReadOn(state, before, cancellationToken);
        return state;
    }

    /// <summary>Goes on from where the last call ended: what was written since is applied to the state.</summary>
    /// <param name="state">The state after all lines read so far.</param>
    /// <param name="before">Told each entry with the state before it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JournalException">A line is damaged, or does not fit to those before.</exception>
    public void ReadOn(ExperimentState state, Action<JournalEntry, ExperimentState>? before = null, CancellationToken cancellationToken = default)
    {
        while (Read(Apply))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        void Apply(JournalEntry entry)
        {
            before?.Invoke(entry, state);
            state.Apply(entry.Event, entry.Commands);
        }
    }

    // A line without its line feed; false at the end of the file, also within a line.
    private bool NextLine(out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        while (true)
        {
            var at = _bytes.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                var length = searched + at;
                line = _bytes.AsSpan(_start, length);
                _start += length + 1;
                Position += length + 1;
                Lines++;
                return true;
            }

            searched = _end - _start;
            if (!Fill())
            {
                line = default;
                return false;
            }
        }
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == LongestLine || (Lines == 0 && _end > 0 && _bytes[0] != '{'))
        {
            var why = _end == LongestLine ? string.Create(CultureInfo.InvariantCulture, $"it has more than {LongestLine:#,0} bytes") : "it begins otherwise";
            throw new JournalException($"{Path}, line {Lines + 1} is no line of a journal: {why}.")
            { Line = Lines + 1 };
        }

        if (_end == _bytes.Length)
        {
            Array.Resize(ref _bytes, _bytes.Length * 2);
        }

        var read = _file.Read(_bytes.AsSpan(_end));
        _end += read;
        return read > 0;
    }
}
