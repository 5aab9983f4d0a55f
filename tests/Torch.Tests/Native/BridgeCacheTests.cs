using System.Runtime.Versioning;
using System.Security.Cryptography;
using Tuning.Checkpointing;
using Tuning.Native;
using Tuning.Testing;

namespace Tuning.Tests.Native;

/// <summary>Code is loaded from a directory of the user's own only, and only what its name says.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class BridgeCacheTests : IDisposable
{
    private static readonly byte[] _content = RandomNumberGenerator.GetBytes(100_000);
    private readonly TemporaryFolder _folder = new();

    private string Place => Path.Combine(_folder.Path, "below", "cache");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void File_is_named_by_what_is_in_it_and_its_directory_is_closed_to_others()
    {
        var path = new BridgeCache(Place).Put("a.so", _content);

        Assert.Equal(Path.Combine(Place, Convert.ToHexStringLower(SHA256.HashData(_content)) + "-a.so"), path);
        Assert.Equal(_content, File.ReadAllBytes(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Place));
        Assert.Equal([path], Directory.GetFiles(Place));
    }

    [Fact]
    public void File_that_is_there_is_not_written_again()
    {
        var path = new BridgeCache(Place).Put("a.so", _content);
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        Assert.Equal(path, new BridgeCache(Place).Put("a.so", _content));
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(path));
    }

    [Fact]
    public void File_that_is_not_what_its_name_says_is_written_anew()
    {
        var path = new BridgeCache(Place).Put("a.so", _content);
        var bytes = File.ReadAllBytes(path);
        bytes[5000] ^= 1;
        File.WriteAllBytes(path, bytes);

        Assert.Equal(path, new BridgeCache(Place).Put("a.so", _content));
        Assert.Equal(_content, File.ReadAllBytes(path));
    }

    [Fact]
    public void Link_in_the_place_of_the_file_is_not_followed()
    {
        var path = new BridgeCache(Place).Put("a.so", _content);
        var elsewhere = Path.Combine(_folder.Path, "elsewhere");
        File.WriteAllBytes(elsewhere, _content);
        File.Delete(path);
        File.CreateSymbolicLink(path, elsewhere);

        Assert.Equal(path, new BridgeCache(Place).Put("a.so", _content));
        Assert.False(OwnFiles.IsLink(path));
    }

    [Theory]
    [InlineData("755", "is open to other users: its rights are 755, and 700 are wanted (chmod 700)")]
    [InlineData("770", "is open to other users: its rights are 770, and 700 are wanted (chmod 700)")]
    public void Directory_that_is_open_to_others_is_refused(string rights, string message)
    {
        Directory.CreateDirectory(Place);
        File.SetUnixFileMode(Place, (UnixFileMode)Convert.ToInt32(rights, 8));
        Assert.Equal($"Code is loaded from a directory of the user's own only, and {Place} {message}. " +
            "Mend that, or set TUNING_TORCH_CACHE to a directory of your own from which programs may be loaded.", Refusal());
    }

    [Fact]
    public void Directory_that_is_a_link_a_file_or_another_users_is_refused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Place)!);
        Directory.CreateSymbolicLink(Place, Directory.CreateDirectory(Path.Combine(_folder.Path, "real")).FullName);
        Assert.Contains("is a link, not a directory", Refusal(), StringComparison.Ordinal);
        File.Delete(Place);
        File.WriteAllText(Place, "");
        Assert.Contains("is a file, not a directory", Refusal(), StringComparison.Ordinal);

        // /usr is root's; whoever else runs this sees another user's directory, and root one that is open to others.
        var other = Assert.Throws<TorchUnavailableException>(() => new BridgeCache("/usr").Put("a", [1])).Message;
        Assert.Matches("belongs to user 0, not to|is open to other users", other);
    }

    [Fact]
    public void Place_that_cannot_be_written_is_named_with_the_way_out()
    {
        var fault = Assert.Throws<TorchUnavailableException>(() => new BridgeCache("/proc/nowhere/cache").Put("a.so", _content)).Message;
        Assert.Contains("cannot be kept in /proc/nowhere/cache", fault, StringComparison.Ordinal);
        Assert.EndsWith("Make it writable, or set TUNING_TORCH_CACHE to a directory of your own from which programs may be loaded.", fault,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task First_starts_at_once_all_find_the_whole_file()
    {
        var content = RandomNumberGenerator.GetBytes(3_000_000);
        using var start = new Barrier(8);
        var found = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(() =>
        {
            start.SignalAndWait(TestContext.Current.CancellationToken);
            var path = new BridgeCache(Place).Put("a.so", content);
            return (path, File.ReadAllBytes(path).AsSpan().SequenceEqual(content));
        }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Single(found.Distinct());
        Assert.True(found[0].Item2);
        Assert.Equal([found[0].path], Directory.GetFiles(Place));
    }

    [Theory]
    [InlineData("/set", "/xdg", "/home/me", "/set")]
    [InlineData(null, "/xdg", "/home/me", "/xdg/tuning-torch")]
    [InlineData("", "relative", "/home/me", "/home/me/.cache/tuning-torch")]
    [InlineData(null, null, "/home/me", "/home/me/.cache/tuning-torch")]
    public void Place_is_the_users_choice(string? own, string? xdg, string? home, string expected) =>
        Assert.Equal(expected, BridgeCache.OfUser(Variables(own, xdg, home)).Directory);

    [Fact]
    public void User_without_a_home_is_told_to_name_a_place() =>
        Assert.Contains("set TUNING_TORCH_CACHE", Assert.Throws<TorchUnavailableException>(() => BridgeCache.OfUser(Variables(null, null, null))).Message,
            StringComparison.Ordinal);

    private string Refusal() => Assert.Throws<TorchUnavailableException>(() => new BridgeCache(Place).Put("a.so", _content)).Message;

    private static Func<string, string?> Variables(string? own, string? xdg, string? home) =>
        name => name switch { BridgeCache.Variable => own, "XDG_CACHE_HOME" => xdg, "HOME" => home, _ => null };
}
