using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Tuning.Programs;
using Tuning.Values;

namespace Tuning.Tests;

/// <summary>What programs write: lines of any length and content, JSON of any encoder, patterns.</summary>
public sealed class ReportTextTests
{
    [Fact]
    public void Numbers_of_every_encoder_are_read()
    {
        var metrics = Read(
            """{"a": 1, "b": NaN, "c": -Infinity, "d": Infinity, "e": {"f": 2.5e-3, "g": {"h": true}}, "s": "NaN Infinity \" NaN", "n": null}""");

        Assert.Equal(1, metrics.Number("a"));
        Assert.True(double.IsNaN(metrics.Number("b")!.Value));
        Assert.Equal(double.NegativeInfinity, metrics.Number("c"));
        Assert.Equal(double.PositiveInfinity, metrics.Number("d"));
        Assert.Equal(0.0025, metrics.Number("e/f"));
        Assert.True(metrics["e/g/h"].Flag);
        Assert.Equal("NaN Infinity \" NaN", metrics["s"].Text);
        Assert.False(metrics.TryGet("n", out _));
    }

    [Theory]
    [InlineData("""{"a\nb": 1}""")]
    [InlineData("""{"": 1}""")]
    public void Names_that_cannot_be_names_are_refused(string line) => Assert.Throws<FormatException>(() => Read(line));

    [Theory]
    [InlineData("""{"a\ud800": 1}""")]
    [InlineData("""{"a": ["\udc00"]}""")]
    public void Half_a_character_is_no_text(string line) => Assert.Null(ReportText.Parse(Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void Metrics_by_the_thousand_are_refused()
    {
        var many = "{" + string.Join(",", Enumerable.Range(0, 3000).Select(i => $"\"m{i}\":{i}")) + "}";
        Assert.Contains("2000", Assert.Throws<FormatException>(() => Read(many)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_of_any_kind_are_a_report_or_none()
    {
        var random = new Random(7);
        var pieces = new[] { "\"\\ud800\"", "{", "}", "\"", "\\", "NaN", "Infinity", "-",
            "1e999", ":", ",", "[", "]", "null", "\u0001", "é", "{\"a\":", "\uFFFD" };
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = Enumerable.Range(0, random.Next(12)).SelectMany(_ => random.Next(4) == 0 ? [(byte)random.Next(256)]
                : Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)])).ToArray();
            using var document = ReportText.Parse(bytes);
            if (document is not null)
            {
                try
                {
                    _ = ReportText.Metrics(document.RootElement, out _);
                }
                catch (FormatException)
                {
                }
            }
        }
    }

    [Fact]
    public async Task Lines_are_the_same_however_they_arrive()
    {
        var random = new Random(3);
        for (var round = 0; round < 300; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ =>
                random.Next(5) == 0 ? "\n" : random.Next(9) == 0 ? "\r\n" : "ab"[random.Next(2)].ToString()));
            var bytes = Encoding.UTF8.GetBytes(text);
            var at = 0;
            var lines = new BoundedLines(buffer =>
            {
                var count = Math.Min(random.Next(1, 8), bytes.Length - at);
                bytes.AsSpan(at, count).CopyTo(buffer.Span);
                at += count;
                return ValueTask.FromResult(count);
            }, longest: 5);
            var read = new List<string>();
            while (await lines.NextAsync() is { } line)
            {
                read.Add(Encoding.UTF8.GetString(line.Span) + (lines.WasCut ? "…" : ""));
            }

            var expected = text.Split('\n').Select((l, i) => (Line: l, Last: i == text.Count(c => c == '\n')))
                .Where(l => !l.Last || l.Line.Length > 0)
                .Select(l => l.Line.Length > 5 ? Whole(l.Line[..5], l.Last) + "…" : Whole(l.Line, l.Last));
            Assert.Equal(expected, read);
        }

        static string Whole(string line, bool last) => !last && line.EndsWith('\r') ? line[..^1] : line;
    }

    [Fact]
    public async Task Values_by_patterns_become_reports_when_they_are_whole()
    {
        var reports = await ReportsAsync(
            ProgramMetrics.Matching(new Dictionary<string, string> { ["loss"] = "val_loss=${number}", ["acc"] = "acc: (\\S+)" }),
            "epoch 1 val_loss=0.5", "noise", "acc: 0.25", "val_loss=nan acc: -1e-3", "val_loss=+inf", "val_loss=2", "acc: many", "acc: 3");

        Assert.Equal(["loss: 0.5, acc: 0.25", "acc: -0.001, loss: nan", "loss: inf", "loss: 2, acc: 3"],
            reports.Select(r => string.Join(", ", r.Metrics.Select(m => $"{m.Key}: {Placeholders.Text(m.Value.Number)}"))));
    }

    [Fact]
    public async Task Output_that_is_no_report_is_told_once()
    {
        var notices = new List<string>();
        var reports = await ReportsAsync(
            ProgramMetrics.StandardOutput, notices, "hello", "{\"a\": [1]}", "{\"a\": [2], \"b\": 1}", "{no", "{nor", "{\"b\": 2}");

        Assert.Equal(["b: 1", "b: 2"], reports.Select(r => r.Metrics.ToString()));
        Assert.Equal(2, notices.Count);
    }

    private static Metrics Read(string line)
    {
        using var document = ReportText.Parse(Encoding.UTF8.GetBytes(line));
        return ReportText.Metrics(Assert.IsType<JsonDocument>(document).RootElement, out _);
    }

    private static Task<List<ProgramReport>> ReportsAsync(ProgramMetrics metrics, params string[] lines) => ReportsAsync(metrics, [], lines);

    private static async Task<List<ProgramReport>> ReportsAsync(ProgramMetrics metrics, List<string> notices, params string[] lines)
    {
        var channel = Channel.CreateUnbounded<ProgramReport>();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        await new ReportLines(metrics, channel.Writer, notices.Add).ReadAsync(new(b => stream.ReadAsync(b), ReportLines.LongestLine));
        channel.Writer.Complete();
        return await channel.Reader.ReadAllAsync().ToListAsync();
    }
}
