using Tuning.Native;
using static TorchSharp.torch;

namespace Tuning.Tests.Native;

/// <summary>TorchSharp is loaded on this system, and what the loader says of any other fault becomes a message that names the way out.</summary>
public sealed class TorchRuntimeTests
{
    [Fact]
    public void Network_learns_where_it_was_loaded()
    {
        TorchRuntime.Load();
        using var scope = NewDisposeScope();
        using var layer = nn.Linear(2, 1, hasBias: false);
        using var optimizer = optim.Adam(layer.parameters(), 0.1);
        var (x, y) = (tensor(new float[,] { { 1, 0 }, { 0, 1 } }), tensor(new float[,] { { 3 }, { -2 } }));
        for (var i = 0; i < 300; i++)
        {
            optimizer.zero_grad();
            nn.functional.mse_loss(layer.forward(x), y).backward();
            optimizer.step();
        }

        Assert.InRange(layer.weight![0, 0].item<float>(), 2.9f, 3.1f);
        Assert.InRange(layer.weight[0, 1].item<float>(), -2.1f, -1.9f);
    }

    [Fact]
    public void Bridge_of_the_package_can_go_without_the_version_that_old_systems_lack()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The bridge of other systems is no ELF file.");
        var image = File.ReadAllBytes(NativeFolders.Find(NativeFolders.OfProgram(), "libLibTorchSharp.so")!);
        var before = image.ToArray();

        Assert.True(new ElfImage(image).Weaken("GLIBCXX_3.4.32"));

        var changed = Assert.Single(Enumerable.Range(0, image.Length), i => image[i] != before[i]);
        Assert.Equal(2, image[changed]);
        Assert.Throws<InvalidDataException>(() => new ElfImage(image).Weaken("GLIBCXX_3.4"));
    }

    [Theory]
    [InlineData("/lib/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by /a/libLibTorchSharp.so)",
        "The library that is to have GLIBCXX_3.4.32 is too old: install a newer libstdc++")]
    [InlineData("/lib/libc.so.6: version `GLIBC_2.38' not found (required by /a/libtorch_cpu.so)", "This system's C library is older than it was built for")]
    [InlineData("/a/libLibTorchSharp.so: undefined symbol: _ZN2at4_ops3add", "_ZN2at4_ops3add is in none of them. TorchSharp 0.107.0 wants libtorch 2.10.0")]
    [InlineData("libgomp.so.1: cannot open shared object file: No such file or directory", "Install libgomp.so.1 (on Debian and Ubuntu libgomp1)")]
    [InlineData("libcudart.so.12: cannot open shared object file: No such file or directory", "libcudart.so.12 is NVIDIA's: install its driver")]
    [InlineData("libc10.so: cannot open shared object file: No such file or directory", "Add the package libtorch-cpu-")]
    [InlineData("libfoo.so.3: cannot open shared object file: No such file or directory", "Install the package of this system that has libfoo.so.3")]
    [InlineData("/tmp/x.so: failed to map segment from shared object", "set TUNING_TORCH_CACHE to a directory from which programs may be loaded")]
    [InlineData("something else", "TorchSharp 0.107.0 with libtorch 2.10.0 for this system is needed")]
    public void Fault_names_library_reason_and_way_out(string said, string advice)
    {
        var message = LoadFault.Message("/a/lib.so", $"Unable to load shared library '/a/lib.so' or one of its dependencies.\n{said}\n");
        Assert.StartsWith("TorchSharp cannot be loaded: /a/lib.so: ", message, StringComparison.Ordinal);
        Assert.Contains(said, message, StringComparison.Ordinal);
        Assert.Contains(advice, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message.Replace("Unable to load shared library '/a/lib.so' or one of its dependencies.\n", "", StringComparison.Ordinal));
    }
}
