using System.Text;
using Tuning.Control;
using Tuning.Randomness;
using Tuning.Running;

namespace Tuning.Tests.Running;

public sealed class EventJournalTests : IDisposable
{
    private static readonly JournalHeader _header =
        new() { Product = "1.2.3", Seed = ulong.MaxValue, SeedDrawn = true, Code = ["trainable \"train\""], Specification = """{"name":"ü"}""" };

    private readonly string _directory = Directory.CreateTempSubdirectory("journal").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string JournalFile => Path.Combine(_directory, JournalReader.FileName);

    [Fact]
    public void Open_gives_back_header_and_entries()
    {
        var written = Write(20);

        var (header, entries) = Reopen();

        Assert.Equal(_header with { Code = header!.Code }, header);
        Assert.Equal(_header.Code, header.Code);
        Assert.Equal(written, entries.Select(e => e.Event));
        Assert.Equal(Enumerable.Range(2, 20).Select(i => (long)i), entries.Select(e => e.Line));
    }

    [Fact]
    public void Header_gives_back_old_names_of_metrics()
    {
        EventJournal.Create(_directory, _header with { OldMetrics = new Dictionary<string, string> { ["old/\"mean\""] = "new/mean", ["info/"] = "" } })
            .Dispose();

        using var reader = new JournalReader(_directory);

        Assert.Equal([new("info/", ""), new("old/\"mean\"", "new/mean")], reader.Header.OldMetrics.OrderBy(m => m.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Close_leaves_the_lock_free_and_no_owner()
    {
        using (var journal = EventJournal.Create(_directory, _header))
        {
            Assert.Contains(Environment.MachineName, JournalLock.CurrentOwner(_directory), StringComparison.Ordinal);
            Assert.Contains($"process {Environment.ProcessId} on host", Assert.Throws<JournalException>(() => Reopen()).Message, StringComparison.Ordinal);
        }

        Assert.Null(JournalLock.CurrentOwner(_directory));
        Assert.False(File.Exists(Path.Combine(_directory, ".owner")));
        Reopen();
    }

    [Fact]
    public void Open_cuts_a_torn_last_line_wherever_it_tore()
    {
        var written = Write(5);
        var bytes = File.ReadAllBytes(JournalFile);
        var lastLine = bytes.AsSpan(0, bytes.Length - 1).LastIndexOf((byte)'\n') + 1;
        foreach (var length in new[] { lastLine + 1, lastLine + 10, bytes.Length - 1 })
        {
            File.WriteAllBytes(JournalFile, bytes[..length]);

            var (_, entries) = Reopen(journal => journal.Append(written[4], []));

            Assert.Equal(written[..4], entries.Select(e => e.Event));
            Assert.Equal(bytes, File.ReadAllBytes(JournalFile));
        }
    }

    [Fact]
    public void Open_names_a_damaged_line_and_offers_the_way_out()
    {
        Write(5);
        var lines = File.ReadAllLines(JournalFile);
        lines[3] = lines[3].Replace('1', '2');
        File.WriteAllText(JournalFile, string.Join('\n', lines) + "\n");

        var error = Assert.Throws<JournalException>(() => Reopen());

        Assert.Equal(4, error.Line);
        Assert.Contains("line 4", error.Message, StringComparison.Ordinal);
        Assert.Contains($"resume {Path.GetDirectoryName(JournalFile)} --up-to-line 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_up_to_a_line_moves_the_rest_aside()
    {
        var written = Write(5);
        var whole = File.ReadAllBytes(JournalFile);

        var (_, entries) = Reopen(upToLine: 3);

        Assert.Equal(written[..2], entries.Select(e => e.Event));
        Assert.Equal(3, File.ReadAllLines(JournalFile).Length);
        Assert.Equal(whole, File.ReadAllBytes(JournalFile + ".before-cut-1"));
        Assert.Equal(2, Reopen().Entries.Count);
    }

    [Fact]
    public void Open_of_a_newer_format_says_who_wrote_it()
    {
        Write(1);
        File.WriteAllText(JournalFile, File.ReadAllText(JournalFile).Replace("\"tuner_journal\":1", "\"tuner_journal\":99", StringComparison.Ordinal));

        var error = Assert.Throws<JournalException>(() => Reopen());

        Assert.Contains("format 99", error.Message, StringComparison.Ordinal);
        Assert.Contains("1.2.3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_of_a_directory_in_use_names_its_owner()
    {
        using var journal = EventJournal.Create(_directory, _header);

        var error = Assert.Throws<JournalException>(() => Reopen());

        Assert.Contains($"process {Environment.ProcessId} on host {Environment.MachineName}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_of_a_directory_without_a_journal_says_so() =>
        Assert.Contains("is not the directory of an experiment", Assert.Throws<JournalException>(() => Reopen()).Message, StringComparison.Ordinal);

    [Fact]
    public void What_was_appended_and_not_written_is_not_in_the_file()
    {
        using (var journal = EventJournal.Create(_directory, _header))
        {
            journal.Append(new ExperimentEvent.Started(DateTimeOffset.UnixEpoch), []);
        }

        Assert.Empty(Reopen().Entries);
    }

    [Fact]
    public void Journal_is_readable_json()
    {
        Write(10);
        foreach (var line in File.ReadAllLines(JournalFile, Encoding.UTF8))
        {
            using var document = System.Text.Json.JsonDocument.Parse(line);
            Assert.Equal(8, document.RootElement.GetProperty("x").GetString()!.Length);
        }
    }

    private List<ExperimentEvent> Write(int count)
    {
        var random = new RandomStream(1);
        List<ExperimentEvent> events = [];
        using var journal = EventJournal.Create(_directory, _header);
        for (var i = 0; i < count; i++)
        {
            ExperimentEvent happened = new ExperimentEvent.StopRequested(DateTimeOffset.UnixEpoch.AddTicks(i), $"reason {i}");
            if (i % 2 == 0)
            {
                happened = new ExperimentEvent.SegmentFailed(DateTimeOffset.UnixEpoch.AddTicks(i), new(i), "1\n2", true);
            }

            events.Add(happened);
            journal.Append(happened, []);
            journal.Write();
        }

        journal.FlushToDisk();
        Assert.False(journal.IsDirty);
        return events;
    }

    private (JournalHeader? Header, List<JournalEntry> Entries) Reopen(Action<EventJournal>? then = null, long? upToLine = null)
    {
        JournalHeader? header = null;
        List<JournalEntry> entries = [];
        using var journal = EventJournal.Open(_directory, h => header = h, entries.Add, upToLine);
        then?.Invoke(journal);
        journal.Write();
        return (header, entries);
    }
}
