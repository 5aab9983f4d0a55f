using System.Buffers.Binary;
using System.Text;

namespace Tuning.Tests.Native;

/// <summary>The least that is a library of Linux with versions of symbols: two symbols, each of a version that another library is to have.</summary>
internal static class HandMadeElf
{
    public const string Wanted = "GLIBCXX_3.4.32";
    public const string Other = "GLIBCXX_3.4.5";

    /// <summary>Where the flags of <see cref="Wanted"/> stand.</summary>
    public const int FlagsAt = 0x100 + 16 + 4;

    /// <summary>The file.</summary>
    /// <param name="relocated">Which symbol is written somewhere: 1 is of <see cref="Wanted"/>, 2 of <see cref="Other"/>.</param>
    public static byte[] Image(uint relocated)
    {
        var names = Encoding.Latin1.GetBytes("\0libstdc++.so.6\0GLIBCXX_3.4.32\0GLIBCXX_3.4.5\0_Zinit\0_Zother\0");
        var image = new byte[0x400];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(image);
        Write(image, 40, 0x280UL, 8);
        Write(image, 58, 64, 2);
        Write(image, 60, 6, 2);

        // Versions: one library, two wishes.
        Write(image, 0x100, 1, 2);
        Write(image, 0x102, 2, 2);
        Write(image, 0x104, 1, 4);
        Write(image, 0x108, 16, 4);
        Wish(image, 0x110, number: 2, name: 16, next: 16);
        Wish(image, 0x120, number: 3, name: 31, next: 0);
        names.CopyTo(image, 0x140);

        // Symbols 1 and 2, their versions, and one relocation.
        Write(image, 0x1A0 + 24, 45, 4);
        Write(image, 0x1A0 + 48, 52, 4);
        Write(image, 0x1F0 + 2, 2, 2);
        Write(image, 0x1F0 + 4, 3 | 0x8000, 2);
        Write(image, 0x200 + 12, relocated, 4);

        Section(image, 1, kind: 0x6ffffffe, 0x100, 0x30, link: 2);
        Section(image, 2, kind: 3, 0x140, (ulong)names.Length, link: 0);
        Section(image, 3, kind: 11, 0x1A0, 72, link: 2);
        Section(image, 4, kind: 0x6fffffff, 0x1F0, 6, link: 3);
        Section(image, 5, kind: 4, 0x200, 24, link: 3);
        return image;
    }

    private static void Wish(byte[] image, int at, ulong number, ulong name, ulong next)
    {
        Write(image, at + 6, number, 2);
        Write(image, at + 8, name, 4);
        Write(image, at + 12, next, 4);
    }

    private static void Section(byte[] image, int number, ulong kind, ulong offset, ulong length, ulong link)
    {
        var at = 0x280 + (number * 64);
        Write(image, at + 4, kind, 4);
        Write(image, at + 24, offset, 8);
        Write(image, at + 32, length, 8);
        Write(image, at + 40, link, 4);
    }

    private static void Write(byte[] image, int at, ulong value, int bytes)
    {
        Span<byte> all = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(all, value);
        all[..bytes].CopyTo(image.AsSpan(at));
    }
}
