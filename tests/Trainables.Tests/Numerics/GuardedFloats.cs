using System.Runtime.InteropServices;
using Tuning.Numerics;
using Tuning.Randomness;

namespace Tuning.Tests.Numerics;

/// <summary>Floats that end where a protected page begins: whoever reads or writes one more ends the process.</summary>
internal sealed unsafe partial class GuardedFloats : IDisposable
{
    private const int ReadWrite = 3, PrivateAnonymous = 0x22;
    private readonly nint _map;
    private readonly nint _length;

    public GuardedFloats(int length, ulong seed)
    {
        // The kernels want rows at multiples of 64 bytes; all lengths here that matter are multiples of 16 floats.
        var (page, bytes) = (Environment.SystemPageSize, (nint)length * sizeof(float));
        var usable = (bytes + page - 1) / page * page;
        _length = usable + page;
        _map = Map(0, (nuint)_length, ReadWrite, PrivateAnonymous, -1, 0);
        Assert.NotEqual(-1, _map);
        Assert.Equal(0, Protect(_map + usable, (nuint)page, 0));
        Floats = new((float*)(_map + usable - bytes), length);
        var random = new RandomStream(seed);
        foreach (ref var x in Floats.Span)
        {
            x = (2 * random.NextSingle()) - 1;
        }
    }

    /// <summary>Guarded pages are made by the calls of Linux.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    public Floats Floats { get; }

    public void Dispose() => _ = Unmap(_map, (nuint)_length);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nuint length);
}
