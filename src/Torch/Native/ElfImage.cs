using System.Buffers.Binary;

namespace Tuning.Native;

/// <summary>
/// Reads of a shared library of Linux which versions of symbols it wants of which others, and makes one of these wishes weak: the loader then accepts a
/// library that lacks the version, as long as nothing that it names is used.
/// </summary>
/// <remarks>
/// 64 bits, little-endian, as on x86-64 and ARM64. Every offset and length is checked against the image, so that a damaged file ends in a message.
/// After the System V ABI and the Linux Standard Base's chapter on symbol versions.
/// </remarks>
internal sealed class ElfImage
{
    private const int HeaderLength = 64;
    private const int SectionLength = 64;
    private const uint RelocationsWithAddends = 4;
    private const uint Relocations = 9;
    private const uint DynamicSymbols = 11;
    private const uint VersionNeeds = 0x6ffffffe;
    private const uint VersionOfSymbols = 0x6fffffff;
    private const ushort Weak = 2;
    private const ushort Hidden = 0x8000;

    // Real libraries have tens of each; more is a circle.
    private const int Most = 1 << 12;

    private readonly byte[] _image;
    private readonly List<Section> _sections = [];

    /// <summary>An image of a library.</summary>
    /// <param name="image">The file; <see cref="Weaken"/> changes it.</param>
    /// <exception cref="InvalidDataException">It is none, or a damaged one; the message says where.</exception>
    public ElfImage(byte[] image)
    {
        _image = image;
        if (image.Length < HeaderLength || !image.AsSpan(0, 4).SequenceEqual("\u007fELF"u8))
        {
            throw new InvalidDataException("it does not begin as a library of Linux does");
        }

        if (image[4] != 2 || image[5] != 1)
        {
            throw new InvalidDataException("it is not for 64 bits with the low byte first");
        }

        var (table, length, count) = (Long(40, "the place of the sections"), Short(58, "their length"), Short(60, "their number"));
        if (length != SectionLength)
        {
            throw new InvalidDataException($"its sections are described by {length} bytes each, not by {SectionLength}");
        }

        for (var i = 0; i < count; i++)
        {
            var at = Place(table, (long)i * SectionLength, SectionLength, "the list of sections");
            _sections.Add(new(Int(at + 4, "a section"), Long(at + 24, "a section"), Long(at + 32, "a section"), Int(at + 40, "a section")));
        }
    }

    /// <summary>The versions that it wants, with the library that is to have them.</summary>
    public IEnumerable<VersionNeed> Needs()
    {
        foreach (var section in _sections.Where(s => s.Kind == VersionNeeds))
        {
            var (at, entries) = (0L, 0);
            while (true)
            {
                var need = Within(section, at, 16, "the list of versions");
                var library = Text(section, Int(need + 4, "a library's name"));
                var (aux, next) = (at + Int(need + 8, "its versions"), Int(need + 12, "the next library"));
                for (var left = Short(need + 2, "the number of versions"); left > 0; left--)
                {
                    if (++entries > Most)
                    {
                        throw new InvalidDataException($"it wants more than {Most} versions of symbols");
                    }

                    var one = Within(section, aux, 16, "a version");
                    yield return new(library, Text(section, Int(one + 8, "a version's name")), Short(one + 6, "a version's number"), one + 4);
                    var step = Int(one + 12, "the next version");
                    aux += step;
                    if (step == 0 && left > 1)
                    {
                        throw new InvalidDataException("its list of versions ends too early");
                    }
                }

                if (next == 0)
                {
                    break;
                }

                at += next;
                if (++entries > Most)
                {
                    throw new InvalidDataException($"it wants versions of more than {Most} libraries");
                }
            }
        }
    }

