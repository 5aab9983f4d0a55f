using System.Text;
using System.Text.Json.Nodes;
using Tuning.Running;
using Tuning.Search;

namespace Tuning.Tests.Running;

/// <summary>A first line whose checksum fits and whose content does not: one sentence that names the field, never another kind of exception.</summary>
public sealed class JournalHeaderTests
{
    private static readonly JournalHeader _header = new()
    {
        Product = "test",
        Seed = 7,
        Code = ["callback Mine"],
        OldMetrics = new Dictionary<string, string> { ["old"] = "new" },
        WarmStartUsage = ["3 of 4 trials"],
        Specification = "{}",
    };

    public static TheoryData<string> Required => ["tuner_journal", "product", "seed", "seed_drawn", "code", "specification"];

    public static TheoryData<string> All =>
        ["tuner_journal", "product", "seed", "seed_drawn", "code", "specification", "rules", "old_metrics", "warm_start_usage"];

    public static TheoryData<string> WarmStartFields => ["trial", "config", "failed", "pruned", "values", "reports", "iteration"];

    [Fact]
    public void Line_that_was_written_reads_back()
    {
        var read = JournalHeader.Read(Line(Written()), "journal.jsonl");

        Assert.Equal((_header.Product, _header.Seed, _header.Rules, _header.Specification), (read.Product, read.Seed, read.Rules, read.Specification));
        Assert.Equal(_header.Code, read.Code);
        Assert.Equal(_header.OldMetrics, read.OldMetrics);
        Assert.Equal(_header.WarmStartUsage, read.WarmStartUsage);
    }

    [Theory]
    [MemberData(nameof(Required))]
    public void Field_that_is_missing_is_named(string field)
    {
        var root = Written();
        root.Remove(field);

        AssertRefused(root, $"it has no '{field}'");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Field_of_another_kind_is_named(string field)
    {
        foreach (var wrong in new[] { "null", "1.5", "-1e300", "[1]", "[null]", "{\"a\":1}", "\"text\"", "true" })
        {
            var value = JsonNode.Parse(wrong);
            var isRight = (field, value) switch
            {
                ("product", JsonValue) => wrong == "\"text\"",
                ("seed_drawn", JsonValue) => wrong == "true",
                ("specification", JsonObject) => true,
                _ => false,
            };
            if (!isRight)
            {
                var root = Written();
                root[field] = value;
                AssertRefused(root, $"'{field}'");
            }
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("null")]
    public void Line_that_is_no_map_is_refused(string line) =>
        Assert.Equal(1, Assert.Throws<JournalException>(() => JournalHeader.Read(Encoding.UTF8.GetBytes(line), "journal.jsonl")).Line);

    [Theory]
    [MemberData(nameof(WarmStartFields))]
    public void Warm_start_with_a_field_of_another_kind_names_it(string field)
    {
        var written = WarmStartRecord.Write([new(new(3), -1, ParameterSet.Empty.With("x", 0.5), TrialStatus.Terminated, 0.25, 4)]);
        Assert.Equal(written, WarmStartRecord.Write(WarmStartRecord.Read(written)));
        foreach (var wrong in new[] { "null", "1.5", "{\"a\":[]}", "\"text\"", "[]" })
        {
            var list = JsonNode.Parse(written)!.AsArray();
            list[0]![field] = JsonNode.Parse(wrong);
            if (field != "config" || wrong[0] != '{')
            {
                Assert.Contains(field, Assert.Throws<System.Text.Json.JsonException>(() => WarmStartRecord.Read(list.ToJsonString())).Message,
                    StringComparison.Ordinal);
            }
        }
    }

    private static void AssertRefused(JsonObject root, string named)
    {
        var error = Assert.Throws<JournalException>(() => JournalHeader.Read(Line(root), "journal.jsonl"));
        Assert.Equal(1, error.Line);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    private static JsonObject Written()
    {
        var buffer = new JournalBuffer();
        _header.Write(buffer);
        var root = JsonNode.Parse(Encoding.UTF8.GetString(buffer.Written))!.AsObject();
        root.Remove("x");
        return root;
    }

    // The line with a checksum that fits, without its line feed.
    private static byte[] Line(JsonObject root)
    {
        var buffer = new JournalBuffer();
        buffer.Raw(Encoding.UTF8.GetBytes(root.ToJsonString()));
        buffer.Advance(-1);
        JournalChecksum.EndLine(buffer, 0);
        return buffer.Written[..^1].ToArray();
    }
}
