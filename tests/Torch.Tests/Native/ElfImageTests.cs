using Tuning.Native;

namespace Tuning.Tests.Native;

/// <summary>What a library wants is read, made weak where nothing uses it, and a damaged file ends in a message.</summary>
public sealed class ElfImageTests
{
    [Fact]
    public void Versions_are_read_with_their_library() =>
        Assert.Equal([("libstdc++.so.6", HandMadeElf.Wanted, 2), ("libstdc++.so.6", HandMadeElf.Other, 3)],
            new ElfImage(HandMadeElf.Image(relocated: 2)).Needs().Select(n => (n.Library, n.Version, (int)n.Number)));

    [Fact]
    public void Version_that_nothing_uses_is_made_weak_by_one_bit()
    {
        var image = HandMadeElf.Image(relocated: 2);
        var before = image.ToArray();

        Assert.True(new ElfImage(image).Weaken(HandMadeElf.Wanted));

        var changed = Enumerable.Range(0, image.Length).Where(i => image[i] != before[i]);
        Assert.Equal([HandMadeElf.FlagsAt], changed);
        Assert.Equal(2, image[HandMadeElf.FlagsAt]);
    }

    [Fact]
    public void Version_that_is_used_is_left_with_the_name_of_the_symbol()
    {
        var image = HandMadeElf.Image(relocated: 1);
        var before = image.ToArray();

        var fault = Assert.Throws<InvalidDataException>(() => new ElfImage(image).Weaken(HandMadeElf.Wanted));

        Assert.Equal("it uses the symbol _Zinit of GLIBCXX_3.4.32", fault.Message);
        Assert.Equal(before, image);
        Assert.Throws<InvalidDataException>(() => new ElfImage(HandMadeElf.Image(relocated: 2)).Weaken(HandMadeElf.Other));
    }

    [Fact]
    public void Version_that_it_does_not_want_is_told()
    {
        var image = HandMadeElf.Image(relocated: 0);
        var before = image.ToArray();
        Assert.False(new ElfImage(image).Weaken("GLIBCXX_3.4.33"));
        Assert.Equal(before, image);
    }

    [Theory]
    [InlineData(0, 0, "it does not begin as a library of Linux does")]
    [InlineData(4, 1, "it is not for 64 bits with the low byte first")]
    [InlineData(5, 2, "it is not for 64 bits with the low byte first")]
    [InlineData(47, 0x80, "the place of the sections is beyond the file")]
    [InlineData(41, 0x70, "the list of sections ends beyond the file")]
    [InlineData(58, 40, "its sections are described by 40 bytes each, not by 64")]
    [InlineData(0x280 + 64 + 40, 9, "a section refers to section 9 of 6")]
    [InlineData(0x280 + 64 + 31, 0x80, "a section is beyond the file")]
    [InlineData(0x280 + 64 + 25, 0x70, "the list of versions ends beyond the file")]
    [InlineData(0x280 + 64 + 32, 0x18, "a version ends beyond its section")]
    [InlineData(0x109, 0x70, "a version ends beyond its section")]
    [InlineData(0x105, 0x70, "a name ends beyond its section")]
    [InlineData(0x11C, 0, "its list of versions ends too early")]
    public void Damaged_file_ends_in_a_message(int at, byte value, string message)
    {
        var image = HandMadeElf.Image(relocated: 2);
        image[at] = value;
        Assert.Equal(message, Assert.Throws<InvalidDataException>(() => new ElfImage(image).Weaken(HandMadeElf.Wanted)).Message);
    }

    [Fact]
    public void Any_damage_ends_in_a_message_or_in_one_flag_and_nothing_else()
    {
        var whole = HandMadeElf.Image(relocated: 2);
        var luck = new Random(12);
        for (var i = 0; i < 20_000; i++)
        {
            var image = luck.Next(4) == 0 ? whole[..luck.Next(whole.Length)] : whole.ToArray();
            for (var n = luck.Next(4); n >= 0 && image.Length > 0; n--)
            {
                image[luck.Next(image.Length)] = luck.Next(3) == 0 ? (byte)0xFF : (byte)luck.Next(256);
            }

            var before = image.ToArray();
            try
            {
                _ = new ElfImage(image).Weaken(HandMadeElf.Wanted);
                Assert.All(Enumerable.Range(0, image.Length).Where(at => image[at] != before[at]), at => Assert.Equal(before[at] | 2, image[at]));
            }
            catch (InvalidDataException)
            {
                Assert.Equal(before, image);
            }
        }
    }
}