    /// <summary>Makes the wish for a version weak.</summary>
    /// <param name="version">Its name, <c>GLIBCXX_3.4.32</c>.</param>
    /// <returns>Whether it had it.</returns>
    /// <exception cref="InvalidDataException">The library uses a symbol of that version, so that it would end where that is missing; or the image is damaged.
    /// Nothing is changed then.</exception>
    public bool Weaken(string version)
    {
        var wishes = Needs().Where(n => n.Version == version).ToList();
        foreach (var wish in wishes)
        {
            if (SymbolsOf(wish.Number).FirstOrDefault(IsUsed) is { } symbol)
            {
                throw new InvalidDataException($"it uses the symbol {symbol.Name} of {version}");
            }
        }

        foreach (var wish in wishes)
        {
            var flags = Short(wish.FlagsAt, "a version's flags");
            BinaryPrimitives.WriteUInt16LittleEndian(_image.AsSpan((int)wish.FlagsAt), (ushort)(flags | Weak));
        }

        return wishes.Count > 0;
    }

    private List<Symbol> SymbolsOf(ushort number)
    {
        var symbols = new List<Symbol>();
        foreach (var versions in _sections.Where(s => s.Kind == VersionOfSymbols))
        {
            var table = Linked(versions);
            for (var i = 0L; i < versions.Length / 2; i++)
            {
                if ((Short(Within(versions, i * 2, 2, "the versions of symbols"), "a symbol's version") & ~Hidden) == number)
                {
                    symbols.Add(new(table, i, Text(table, Int(Within(table, i * 24, 24, "the symbols"), "a symbol's name"))));
                }
            }
        }

        return symbols;
    }

    // A symbol that no relocation names is looked up, but nothing is written with what was found.
    private bool IsUsed(Symbol symbol)
    {
        foreach (var relocations in _sections.Where(s => s.Kind is RelocationsWithAddends or Relocations && Linked(s) == symbol.Table))
        {
            var size = relocations.Kind == RelocationsWithAddends ? 24 : 16;
            for (var i = 0L; i < relocations.Length / size; i++)
            {
                if (Int(Within(relocations, (i * size) + 12, 4, "the relocations"), "a relocation's symbol") == symbol.Index)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private Section Linked(Section section) => section.Link < _sections.Count
        ? _sections[(int)section.Link]
        : throw new InvalidDataException($"a section refers to section {section.Link} of {_sections.Count}");

    private string Text(Section owner, long at)
    {
        var texts = Linked(owner);
        var start = Within(texts, at, 1, "a name");
        var end = _image.AsSpan((int)start, (int)Math.Min(texts.Length - at, _image.Length - start)).IndexOf((byte)0);
        return end >= 0 ? Encoding.Latin1.GetString(_image, (int)start, end) : throw new InvalidDataException("a name in it does not end");
    }

    private long Within(Section section, long at, int length, string what) => at >= 0 && at <= section.Length - length
        ? Place(section.Offset, at, length, what)
        : throw new InvalidDataException($"{what} ends beyond its section");

    private long Place(long start, long at, int length, string what) => start >= 0 && start <= _image.Length && at <= _image.Length - start - length
        ? start + at
        : throw new InvalidDataException($"{what} ends beyond the file");

    private ushort Short(long at, string what) => BinaryPrimitives.ReadUInt16LittleEndian(At(at, 2, what));

    private uint Int(long at, string what) => BinaryPrimitives.ReadUInt32LittleEndian(At(at, 4, what));

    private long Long(long at, string what) => BinaryPrimitives.ReadInt64LittleEndian(At(at, 8, what)) is var value and >= 0
        ? value
        : throw new InvalidDataException($"{what} is beyond the file");

    private ReadOnlySpan<byte> At(long at, int length, string what) => at >= 0 && at <= _image.Length - length
        ? _image.AsSpan((int)at, length)
        : throw new InvalidDataException($"{what} is beyond the file");

    /// <summary>A wish: a version that a library is to have.</summary>
    /// <param name="Library">The library.</param>
    /// <param name="Version">The version.</param>
    /// <param name="Number">What symbols have that are of this version.</param>
    /// <param name="FlagsAt">Where its flags stand.</param>
    public readonly record struct VersionNeed(string Library, string Version, ushort Number, long FlagsAt);

    private sealed record Section(uint Kind, long Offset, long Length, uint Link);

    private sealed record Symbol(Section Table, long Index, string Name);
}
