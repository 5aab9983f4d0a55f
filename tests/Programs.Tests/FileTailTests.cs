using System.Diagnostics;
using System.Globalization;
using Tuning.Programs;
using Tuning.Testing;

namespace Tuning.Tests;

/// <summary>The file to which a program appends its reports takes no more room than what waits to be read.</summary>
public sealed class FileTailTests : IDisposable
{
    private const int Size = 9_000_000;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_read_is_given_back_unless_the_file_has_another_name(bool named)
    {
        var path = Path.Combine(_folder.Path, "metrics.jsonl");
        var content = new byte[Size];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(path, content, TestContext.Current.CancellationToken);
        if (named)
        {
            using var link = Process.Start("ln", [path, path + ".mine"]);
            await link.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var (tail, read, buffer) = (new FileTail(path, Task.CompletedTask), new List<byte>(), new byte[70_000]);
        while (await tail.ReadAsync(buffer) is var count and > 0)
        {
            read.AddRange(buffer.AsSpan(0, count));
        }

        Assert.True(content.AsSpan().SequenceEqual(read.ToArray()));
        Assert.Equal(Size, new FileInfo(path).Length);
        var left = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(named, content.AsSpan().SequenceEqual(left));
        Assert.Equal(named, await BlocksAsync(path) * 512 > Size / 2);
    }

    [Fact]
    public async Task Too_much_that_waits_is_refused_by_name()
    {
        var path = Path.Combine(_folder.Path, "metrics.jsonl");
        await File.WriteAllBytesAsync(path, new byte[3 << 20], TestContext.Current.CancellationToken);
        var tail = new FileTail(path, Task.CompletedTask, most: 2 << 20);

        var refused = await Assert.ThrowsAsync<FormatException>(async () => await tail.ReadAsync(new byte[100]));

        Assert.StartsWith("more than 2 MiB of reports wait in the file that TUNER_METRICS names", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<long> BlocksAsync(string path)
    {
        using var stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%b", path]) { RedirectStandardOutput = true })!;
        return long.Parse(await stat.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
    }
}
