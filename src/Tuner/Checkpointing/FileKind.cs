using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Tuning.Checkpointing;

/// <summary>What stands at a path, as the operating system says it without opening it or following a link.</summary>
internal readonly partial record struct FileKind
{
    private const int StatusLength = 256;
    private const int ModeAt = 4;
    private const int OwnerAt = 8;
    private const int IdentityAt = 88;
    private const int IdentityLength = 24;
    private const int KindBits = 0xF000;

    private FileKind(string? other, Int128 identity) => (Other, Identity) = (other, identity);

    /// <summary>The number of the user whom it belongs to; 0 on Windows.</summary>
    public uint Owner { get; private init; }

    /// <summary>Who may do what with it, the lowest twelve bits of its mode; 0 on Windows.</summary>
    public int Permissions { get; private init; }

    /// <summary>What it is where it is no regular file: <c>a named pipe</c>; null for a regular file, or none.</summary>
    public string? Other { get; }

    /// <summary>What tells it from any other; 0 for none.</summary>
    private Int128 Identity { get; }

    /// <summary>Whether it is the same thing, whoever may do what with it by now.</summary>
    public bool Equals(FileKind other) => Other == other.Other && Identity == other.Identity;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Other, Identity);

    /// <summary>What stands at a path.</summary>
    public static FileKind At(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return new(OwnFiles.IsLink(path) ? "a link" : Directory.Exists(path) ? "a directory" : null, 0);
        }

        Span<byte> status = stackalloc byte[StatusLength];
        return LStat(path, ref MemoryMarshal.GetReference(status)) == 0 ? Read(status) : default;
    }

    /// <summary>What was opened.</summary>
    public static FileKind Of(SafeFileHandle file)
    {
        Span<byte> status = stackalloc byte[StatusLength];
        return !OperatingSystem.IsWindows() && FStat(file, ref MemoryMarshal.GetReference(status)) == 0 ? Read(status) : default;
    }

    private static FileKind Read(ReadOnlySpan<byte> status) => new(
        (BinaryPrimitives.ReadInt32LittleEndian(status[ModeAt..]) & KindBits) switch
        {
            0x8000 => null,
            0x4000 => "a directory",
            0xA000 => "a link",
            0x1000 => "a named pipe",
            0xC000 => "a socket",
            _ => "a device",
        },
        new(BinaryPrimitives.ReadUInt64LittleEndian(status[IdentityAt..]),
            BinaryPrimitives.ReadUInt64LittleEndian(status[(IdentityAt + IdentityLength - 8)..])))
    {
        Owner = BinaryPrimitives.ReadUInt32LittleEndian(status[OwnerAt..]),
        Permissions = BinaryPrimitives.ReadInt32LittleEndian(status[ModeAt..]) & 0xFFF,
    };

    // The runtime's own, the same on every Unix; the layout of what they write is held by a test.
    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_LStat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LStat(string path, ref byte status);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_FStat")]
    private static partial int FStat(SafeFileHandle file, ref byte status);
}
