using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tuning.Randomness;

/// <summary>
/// A place in the tree of seeds: the experiment's seed and a path such as <c>searcher/17</c> or <c>trial/7</c>. Each path has
/// a seed of its own, so what one part draws never changes what another draws. Immutable.
/// </summary>
public sealed record SeedPath
{
    private SeedPath(ulong root, string path) => (Root, Path) = (root, path);

    /// <summary>The experiment's seed.</summary>
    public ulong Root { get; }

    /// <summary>The path from the experiment's seed, empty at the root.</summary>
    public string Path { get; }

    /// <summary>The seed of this path: the first eight bytes of SHA-256 over the root and the path.</summary>
    public ulong Seed
    {
        get
        {
            Span<byte> input = stackalloc byte[8 + Encoding.UTF8.GetMaxByteCount(Path.Length)];
            BinaryPrimitives.WriteUInt64LittleEndian(input, Root);
            var length = 8 + Encoding.UTF8.GetBytes(Path, input[8..]);
            Span<byte> hash = stackalloc byte[32];
            SHA256.HashData(input[..length], hash);
            return BinaryPrimitives.ReadUInt64LittleEndian(hash);
        }
    }

    /// <summary>The root of a tree of seeds.</summary>
    public static SeedPath Of(ulong seed) => new(seed, "");

    /// <summary>A branch of this place.</summary>
    public static SeedPath operator /(SeedPath parent, string name)
    {
        ArgumentNullException.ThrowIfNull(parent);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new(parent.Root, parent.Path.Length == 0 ? name : parent.Path + "/" + name);
    }

    /// <summary>A numbered branch of this place.</summary>
    public static SeedPath operator /(SeedPath parent, long number) => parent / number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The same as <c>parent / name</c>.</summary>
    public static SeedPath Divide(SeedPath parent, string name) => parent / name;

    /// <summary>A fresh stream of this place; two calls give streams that draw the same numbers.</summary>
    public RandomStream Stream() => new(Seed);

    /// <summary>The path, with the seed it starts from.</summary>
    public override string ToString() => $"{Root}:{Path}";
}
