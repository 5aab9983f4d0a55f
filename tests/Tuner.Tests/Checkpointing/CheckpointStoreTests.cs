using Tuning.Checkpointing;

namespace Tuning.Tests.Checkpointing;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("tuner-store-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Saved(string name = "checkpoint_000000") => CheckpointStore.Write(Path.Combine(_root, name), d =>
    {
        d.WriteJson("state.json", new { epoch = 3 });
        d.WriteJson("branch/leaf/state.json", new { weight = 1.5 });
        File.WriteAllText(d.File("branch/notes.txt"), "four");
    }).Path;

    [Fact]
    public void Open_verifies_and_returns_what_Write_wrote()
    {
        var opened = CheckpointStore.Open(Saved());

        Assert.Equal("four", File.ReadAllText(opened.File("branch/notes.txt")));
        Assert.All(["manifest.json", "branch/manifest.json", "branch/leaf/manifest.json"], f => Assert.True(opened.Contains(f)));
    }

    [Fact]
    public void A_branch_is_a_checkpoint_of_its_own_and_can_be_moved()
    {
        var saved = Saved();
        var copy = Path.Combine(_root, "copy");
        Directory.Move(Path.Combine(saved, "branch"), copy);

        Assert.True(CheckpointStore.Open(copy).Contains("leaf/state.json"));
        var e = Assert.Throws<CheckpointException>(() => CheckpointStore.Open(saved));
        Assert.Contains("lacks the directory 'branch'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Replacing_a_branch_by_hand_leaves_the_whole_valid()
    {
        var saved = Saved();
        Directory.Delete(Path.Combine(saved, "branch/leaf"), recursive: true);
        CheckpointStore.Write(Path.Combine(saved, "branch/leaf"), d => d.WriteJson("state.json", new { weight = 9.5 }));

        Assert.True(CheckpointStore.Open(saved).Contains("branch/leaf/state.json"));
    }

    [Fact]
    public void A_flipped_byte_is_named_with_both_digests()
    {
        var file = Path.Combine(Saved(), "branch", "notes.txt");
        var bytes = File.ReadAllBytes(file);
        bytes[0] ^= 1;
        File.WriteAllBytes(file, bytes);

        var e = Assert.Throws<CheckpointException>(() => CheckpointStore.Open(Path.GetDirectoryName(Path.GetDirectoryName(file))!));
        Assert.Contains(file, e.Message, StringComparison.Ordinal);
        Assert.Matches("SHA-256 is [0-9a-f]{64}; its manifest says [0-9a-f]{64}", e.Message);
    }

    [Theory]
    [InlineData("state.json", null, "lacks the file 'state.json'")]
    [InlineData("state.json", "{}", "its manifest says")]
    [InlineData("extra.bin", "x", "a file 'extra.bin' that its manifest does not name")]
    [InlineData("manifest.json", null, "has no manifest.json")]
    [InlineData("manifest.json", "[", "is damaged")]
    [InlineData("manifest.json", "{\"a\": 1}", "is no manifest of a checkpoint")]
    [InlineData("manifest.json", "{\"format\": \"tuner-checkpoint\", \"format_version\": 1, \"files\": null}", "is damaged")]
    [InlineData("manifest.json", "{\"format\": \"tuner-checkpoint\", \"format_version\": 1, \"files\": {\"a\": null}}", "is null")]
    [InlineData("manifest.json", "{\"format\": \"tuner-checkpoint\", \"format_version\": 1, \"directories\": [null]}", "is null")]
    [InlineData("manifest.json", "{\"format\": \"tuner-checkpoint\", \"format_version\": 1, \"files\": {\"a\": {\"length\": 1}}}", "is damaged")]
    [InlineData("manifest.json", "{\"format\": \"tuner-checkpoint\", \"format_version\": 1, \"files\": {\"a\": {\"length\": 1, \"sha256\": null}}}",
        "is damaged")]
    [InlineData("manifest.json", "{\"format\": \"tuner-checkpoint\", \"format_version\": 1, \"files\": {}, \"files\": {}}", "is damaged")]
    [InlineData("manifest.json", "{\"format\": \"tuner-checkpoint\", \"format_version\": 1, \"product_version\": \"\\ud800\"}", "is damaged")]
    [InlineData("manifest.json", "{\"format\": 7, \"format_version\": 1}", "is damaged")]
    [InlineData("manifest.json", "{\"format\": \"tuner-checkpoint\", \"format_version\": 1e99}", "is damaged")]
    [InlineData("manifest.json", "null", "is damaged")]
    [InlineData("manifest.json", "{\"format\": \"tuner-checkpoint\", \"format_version\": 1, \"files\": {\"../x\": {\"length\": 1, \"sha256\": \"\"}}}",
        "'../x' is no name of a file")]
    public void Every_kind_of_damage_has_its_message(string name, string? content, string message)
    {
        var saved = Saved();
        var file = Path.Combine(saved, name);
        if (content is null)
        {
            File.Delete(file);
        }
        else
        {
            File.WriteAllText(file, content);
        }

        Assert.Contains(message, Assert.Throws<CheckpointException>(() => CheckpointStore.Open(saved)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_newer_format_says_which_version_reads_it()
    {
        var saved = Saved();
        File.WriteAllText(Path.Combine(saved, "manifest.json"),
            "{\"format\": \"tuner-checkpoint\", \"format_version\": 7, \"product_version\": \"3.2.0\", \"signature\": 1}");

        var e = Assert.Throws<CheckpointException>(() => CheckpointStore.Open(saved));
        Assert.Contains("format version 7", e.Message, StringComparison.Ordinal);
        Assert.Contains("Tuner 3.2.0 or later", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_path_names_what_exists_nearby()
    {
        Saved("checkpoint_000004");

        var e = Assert.Throws<DirectoryNotFoundException>(() => CheckpointStore.Open(Path.Combine(_root, "checkpoint_000005", "learner")));
        Assert.Contains("checkpoint_000005", e.Message, StringComparison.Ordinal);
        Assert.Contains("checkpoint_000004/", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_that_fails_leaves_the_older_checkpoint_and_nothing_else()
    {
        var saved = Saved();

        Assert.Throws<InvalidDataException>(() => CheckpointStore.Write(saved, d =>
        {
            d.WriteJson("state.json", new { epoch = 4 });
            throw new InvalidDataException();
        }));
        Assert.Equal([saved], Directory.EnumerateFileSystemEntries(_root));
        CheckpointStore.Open(saved);
    }

    [Fact]
    public void Write_replaces_an_older_checkpoint_and_an_abandoned_temporary_directory()
    {
        var saved = Saved();
        Directory.CreateDirectory(Path.Combine(_root, ".checkpoint_000000.tmp", "left"));

        CheckpointStore.Write(saved, d => d.WriteJson("new.json", 1), durable: false);

        Assert.Equal(["manifest.json", "new.json"], Directory.EnumerateFileSystemEntries(saved).Select(Path.GetFileName).Order());
        Assert.Equal([saved], Directory.EnumerateFileSystemEntries(_root));
    }

    [Fact]
    public void Write_never_deletes_a_directory_that_is_no_checkpoint()
    {
        File.WriteAllText(Path.Combine(_root, "thesis.tex"), "years");

        Assert.Contains("is no checkpoint", Assert.Throws<CheckpointException>(() => CheckpointStore.Write(_root, _ => { })).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_root, "thesis.tex")));
    }

    [Fact]
    public void Hidden_files_are_not_the_checkpoints_business()
    {
        var saved = Saved();
        File.WriteAllText(Path.Combine(saved, ".DS_Store"), "");

        CheckpointStore.Open(saved);
    }

    [Fact]
    public void A_link_is_refused()
    {
        var saved = Saved();
        var file = Path.Combine(saved, "state.json");
        File.Move(file, Path.Combine(_root, "elsewhere.json"));
        File.CreateSymbolicLink(file, Path.Combine(_root, "elsewhere.json"));

        Assert.Contains("is a link", Assert.Throws<CheckpointException>(() => CheckpointStore.Open(saved)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_name_of_the_manifest_is_reserved() =>
        Assert.Contains("reserved", Assert.Throws<CheckpointException>(() =>
            CheckpointStore.Write(Path.Combine(_root, "c"), d => d.WriteJson("manifest.json", 1))).Message, StringComparison.Ordinal);
}
